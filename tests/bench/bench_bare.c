/* SPDX-License-Identifier: Apache-2.0 */
/* bench_bare.c - the least that reading a capture costs: a libpcap loop that counts. */
#include <pcap/pcap.h>
#include <stdio.h>

struct count {
	unsigned long long packets, octets;
};

static void
add(u_char *arg, const struct pcap_pkthdr *head, const u_char *octets)
{
	struct count *c = (struct count *)arg;

	c->packets++;
	c->octets += head->caplen + (octets[0] & 1);	/* touches the frame as any reader would */
}

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	struct count c = { 0 };

	if (in == NULL) {
		fputs("usage: bench_bare CAPTURE\n", stderr);
		return 2;
	}
	pcap_loop(in, -1, add, (u_char *)&c);
	pcap_close(in);
	printf("%llu packets, %llu octets\n", c.packets, c.octets);
	return 0;
}
