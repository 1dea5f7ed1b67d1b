/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes TLS over TCP: chunks of {direction and size, octets}, held as a stream would. */
#include "../classify/tls_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	struct feed f;

	(void)feed_probe(&tls_parser, data, size, size % 2 != 0);
	feed_init(&f, &tls_parser);
	while (cur_left(&in) > 2) {
		uint16_t head = cur_be16(&in);
		size_t len = head & 0x3fff;

		if (len > cur_left(&in))
			len = cur_left(&in);
		if (head & 0x4000) {	/* lost: what was held is given up */
			f.held[head >> 15].len = 0;
			if (f.result == PARSE_MORE)
				(void)feed_call(&f, head >> 15, false, true, in.at, len);
		} else {
			feed_stream(&f, head >> 15, in.at, len);
		}
		cur_skip(&in, len);
	}
	feed_done(&f);
	return 0;
}
