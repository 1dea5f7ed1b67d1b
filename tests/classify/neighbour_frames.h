/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour_frames.h - a frame through the real decoder to arp_read() or nd_read(), its octets
 * in a heap block of just their size. */
#ifndef PICKET_TESTS_NEIGHBOUR_FRAMES_H
#define PICKET_TESTS_NEIGHBOUR_FRAMES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"
#include "neighbour.h"
#include "signalling_text.h"

enum { NEIGHBOUR_FRAME_MAX = 512, NEIGHBOUR_NOT_READ = -1, NEIGHBOUR_TEXT_MAX = 512 };

static inline size_t
neighbour_octets(const char *hex, uint8_t octets[static NEIGHBOUR_FRAME_MAX])
{
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		unsigned value;

		if (*hex == ' ')
			continue;
		if (n == NEIGHBOUR_FRAME_MAX || sscanf(hex, "%2x", &value) != 1)
			abort();
		octets[n++] = (uint8_t)value;
		hex++;
	}
	return n;
}

/* An Ethernet frame of `len` octets, `cut` more were on the wire. Gives an enum
 * neighbour_result, or NEIGHBOUR_NOT_READ; `text`: what was told. */
static inline int
neighbour_show(const uint8_t *octets, size_t len, uint32_t cut, char text[static NEIGHBOUR_TEXT_MAX])
{
	static const struct config cfg = { .max_layers = 16 };
	struct stats *st = stats_new();
	struct decoder *d = decoder_new(&cfg, st);
	uint8_t *block = malloc(len == 0 ? 1 : len);
	struct frame frame = { .data = block, .cap_len = (uint32_t)len,
		.wire_len = (uint32_t)len + cut, .time_us = 5, .link_type = 1 };
	struct packet pkt;
	struct signalling s;
	enum decode_result result;
	int got = NEIGHBOUR_NOT_READ;

	if (st == NULL || d == NULL || block == NULL)
		abort();
	if (len != 0)
		memcpy(block, octets, len);
	memset(&pkt, 0xa5, sizeof(pkt));	/* what decode does not fill means nothing */
	result = decode_frame(d, &frame, &pkt);
	text[0] = '\0';
	if (result == DECODE_OTHER_ARP)
		got = arp_read(&pkt, &s);
	else if (result == DECODE_OK && nd_is(&pkt))
		got = nd_read(&pkt, &s);
	if (got == NEIGHBOUR_TOLD) {
		size_t n = signalling_text(&s, text, NEIGHBOUR_TEXT_MAX);

		if (s.tenant != 0)
			snprintf(text + n, NEIGHBOUR_TEXT_MAX - n, " tenant=%08x", s.tenant);
		if (s.time_us != 5 || s.n_ue != 1 || !s.has_mac)
			abort();
	}
	free(block);
	decoder_free(d);
	stats_free(st);
	return got;
}

#endif
