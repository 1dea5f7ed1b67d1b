/* SPDX-License-Identifier: Apache-2.0 */
/* classic.h - reader of classic pcap files (draft-ietf-opsawg-pcap).
 *
 * The format of today is read through the cursor, straight from the input's buffer: a fifth
 * of the instructions that libpcap takes with fread(). Older and patched dialects, and link
 * types with headers in the writer's byte order, go through libpcap (dialect.c). */
#ifndef PICKET_CAPTURE_CLASSIC_H
#define PICKET_CAPTURE_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "record.h"

struct classic;
struct input;

/** Do these octets begin a classic pcap file, in whatever dialect? */
bool classic_is_magic(const uint8_t *at, size_t n);

/** Read the file header. `in` is borrowed for the life of the reader and not to be read by
 * others. NULL with `why` filled. */
struct classic *classic_new(struct input *in, char *why, size_t why_size);
void classic_free(struct classic *c);

/** Fill the next frame, all but its source; its data is borrowed until the next call. */
enum record classic_next(struct classic *c, struct frame *frame);
/** Why the last answer was RECORD_BROKEN; borrowed. */
const char *classic_reason(struct classic *c);

/** Where the last record begins, in octets of the decompressed file. */
uint64_t classic_position(const struct classic *c);
/** Go on with the record that begins there. 0 or -errno. */
int classic_seek(struct classic *c, uint64_t position);

#endif
