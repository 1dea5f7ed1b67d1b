/* SPDX-License-Identifier: Apache-2.0 */
/* classic.h - reader of classic pcap files (draft-ietf-opsawg-pcap), by libpcap. */
#ifndef PICKET_CAPTURE_CLASSIC_H
#define PICKET_CAPTURE_CLASSIC_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "record.h"

struct classic;
struct input;

/** Do these octets begin a file that libpcap reads and that is not pcapng? */
bool classic_is_magic(const uint8_t *at, size_t n);

/** Read the file header. `in` is borrowed for the life of the reader and not to be read by
 * others. NULL with `why` (PCAP_ERRBUF_SIZE octets) filled. */
struct classic *classic_new(struct input *in, size_t chunk, char *why);
void classic_free(struct classic *c);

/** Fill the next frame, all but its source; its data is borrowed until the next call. */
enum record classic_next(struct classic *c, struct frame *frame);

/** Run `each` over up to `max` records without copying them anywhere. Returns how many;
 * *last says how it went: RECORD_FRAME, RECORD_END or RECORD_BROKEN. */
int classic_each(struct classic *c, int max, pcap_handler each, void *arg, enum record *last);
/** Fill a frame from what libpcap hands to a pcap_handler, all but its source. */
static inline void classic_frame(struct frame *frame, const struct pcap_pkthdr *h,
    const uint8_t *data, int link_type);
int classic_link_type(const struct classic *c);

/** Why the last answer was RECORD_BROKEN. */
const char *classic_reason(struct classic *c);

/** Where the next record begins, for classic_seek(); -1 when unknown. */
int64_t classic_position(struct classic *c);
int classic_seek(struct classic *c, uint64_t position);

static inline void
classic_frame(struct frame *frame, const struct pcap_pkthdr *h, const uint8_t *data, int link_type)
{
	frame->data = data;
	frame->cap_len = h->caplen;
	frame->wire_len = h->len < h->caplen ? h->caplen : h->len;
	/* Both are 32 bits wide in the file and unsigned (draft, 4), libpcap's are not. */
	frame->time_us = (uint64_t)(uint32_t)h->ts.tv_sec * 1000000 + (uint32_t)h->ts.tv_usec;
	frame->link_type = link_type;
}

#endif
