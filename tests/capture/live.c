/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - interfaces, in a network namespace of our own with a veth pair: all that is sent
 * on one end is received on the other, or counted. Exits 77 where that is not permitted. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/dlt.h>

#include "capture.h"
#include "config.h"

enum { SKIPPED = 77, FRAMES = 2000, FRAME_OCTETS = 200, MARK = 0x88b5 /* IEEE local use */ };

/* Says which line failed; the test goes on, so that one run shows all. */
#define EXPECT(what)								\
	do {									\
		if (!(what)) {							\
			printf("line %d: expected %s\n", __LINE__, #what);	\
			failures++;						\
		}								\
	} while (0)

static int failures;

struct seen {
	unsigned n, wrong;
	unsigned of_source[2];
	uint64_t last_us;
};

static void
see(void *arg, const struct frame *f)
{
	struct seen *s = arg;

	if (f->cap_len < 14 || f->data[12] != MARK >> 8 || f->data[13] != (MARK & 0xff))
		return;		/* the kernel itself speaks on a new link (IPv6) */
	s->n++;
	s->of_source[f->source & 1]++;
	s->wrong += f->wire_len != FRAME_OCTETS || f->link_type != DLT_EN10MB ||
	    f->time_us < UINT64_C(1600000000000000) || f->data[14] != 0x5a;
	s->last_us = f->time_us;
}

static int
send_frames(const char *ifname, unsigned n, uint16_t ethertype)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6,
	    .sll_ifindex = (int)if_nametoindex(ifname) };
	uint8_t frame[FRAME_OCTETS] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0)
		return -1;
	frame[12] = (uint8_t)(ethertype >> 8);
	frame[13] = (uint8_t)ethertype;
	memset(frame + 14, 0x5a, sizeof(frame) - 14);
	for (unsigned i = 0; i < n; i++)
		if (sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			return -1;
	return close(fd);
}

/* Read until nothing came for a while. */
static void
drain(struct capture *cap, struct seen *s, unsigned batch)
{
	struct capture_error err;
	struct pollfd wait[2];
	int fds[2], n;
	size_t n_fds = capture_fds(cap, fds, 2);

	for (size_t i = 0; i < n_fds; i++)
		wait[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	do {
		while ((n = capture_read(cap, batch, see, s, &err)) > 0)
			EXPECT((unsigned)n <= batch);
		EXPECT(n == 0);
	} while (poll(wait, n_fds, 400) > 0);
	capture_update_drops(cap);
}

static struct capture *
open_interfaces(struct config *cfg, struct stats *st)
{
	struct capture_error err;
	struct capture *cap = NULL;

	if (capture_open(&cap, cfg, st, &err) != 0)
		printf("%s\n", err.text);
	EXPECT(cap != NULL);
	return cap;
}

static void
receives_all_of_two(void)
{
	char *names[] = { (char[]){ "pk0" }, (char[]){ "pk2" } };
	struct config cfg = { .interfaces = { names, 2 }, .promiscuous = true, .snaplen = 96,
	    .buffer_octets = 4 << 20 };
	struct stats *st = stats_new();
	struct seen s = { 0 };
	struct capture *cap = open_interfaces(&cfg, st);
	int fds[2];

	if (cap == NULL)
		return;
	EXPECT(capture_is_live(cap));
	EXPECT(capture_sources(cap) == 2);
	EXPECT(strcmp(capture_source_name(cap, 1), "pk2") == 0);
	EXPECT(capture_fds(cap, fds, 2) == 2 && fds[0] >= 0 && fds[1] >= 0);
	EXPECT(capture_fds(cap, fds, 1) == 2);
	EXPECT(send_frames("pk1", FRAMES, MARK) == 0);
	EXPECT(send_frames("pk3", 5, MARK) == 0);
	drain(cap, &s, 100);
	printf("received %u + %u, kernel drops %llu\n", s.of_source[0], s.of_source[1],
	    (unsigned long long)stats_value(st, "capture.kernel_drops"));
	EXPECT(s.of_source[0] == FRAMES && s.of_source[1] == 5 && s.wrong == 0);
	EXPECT(stats_value(st, "capture.frames") >= s.n);
	EXPECT(stats_value(st, "capture.snaplen_truncated") >= s.n);
	EXPECT(stats_value(st, "capture.kernel_drops") == 0);
	EXPECT(stats_value(st, "capture.interface.rx_dropped") == 0);
	capture_free(cap);
	stats_free(st);
}

static void
filters_in_the_kernel(void)
{
	char *names[] = { (char[]){ "pk0" } };
	struct config cfg = { .interfaces = { names, 1 }, .snaplen = 262144,
	    .filter = (char[]){ "ether proto 0x88b5" } };
	struct stats *st = stats_new();
	struct seen s = { 0 };
	struct capture *cap = open_interfaces(&cfg, st);

	if (cap == NULL)
		return;
	EXPECT(send_frames("pk1", 30, 0x88b6) == 0);
	EXPECT(send_frames("pk1", 20, MARK) == 0);
	drain(cap, &s, 7);
	EXPECT(s.n == 20 && s.wrong == 0);
	EXPECT(stats_value(st, "capture.frames") == 20);
	EXPECT(stats_value(st, "capture.snaplen_truncated") == 0);
	capture_free(cap);
	stats_free(st);
}

/* Nobody reads while more is sent than the buffer holds: delivered + dropped = sent. */
static void
counts_what_the_kernel_drops(void)
{
	enum { FLOOD = 20000 };
	char *names[] = { (char[]){ "pk0" } };
	struct config cfg = { .interfaces = { names, 1 }, .snaplen = 262144,
	    .buffer_octets = 1 << 19, .filter = (char[]){ "ether proto 0x88b5" } };
	struct stats *st = stats_new();
	struct seen s = { 0 };
	struct capture *cap = open_interfaces(&cfg, st);

	if (cap == NULL)
		return;
	EXPECT(send_frames("pk1", FLOOD, MARK) == 0);
	drain(cap, &s, 1000);
	printf("flood: received %u, kernel drops %llu, rx_dropped %llu\n", s.n,
	    (unsigned long long)stats_value(st, "capture.kernel_drops"),
	    (unsigned long long)stats_value(st, "capture.interface.rx_dropped"));
	EXPECT(stats_value(st, "capture.kernel_drops") > 0);
	EXPECT(s.n + stats_value(st, "capture.kernel_drops") == FLOOD);
	capture_free(cap);
	stats_free(st);
}

static const struct {
	const char *interface, *filter, *timestamp_type;
	int rc;
	const char *text;
} refusals[] = {
	{ "nosuch0", NULL, NULL, -ENODEV, "cannot open 'nosuch0': " },
	{ "pk0", "no such word", NULL, -EINVAL, "filter 'no such word' on 'pk0': " },
	{ "pk0", NULL, "sundial", -EINVAL, "unknown timestamp type 'sundial'" },
	{ "pkdown", NULL, NULL, -ENETDOWN, "cannot open 'pkdown': " },
};

static void
says_what_is_wrong(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char *names[] = { (char *)(uintptr_t)refusals[i].interface };
		struct config cfg = { .interfaces = { names, 1 },
		    .filter = (char *)(uintptr_t)refusals[i].filter,
		    .timestamp_type = (char *)(uintptr_t)refusals[i].timestamp_type };
		struct stats *st = stats_new();
		struct capture_error err = { "" };
		struct capture *cap = NULL;
		int rc = capture_open(&cap, &cfg, st, &err);

		printf("%s\n", err.text);
		EXPECT(rc == refusals[i].rc);
		EXPECT(strncmp(err.text, refusals[i].text, strlen(refusals[i].text)) == 0);
		capture_free(cap);
		stats_free(st);
	}
}

static void
ends_when_the_interface_goes(void)
{
	char *names[] = { (char[]){ "pk0" } };
	struct config cfg = { .interfaces = { names, 1 } };
	struct stats *st = stats_new();
	struct capture_error err = { "" };
	struct seen s = { 0 };
	struct capture *cap = open_interfaces(&cfg, st);
	int rc = 0;

	if (cap == NULL)
		return;
	EXPECT(system("ip link delete pk0") == 0);
	for (int i = 0; i < 20 && rc >= 0; i++) {
		rc = capture_read(cap, 10, see, &s, &err);
		usleep(10000);
	}
	printf("%s\n", err.text);
	EXPECT(rc == -EIO);
	capture_update_drops(cap);
	capture_free(cap);
	stats_free(st);
}

static void
needs_permission(void)
{
	char *names[] = { (char[]){ "lo" } };
	struct config cfg = { .interfaces = { names, 1 } };
	struct stats *st = stats_new();
	struct capture_error err = { "" };
	struct capture *cap = NULL;
	int rc;

	if (setgid(65534) != 0 || setuid(65534) != 0)
		return;
	rc = capture_open(&cap, &cfg, st, &err);
	printf("%s\n", err.text);
	EXPECT(rc == -EPERM);
	capture_free(cap);
	stats_free(st);
}

int
main(void)
{
	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIPPED: no network namespace of our own: %s\n", strerror(errno));
		return SKIPPED;
	}
	if (system("ip link add pk0 type veth peer name pk1 && "
	    "ip link add pk2 type veth peer name pk3 && "
	    "ip link add pkdown type veth peer name pkgone && "
	    "for i in lo pk0 pk1 pk2 pk3; do ip link set $i up || exit 1; done") != 0) {
		printf("SKIPPED: cannot make a veth pair\n");
		return SKIPPED;
	}
	receives_all_of_two();
	filters_in_the_kernel();
	counts_what_the_kernel_drops();
	says_what_is_wrong();
	ends_when_the_interface_goes();
	needs_permission();
	return failures != 0;
}
