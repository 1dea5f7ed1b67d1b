/* SPDX-License-Identifier: Apache-2.0 */
/* crc.h - the check sums of small devices: cyclic, lowest bit first. */
#ifndef PICKET_CLASSIFY_CRC_H
#define PICKET_CLASSIFY_CRC_H

#include "cursor.h"

/** CRC-16/X-25 (ITU-T V.42, 8.1.1.6.1). */
uint16_t crc16_x25(struct cursor octets);
/** CRC-16/ARC, also called CRC-16/IBM: polynomial 0x8005, nothing added. */
uint16_t crc16_arc(struct cursor octets);
/** CRC-32 of IEEE 802.3. */
uint32_t crc32_ieee(struct cursor octets);

#endif
