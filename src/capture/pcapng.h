/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng.h - our own reader of pcapng files (draft-ietf-opsawg-pcapng).
 *
 * Own, because libpcap refuses files whose interfaces differ in link type or snapshot length,
 * and sections of another byte order. */
#ifndef PICKET_CAPTURE_PCAPNG_H
#define PICKET_CAPTURE_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "record.h"

struct input;
struct pcapng;	/* what the section said so far; outlives its input */

/** Do these octets begin a pcapng file? */
bool pcapng_is_magic(const uint8_t *at, size_t n);

/** NULL when out of memory. */
struct pcapng *pcapng_new(void);
void pcapng_free(struct pcapng *ng);

/** Fill the next frame, all but its source; its data is borrowed until the next call on `ng`
 * or `in`. Always the same `in`, or another that stands where the last one stood. */
enum record pcapng_next(struct pcapng *ng, struct input *in, struct frame *frame);

/** Read the last record once more: before `in` is replaced by one at the same position. */
void pcapng_again(struct pcapng *ng);

/** Why the last answer was RECORD_BROKEN; not a copy. */
const char *pcapng_reason(const struct pcapng *ng);

#endif
