/* SPDX-License-Identifier: Apache-2.0 */
/* linktype.h - LINKTYPE_ values of files to DLT_ values of struct frame. */
#ifndef PICKET_CAPTURE_LINKTYPE_H
#define PICKET_CAPTURE_LINKTYPE_H

#include <stdint.h>

/** The DLT_ value, as pcap_datalink() gives it, for a LINKTYPE_ value in a file. */
int linktype_to_dlt(uint16_t linktype);

#endif
