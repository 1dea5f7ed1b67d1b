/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes DTLS: datagrams of {direction and size, octets}. */
#include "../classify/tls_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	struct feed f;

	(void)feed_probe(&dtls_parser, data, size, size % 2 != 0);
	feed_init(&f, &dtls_parser);
	while (cur_left(&in) > 2) {
		uint16_t head = cur_be16(&in);
		size_t len = head & 0x3fff;

		if (len > cur_left(&in))
			len = cur_left(&in);
		f.p.truncated = (head & 0x4000) != 0;
		feed_datagram(&f, head >> 15, in.at, len);
		cur_skip(&in, len);
	}
	feed_done(&f);
	return 0;
}
