/* SPDX-License-Identifier: Apache-2.0 */
/* decode.h - from the octets of a frame to a packet.
 *
 * Pure but for the fragment store, which the decoder owns: no allocation after
 * decoder_new(), no log. Every frame ends in exactly one enum decode_result, and the
 * decoder counts it under the name of that row: the results are the product. */
#ifndef PICKET_DECODE_H
#define PICKET_DECODE_H

#include <stdint.h>

#include "packet.h"
#include "stats.h"

struct config;

/* X(result, counter name, meaning). DECODE_OK first. One row per reason. */
#define DECODE_RESULTS(X)						\
	X(DECODE_OK, "decode.ok", "packets decoded down to their transport header") \
	X(DECODE_FRAGMENT_HELD, "decode.fragment.held", "fragments kept for reassembly") \
	X(DECODE_LINK_UNSUPPORTED, "decode.link.unsupported", "frames of a link type not understood") \
	X(DECODE_LINK_TRUNCATED, "decode.link.truncated", "frames shorter than their link header") \
	X(DECODE_NOT_IP, "decode.not_ip", "frames that carry neither IPv4 nor IPv6") \
	X(DECODE_IPV4_TRUNCATED, "decode.ipv4.truncated", "IPv4 header cut short") \
	X(DECODE_LAYERS_EXCEEDED, "decode.layers.exceeded", "more nested headers than decode.max_layers")

enum decode_result {
#define X(id, name, help) id,
	DECODE_RESULTS(X)
#undef X
	DECODE_RESULT_N
};

struct decoder;	/* opaque: src/decode/decode.c */

/** Takes its limits from `cfg` (borrowed only during the call) and registers its counters.
 * NULL when out of memory. */
struct decoder *decoder_new(const struct config *cfg, struct stats *st);
void decoder_free(struct decoder *d);

/**
 * Decode one frame and count the result.
 *
 * Fills `pkt` on DECODE_OK; otherwise its contents mean nothing. Pointers in it borrow
 * from the frame, or, for a reassembled datagram, from the decoder until the next call.
 */
enum decode_result decode_frame(struct decoder *d, const struct frame *frame,
    struct packet *pkt);

#endif
