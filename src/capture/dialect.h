/* SPDX-License-Identifier: Apache-2.0 */
/* dialect.h - classic pcap files that only libpcap knows how to read. */
#ifndef PICKET_CAPTURE_DIALECT_H
#define PICKET_CAPTURE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "record.h"

struct dialect;
struct input;

/** Is it the first word of a patched or old format? */
bool dialect_is_magic(uint32_t magic);
/** Does libpcap do more to frames of this link type (DLT_) than hand them on? */
bool dialect_needs(int link_type);

/** As the functions of classic.h. */
struct dialect *dialect_new(struct input *in, char *why, size_t why_size);
void dialect_free(struct dialect *d);
enum record dialect_next(struct dialect *d, struct frame *frame);
const char *dialect_reason(struct dialect *d);
uint64_t dialect_position(const struct dialect *d);
int dialect_seek(struct dialect *d, uint64_t position);

#endif
