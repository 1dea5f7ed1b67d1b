/* SPDX-License-Identifier: Apache-2.0 */
/* packet_clock.h - the time that timers run on: what the packets say, believed with care.
 *
 * Time does not go back for packets a little out of order. A step of more than an hour, forth
 * or back, is believed only when eight frames in a row agree with it, so that one packet with
 * a broken time stamp neither ends everything nor stops all timers. */
#ifndef PICKET_PACKET_CLOCK_H
#define PICKET_PACKET_CLOCK_H

#include <stdint.h>

enum { PACKET_CLOCK_CONFIRM = 8 };
#define PACKET_CLOCK_STEP_US (UINT64_C(3600) * 1000000)

/* Zeroed: no frame yet. */
struct packet_clock {
	uint64_t now_us;	/* believed; 0 before the first frame */
	uint64_t frame_us;	/* now_us as of the last frame */
	int8_t strays;		/* frames in a row that are far ahead (> 0) or far behind (< 0) */
};

/** A frame of `time_us` came. Returns the time to believe. */
static inline uint64_t
packet_clock_frame(struct packet_clock *c, uint64_t time_us)
{
	if (c->now_us == 0)
		c->now_us = time_us;
	if (__builtin_expect(time_us > c->now_us + PACKET_CLOCK_STEP_US, 0))
		c->strays = (int8_t)(c->strays > 0 ? c->strays + 1 : 1);
	else if (__builtin_expect(time_us + PACKET_CLOCK_STEP_US < c->now_us, 0))
		c->strays = (int8_t)(c->strays < 0 ? c->strays - 1 : -1);
	else
		c->strays = 0;
	if (c->strays == PACKET_CLOCK_CONFIRM || c->strays == -PACKET_CLOCK_CONFIRM) {
		c->now_us = time_us;
		c->strays = 0;
	} else if (c->strays == 0 && time_us > c->now_us) {
		c->now_us = time_us;
	}
	c->frame_us = c->now_us;
	return c->now_us;
}

/** No frame has come for `idle_us`. Returns the time to believe; 0 before the first frame. */
static inline uint64_t
packet_clock_idle(struct packet_clock *c, uint64_t idle_us)
{
	if (c->now_us != 0 && c->frame_us + idle_us > c->now_us)
		c->now_us = c->frame_us + idle_us;
	return c->now_us;
}

#endif
