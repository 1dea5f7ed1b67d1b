/* SPDX-License-Identifier: Apache-2.0 */
/* test_pcapng.c - the reader of pcapng: times, interfaces, and blocks that make no sense. */
#include <pcap/pcap.h>
#include <sys/mman.h>

#include "capture/input.h"
#include "capture/linktype.h"
#include "capture/pcapng.h"
#include "macros.h"
#include "made.h"
#include "run_suite.h"

enum { ETHERNET = 1, IEEE802_11 = 105, RAW = 101 };

struct reading {
	struct pcapng *ng;
	struct input *in;
	struct frame frame;
};

/* Read what was made; it is freed. */
static void
begin(struct reading *r, struct made *m)
{
	int fd = memfd_create("made", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, m->at, m->n), (ssize_t)m->n);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	free(m->at);
	*m = (struct made){ 0 };
	*r = (struct reading){ .ng = pcapng_new() };
	ck_assert_int_eq(input_from_fd(&r->in, fd, 64), 0);	/* small: blocks span reads */
}

static void
end(struct reading *r)
{
	pcapng_free(r->ng);
	input_free(r->in);
}

static enum record
next(struct reading *r)
{
	return pcapng_next(r->ng, r->in, &r->frame);
}

static const struct {
	const char *what;
	int tsresol;
	int64_t offset_s;
	uint64_t time, want_us;
} times[] = {
	{ "preset: microseconds", -1, 0, 1234567, 1234567 },
	{ "10^-0", 0, 0, 7, 7000000 },
	{ "10^-3", 3, 0, 7008, 7008000 },
	{ "10^-6", 6, 0, 7000009, 7000009 },
	{ "10^-9", 9, 0, 7000009999, 7000009 },
	{ "10^-12", 12, 0, 7000009999999, 7000009 },
	{ "10^-19", 19, 0, UINT64_C(10000020000000000000), 1000002 },
	{ "10^-25: below a microsecond all", 25, 0, UINT64_MAX, 1 },
	{ "10^-127", 127, 0, UINT64_MAX, 0 },
	{ "2^-0", 0x80, 0, 7, 7000000 },
	{ "2^-1", 0x81, 0, 15, 7500000 },
	{ "2^-32", 0xa0, 0, UINT64_C(0x780000000), 7500000 },
	{ "2^-50", 0x80 | 50, 0, UINT64_C(15) << 49, 7500000 },
	{ "2^-63", 0x80 | 63, 0, UINT64_C(3) << 62, 1500000 },
	{ "2^-64", 0x80 | 64, 0, UINT64_C(1) << 63, 500000 },
	{ "2^-100", 0x80 | 100, 0, UINT64_MAX, 0 },
	{ "2^-127", 0xff, 0, UINT64_MAX, 0 },
	{ "offset", -1, 100, 1, 100000001 },
	{ "negative offset", -1, -3, 5000001, 2000001 },
	{ "offset before 1970", -1, -9, 5000001, 1 },
	{ "more than fits", 0, 0, UINT64_MAX, INT64_MAX },
	{ "offset more than fits", 0, INT64_MAX, UINT64_MAX, INT64_MAX },
	{ "lowest offset", -1, INT64_MIN, 5, 5 },
};

START_TEST(tells_the_time)
{
	for (int be = 0; be < 2; be++) {
		struct made m = { 0 };
		struct reading r;

		put_section(&m, be);
		put_interface(&m, ETHERNET, 0, times[_i].tsresol, times[_i].offset_s);
		put_enhanced(&m, 0, times[_i].time, 'a', 61, 61);
		begin(&r, &m);
		ck_assert_int_eq(next(&r), RECORD_FRAME);
		ck_assert_msg(r.frame.time_us == times[_i].want_us, "%s: %llu", times[_i].what,
		    (unsigned long long)r.frame.time_us);
		ck_assert_int_eq(next(&r), RECORD_END);
		end(&r);
	}
}
END_TEST

START_TEST(keeps_interfaces_of_sections_apart)
{
	struct made m = { 0 };
	struct reading r;

	put_section(&m, true);
	put_interface(&m, ETHERNET, 0, -1, 0);
	put_interface(&m, IEEE802_11, 96, -1, 0);
	put_enhanced(&m, 1, 10, 'a', 61, 200);
	put_enhanced(&m, 0, 11, 'b', 62, 10);	/* wire shorter than captured: not believed */
	put_section(&m, false);
	put_interface(&m, RAW, 50, -1, 0);
	put_enhanced(&m, 0, 12, 'c', 63, 63);
	put_enhanced(&m, 1, 13, 'd', 63, 63);	/* of the other section only */
	put_simple(&m, 'e', 50, 90);		/* no time, no interface, cut by the snaplen */
	put_old(&m, 0, 14, 'f', 1);
	begin(&r, &m);
	ck_assert(next(&r) == RECORD_FRAME && r.frame.link_type == DLT_IEEE802_11);
	ck_assert(r.frame.cap_len == 61 && r.frame.wire_len == 200 && r.frame.time_us == 10);
	ck_assert(next(&r) == RECORD_FRAME && r.frame.link_type == DLT_EN10MB);
	ck_assert(r.frame.cap_len == 62 && r.frame.wire_len == 62);
	ck_assert(next(&r) == RECORD_FRAME && r.frame.link_type == DLT_RAW);
	ck_assert_int_eq(next(&r), RECORD_REFUSED);
	ck_assert(next(&r) == RECORD_FRAME && r.frame.time_us == 12);
	ck_assert(r.frame.cap_len == 50 && r.frame.wire_len == 90);
	ck_assert(r.frame.data[0] == 'e' && r.frame.data[49] == 'e');
	ck_assert(next(&r) == RECORD_FRAME && r.frame.time_us == 14 && r.frame.cap_len == 1);
	ck_assert_int_eq(next(&r), RECORD_END);
	end(&r);
}
END_TEST

/* Numbers put over a good file: section (28 octets), interface (20), packet block (32 + 64). */
static const struct {
	const char *what;
	size_t at;
	uint32_t value;
	enum record want;
} damages[] = {
	{ "as it is", 0, 0x0a0d0d0a, RECORD_FRAME },
	{ "length 0", 52, 0, RECORD_BROKEN },
	{ "length 8", 52, 8, RECORD_BROKEN },
	{ "length not of 32-bit words", 52, 97, RECORD_BROKEN },
	{ "length past the end", 52, 100, RECORD_BROKEN },
	{ "length of gigabytes", 52, 0xfffffff0, RECORD_BROKEN },
	{ "lengths that differ", 52, 92, RECORD_BROKEN },
	{ "too short for a packet", 52, 12, RECORD_BROKEN },
	{ "no such interface", 56, 1, RECORD_REFUSED },
	{ "no such interface, by far", 56, 0xffffffff, RECORD_REFUSED },
	{ "captured more than the block", 68, 69, RECORD_REFUSED },
	{ "captured gigabytes", 68, 0xffffffff, RECORD_REFUSED },
	{ "no byte order", 8, 0, RECORD_BROKEN },
	{ "version 2", 12, 2, RECORD_BROKEN },
	{ "interface block of gigabytes", 32, 0xfffffff0, RECORD_BROKEN },
	{ "unknown block in place of the packet", 48, 0x12345, RECORD_END },
	{ "unknown block in place of the interface", 28, 0x12345, RECORD_REFUSED },
};

START_TEST(survives_damage)
{
	struct made m = { 0 }, patch = { 0 };
	struct reading r;
	enum record got;

	put_section(&m, false);
	put_interface(&m, ETHERNET, 0, -1, 0);
	put_enhanced(&m, 0, 5, 'a', 64, 64);
	ck_assert_uint_eq(m.n, 28 + 20 + 96);
	put32(&patch, damages[_i].value);
	memcpy(m.at + damages[_i].at, patch.at, 4);
	free(patch.at);
	begin(&r, &m);
	got = next(&r);
	ck_assert_msg(got == damages[_i].want, "%s: %d", damages[_i].what, got);
	if (got == RECORD_BROKEN)
		ck_assert_uint_gt(strlen(pcapng_reason(r.ng)), 0);
	end(&r);
}
END_TEST

/* A packet block longer than we look into is one refused record, not the end. */
START_TEST(steps_over_a_giant)
{
	struct made m = { 0 };
	struct reading r;

	put_section(&m, false);
	put_interface(&m, ETHERNET, 0, -1, 0);
	put_enhanced(&m, 0, 5, 'a', 2 << 20, 2 << 20);
	put_enhanced(&m, 0, 6, 'b', 64, 64);
	begin(&r, &m);
	ck_assert_int_eq(next(&r), RECORD_REFUSED);
	ck_assert(next(&r) == RECORD_FRAME && r.frame.time_us == 6);
	ck_assert_uint_lt(input_memory(r.in), 1 << 20);
	end(&r);
}
END_TEST

START_TEST(bounds_the_interfaces)
{
	enum { BOUND = 1 << 16 };
	struct made m = { 0 };
	struct reading r;

	put_section(&m, false);
	for (unsigned i = 0; i <= BOUND; i++)
		put_interface(&m, ETHERNET, 0, -1, 0);
	put_enhanced(&m, BOUND - 1, 5, 'a', 64, 64);
	put_enhanced(&m, BOUND, 5, 'a', 64, 64);
	begin(&r, &m);
	ck_assert_int_eq(next(&r), RECORD_FRAME);
	ck_assert_int_eq(next(&r), RECORD_REFUSED);
	ck_assert_int_eq(next(&r), RECORD_END);
	end(&r);
}
END_TEST

/* What libpcap says of a classic file with this link type. */
static int
libpcap_link_type(uint16_t linktype)
{
	char why[PCAP_ERRBUF_SIZE];
	struct made m = { 0 };
	FILE *in;
	pcap_t *pcap;
	int dlt;

	put_classic(&m, MAGIC_US, linktype);
	in = fmemopen(m.at, m.n, "rb");
	pcap = pcap_fopen_offline(in, why);
	ck_assert_msg(pcap != NULL, "%s", why);
	dlt = pcap_datalink(pcap);
	pcap_close(pcap);
	free(m.at);
	return dlt;
}

START_TEST(link_types_are_those_of_libpcap)
{
	for (uint16_t i = 0; i < 1024; i++)
		ck_assert_msg(linktype_to_dlt(i) == libpcap_link_type(i),
		    "LINKTYPE %u: %d, libpcap: %d", i, linktype_to_dlt(i), libpcap_link_type(i));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pcapng");
	TCase *t = tcase_create("blocks");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, tells_the_time, 0, ARRAY_LEN(times));
	tcase_add_test(t, keeps_interfaces_of_sections_apart);
	tcase_add_loop_test(t, survives_damage, 0, ARRAY_LEN(damages));
	tcase_add_test(t, steps_over_a_giant);
	tcase_add_test(t, bounds_the_interfaces);
	tcase_add_test(t, link_types_are_those_of_libpcap);
	suite_add_tcase(s, t);
	return run_suite(s);
}
