/* SPDX-License-Identifier: Apache-2.0 */
/* test_capture.c - what capture.h promises of files: formats, cuts, order, paths, bounds. */
#include <errno.h>
#include <sys/resource.h>

#include <pcap/dlt.h>

#include "macros.h"
#include "made.h"
#include "run_suite.h"

enum { ETHERNET = 1, RAW = 101, LINKTYPE_SLL = 113 };

static void
make_classic(struct made *m, bool be, bool ns)
{
	uint32_t unit = ns ? 1000 : 1;

	m->be = be;
	put_classic(m, ns ? MAGIC_NS : MAGIC_US, RAW);
	put_record(m, 1700000000, 5 * unit, 'a', 60, 60);
	put_record(m, 1700000001, 999999 * unit + (ns ? 999 : 0), 'b', 1, 1500);
	put_record(m, 4000000000u, 0, 'c', 1400, 1400);	/* past 2038: seconds are unsigned */
}

static void
make_us_le(struct made *m)
{
	make_classic(m, false, false);
}

static void
make_us_be(struct made *m)
{
	make_classic(m, true, false);
}

static void
make_ns_le(struct made *m)
{
	make_classic(m, false, true);
}

static void
make_ns_be(struct made *m)
{
	make_classic(m, true, true);
}

/* Kuznetsov's dialect, which libpcap reads for us: eight octets more in a record's header. */
static void
put_patched(struct made *m, uint32_t s, uint32_t us, uint8_t fill, uint32_t len, uint32_t wire)
{
	put32(m, s);
	put32(m, us);
	put32(m, len);
	put32(m, wire);
	put_fill(m, 0, 8);
	put_fill(m, fill, len);
}

static void
make_patched(struct made *m)
{
	put_classic(m, MAGIC_PATCHED, RAW);
	put_patched(m, 1700000000, 5, 'a', 60, 60);
	put_patched(m, 1700000001, 999999, 'b', 1, 1500);
	put_patched(m, 4000000000u, 0, 'c', 1400, 1400);
}

/* The same three packets, in two sections of different byte order. */
static void
make_pcapng(struct made *m)
{
	struct made none = { 0 };

	put_section(m, true);
	put_interface(m, ETHERNET, 96, -1, 0);
	put_interface(m, RAW, 65535, -1, 0);
	put_enhanced(m, 1, UINT64_C(1700000000000005), 'a', 60, 60);
	put_block(m, 5, &none);		/* interface statistics: of no interest */
	put_section(m, false);
	put_interface(m, RAW, 0, 9, 0);
	put_enhanced(m, 0, UINT64_C(1700000001999999999), 'b', 1, 1500);
	put_block(m, 0x40000bad, &none);
	put_old(m, 0, UINT64_C(4000000000000000000), 'c', 1400);
}

static const struct {
	const char *what;
	void (*make)(struct made *m);
} formats[] = {
	{ "us, little-endian", make_us_le }, { "us, big-endian", make_us_be },
	{ "ns, little-endian", make_ns_le }, { "ns, big-endian", make_ns_be },
	{ "patched", make_patched }, { "pcapng", make_pcapng },
};

static const struct {
	const char *what;
	void (*pack)(struct made *m);
	const char *cut_text;	/* how a cut is told */
} packings[] = {
	{ "plain", pack_none, "" }, { "gzip", pack_gzip, "compressed data ends early" },
	{ "zstd", pack_zstd, "compressed data ends early" },
	{ "xz", pack_xz, "compressed data ends early" },
};

static const struct one three_packets[] = {
	{ UINT64_C(1700000000000005), 60, 60, DLT_RAW, 0, 'a', true },
	{ UINT64_C(1700000001999999), 1, 1500, DLT_RAW, 0, 'b', true },
	{ UINT64_C(4000000000000000), 1400, 1400, DLT_RAW, 0, 'c', true },
};

static void
check_one(const struct one *got, const struct one *want, const char *what)
{
	ck_assert_msg(got->time_us == want->time_us && got->cap_len == want->cap_len &&
	    got->wire_len == want->wire_len && got->link_type == want->link_type &&
	    got->source == want->source && got->first == want->first && got->uniform,
	    "%s: '%c' at %llu, %u of %u octets, link %d, source %u", what, got->first,
	    (unsigned long long)got->time_us, got->cap_len, got->wire_len, got->link_type,
	    got->source);
}

START_TEST(reads_each_format_in_each_packing)
{
	size_t format = (size_t)_i / ARRAY_LEN(packings), packing = (size_t)_i % ARRAY_LEN(packings);
	struct made m = { 0 };
	struct run r;
	uint64_t done, total;
	char what[64];

	snprintf(what, sizeof(what), "%s, %s", formats[format].what, packings[packing].what);
	formats[format].make(&m);
	packings[packing].pack(&m);
	save(&m, "name.txt");		/* names say nothing */
	run_path(&r, "name.txt");
	ck_assert_msg(r.rc == 0, "%s: %s", what, r.err.text);
	ck_assert_msg(r.taken->n == 3, "%s: %zu packets", what, r.taken->n);
	for (size_t i = 0; i < 3; i++)
		check_one(&r.taken->one[i], &three_packets[i], what);
	ck_assert_uint_eq(r.n_cut, 0);
	ck_assert_ptr_null(r.cut);
	ck_assert_uint_eq(stats_value(r.stats, "capture.frames"), 3);
	ck_assert_uint_eq(stats_value(r.stats, "capture.snaplen_truncated"), 1);
	ck_assert_uint_eq(stats_value(r.stats, "capture.files"), 1);
	ck_assert_str_eq(capture_source_name(r.cap, 0), "name.txt");
	ck_assert_uint_eq(capture_sources(r.cap), 1);
	ck_assert(!capture_is_live(r.cap));
	capture_progress(r.cap, &done, &total);
	ck_assert_uint_eq(done, total);
	ck_assert_uint_ne(total, 0);
	run_done(&r);
}
END_TEST

/* Every prefix of a file gives the packets that are whole in it, and says that it was cut
 * unless the cut fell between two records. */
START_TEST(reads_up_to_any_cut)
{
	size_t format = (size_t)_i / ARRAY_LEN(packings), packing = (size_t)_i % ARRAY_LEN(packings);
	struct made m = { 0 };
	size_t before = 0, clean = 0, failed = 0;

	formats[format].make(&m);
	packings[packing].pack(&m);
	for (size_t n = 0; n <= m.n; n++) {
		struct run r;

		save_octets(&m, n, "cut");
		run_path(&r, "cut");
		if (r.rc != 0) {	/* not even a header */
			ck_assert_int_eq(r.rc, -EINVAL);
			ck_assert_msg(strstr(r.err.text, "'cut'") != NULL, "%s", r.err.text);
			ck_assert_uint_eq(before, 0);
			failed++;
		} else {
			ck_assert_msg(r.taken->n >= before, "%s, %s: %zu octets gave %zu packets",
			    formats[format].what, packings[packing].what, n, r.taken->n);
			before = r.taken->n;
			for (size_t i = 0; i < before; i++)
				check_one(&r.taken->one[i], &three_packets[i], "prefix");
			clean += r.n_cut == 0;
			ck_assert_uint_eq(r.n_cut, stats_value(r.stats, "capture.truncated_files"));
			ck_assert(r.n_cut == 0 || strstr(r.cut, packings[packing].cut_text));
		}
		run_done(&r);
	}
	ck_assert_uint_eq(before, 3);
	ck_assert_uint_ge(failed, 12);
	/* between records: after the header, 3 packets; pcapng has 10 blocks; a stream its end */
	ck_assert_uint_eq(clean, packing != 0 ? 1 : formats[format].make == make_pcapng ? 10 : 4);
	free(m.at);
}
END_TEST

static const struct {
	const char *what;
	uint32_t cap_len;
	const char *text;
} absurd[] = {
	{ "4 GB record", 0xffffffff, "after 1 records" },
	{ "16 MB record", 16 << 20, "after 1 records" },
	{ "longest record there is", 262144, "after 1 records" },
	{ "one octet more", 262145, "claims 262145 octets" },
	{ "longer than the file", 5000, "after 1 records" },
};

START_TEST(ends_a_file_at_an_absurd_length)
{
	struct made m = { 0 };
	struct run r;

	put_classic(&m, MAGIC_US, ETHERNET);
	put_record(&m, 1, 0, 'a', 60, 60);
	put32(&m, 2);
	put32(&m, 0);
	put32(&m, absurd[_i].cap_len);
	put32(&m, 60);
	put_fill(&m, 'b', 1000);
	save(&m, "absurd");
	run_path(&r, "absurd");
	ck_assert_msg(r.rc == 0 && r.taken->n == 1 && r.n_cut == 1, "%s", absurd[_i].what);
	ck_assert_msg(strstr(r.cut, absurd[_i].text) != NULL, "%s", r.cut);
	run_done(&r);
}
END_TEST

START_TEST(reads_up_to_damage_in_a_compressed_stream)
{
	struct made m = { 0 };
	struct run r;

	put_classic(&m, MAGIC_US, ETHERNET);
	for (uint32_t i = 0; i < 5000; i++) {
		put_record(&m, i, 0, (uint8_t)rand(), 40 + i % 400, 500);
	}
	packings[_i + 1].pack(&m);
	memset(m.at + m.n * 3 / 4, 0x55, 64);
	save(&m, "damaged");
	run_path(&r, "damaged");
	ck_assert_int_eq(r.rc, 0);
	ck_assert_uint_eq(r.n_cut, 1);
	if (packings[_i + 1].pack != pack_gzip)	/* only its last octets tell; records may sooner */
		ck_assert_msg(strstr(r.cut, packings[_i + 1].what) != NULL, "%s", r.cut);
	ck_assert_msg(r.taken->n < 5000, "%s", packings[_i + 1].what);
	if (packings[_i + 1].pack != pack_xz)	/* one xz block may be the whole file */
		ck_assert_msg(r.taken->n > 1000, "%s: %zu", packings[_i + 1].what, r.taken->n);
	run_done(&r);
}
END_TEST

/* RFC 1952, 2.2 and RFC 8878, 3: a file may hold several streams, one after another. */
START_TEST(reads_streams_put_together)
{
	struct made m = { 0 }, rest = { 0 };
	struct run r;

	put_classic(&m, MAGIC_US, ETHERNET);
	put_record(&m, 1, 0, 'a', 60, 60);
	packings[_i + 1].pack(&m);
	put_record(&rest, 2, 0, 'b', 60, 60);
	packings[_i + 1].pack(&rest);
	put(&m, rest.at, rest.n);
	free(rest.at);
	save(&m, "two");
	run_path(&r, "two");
	ck_assert_msg(r.taken->n == 2 && r.n_cut == 0, "%s: %zu", packings[_i + 1].what,
	    r.taken->n);
	run_done(&r);
}
END_TEST

/* A file of one-second steps: each packet's octets are `fill`. */
static void
save_times(const char *path, uint8_t fill, const uint32_t *times, size_t n)
{
	struct made m = { 0 };

	put_classic(&m, MAGIC_US, ETHERNET);
	for (size_t i = 0; i < n; i++)
		put_record(&m, times[i], 0, fill, 50, 50);
	save(&m, path);
}

static void
order_of(const struct run *r, char *out)
{
	for (size_t i = 0; i < r->taken->n; i++)
		*out++ = (char)r->taken->one[i].first;
	*out = '\0';
}

START_TEST(merges_by_time_whatever_the_order_of_arguments)
{
	static char a[] = "a.pcap", b[] = "b.pcap", c[] = "sub", d[] = "./sub/d.pcap";
	char *orders[][4] = { { a, b, c, d }, { d, c, b, a }, { c, a, d, b }, { b, d, a, c } };
	char order[64];
	struct run r;

	ck_assert_int_eq(mkdir("sub", 0700), 0);
	save_times("a.pcap", 'a', (uint32_t[]){ 10, 20, 30 }, 3);
	save_times("b.pcap", 'b', (uint32_t[]){ 10, 40, 15, 16, 50 }, 5);	/* goes back */
	save_times("sub/d.pcap", 'd', (uint32_t[]){ 5, 30, 45 }, 3);
	run_paths(&r, orders[_i], 4, (unsigned)_i + 1);
	ck_assert_int_eq(r.rc, 0);
	order_of(&r, order);
	/* ties by path: "./sub/d.pcap" < "a.pcap"; 15 and 16 follow 40 as they do in the file */
	ck_assert_str_eq(order, "dabadabbbdb");
	ck_assert_uint_eq(capture_sources(r.cap), 3);
	ck_assert_str_eq(capture_source_name(r.cap, 0), "d.pcap");
	ck_assert_str_eq(capture_source_name(r.cap, 2), "b.pcap");
	run_done(&r);
}
END_TEST

START_TEST(finds_captures_in_folders_by_their_octets)
{
	struct run r;
	struct made m = { 0 };

	ck_assert_int_eq(mkdir("in", 0700) | mkdir("in/deep", 0700) | mkdir("in/none", 0700), 0);
	ck_assert_int_eq(mkfifo("in/pipe.pcap", 0600), 0);
	ck_assert_int_eq(symlink("..", "in/deep/circle"), 0);
	save_times("in/deep/odd.name", 'a', (uint32_t[]){ 1 }, 1);
	save_times("in/two", 'b', (uint32_t[]){ 2 }, 1);
	put(&m, "not a capture, whatever its name", 32);
	save(&m, "in/text.pcap");
	save(&m, "in/empty.pcap");
	put_classic(&m, MAGIC_US, ETHERNET);
	m.at[4] = 99;			/* version */
	save(&m, "in/version.pcap");
	run_path(&r, "in//");
	ck_assert_msg(r.rc == 0 && r.taken->n == 2, "%s", r.err.text);
	ck_assert_uint_eq(stats_value(r.stats, "capture.files"), 2);
	ck_assert_uint_eq(stats_value(r.stats, "capture.refused_files"), 1);
	run_done(&r);
}
END_TEST

START_TEST(takes_globs_and_real_names_with_glob_characters)
{
	struct run r;
	char *twice[] = { (char[]){ "x*.cap" }, (char[]){ "x1.cap" }, (char[]){ "x[1].cap" } };

	save_times("x1.cap", 'a', (uint32_t[]){ 1 }, 1);
	save_times("x2.cap", 'b', (uint32_t[]){ 2 }, 1);
	save_times("x[1].cap", 'c', (uint32_t[]){ 3 }, 1);
	run_path(&r, "x?.cap");
	ck_assert_msg(r.rc == 0 && r.taken->n == 2, "%s", r.err.text);
	run_done(&r);
	run_path(&r, "x[1].cap");
	ck_assert_msg(r.rc == 0 && r.taken->n == 1 && r.taken->one[0].first == 'c', "%s",
	    r.err.text);
	run_done(&r);
	run_paths(&r, twice, 3, 1);	/* each file once, however often it is named */
	ck_assert_msg(r.rc == 0 && r.taken->n == 3, "%s: %zu", r.err.text, r.taken->n);
	run_done(&r);
}
END_TEST

static const struct {
	const char *path;
	int rc;
	const char *text;
} failures[] = {
	{ "missing", -ENOENT, "cannot open 'missing': No such file or directory" },
	{ "miss*ing", -ENOENT, "cannot open 'miss*ing': No such file or directory" },
	{ "text", -EINVAL, "'text' is not a capture file" },
	{ "empty", -EINVAL, "'empty' is empty" },
	{ "gz-text", -EINVAL, "'gz-text' is not a capture file" },
	{ "gz-cut", -EINVAL, "'gz-cut' is not a capture file: its compressed data ends early" },
	{ "folder", -ENOENT, "no capture files in 'folder'" },
	{ "cut-header", -EINVAL, "cannot read 'cut-header': truncated dump file" },
	{ "cut-ng", -EINVAL, "'cut-ng' is not a capture file" },
};

START_TEST(names_what_cannot_be_read)
{
	struct made m = { 0 };
	struct run r;

	ck_assert_int_eq(mkdir("folder", 0700), 0);
	save(&m, "empty");
	save(&m, "folder/empty");
	put(&m, "hello, this is text", 19);
	save(&m, "text");
	put(&m, "hello, this is text", 19);
	pack_gzip(&m);
	save(&m, "gz-text");
	put(&m, "\x1f\x8b\x08\x00****************", 20);
	save(&m, "gz-cut");
	put_classic(&m, MAGIC_US, 1);
	save_octets(&m, 10, "cut-header");
	m.n = 0;
	put_section(&m, false);
	save_octets(&m, 10, "cut-ng");
	free(m.at);
	run_path(&r, failures[_i].path);
	ck_assert_msg(r.rc == failures[_i].rc, "%s: %d", failures[_i].path, r.rc);
	ck_assert_msg(strncmp(r.err.text, failures[_i].text, strlen(failures[_i].text)) == 0,
	    "%s", r.err.text);
	run_done(&r);
}
END_TEST

START_TEST(refuses_nothing_and_both)
{
	char *text[] = { (char[]){ "lo" } };
	struct config nothing = { 0 }, both = { .read = { text, 1 }, .interfaces = { text, 1 } };
	struct run r;

	run_config(&r, &nothing, 1);
	ck_assert_int_eq(r.rc, -EINVAL);
	run_done(&r);
	run_config(&r, &both, 1);
	ck_assert_int_eq(r.rc, -EINVAL);
	run_done(&r);
}
END_TEST

START_TEST(filters_and_counts)
{
	static const struct {
		const char *filter;
		int rc;
		size_t frames, filtered, unfit;
	} rows[] = {
		{ "len > 55", 0, 3, 3, 0 },
		{ "ether src 61:61:61:61:61:61", 0, 2, 2, 2 },	/* RAW has no ether */
		{ "greater 1", 0, 6, 0, 0 },
		{ "no such word", -EINVAL, 0, 0, 0 },
	};
	char *paths[] = { (char[]){ "e" }, (char[]){ "r" } };
	struct config cfg = { .read = { paths, 2 }, .filter = (char *)(uintptr_t)rows[_i].filter };
	struct made m = { 0 };
	struct run r;

	put_classic(&m, MAGIC_US, ETHERNET);
	put_record(&m, 1, 0, 'a', 60, 60);
	put_record(&m, 2, 0, 'b', 50, 50);
	put_record(&m, 3, 0, 'a', 50, 50);
	put_record(&m, 4, 0, 'b', 60, 60);
	save(&m, "e");
	put_classic(&m, MAGIC_US, RAW);
	put_record(&m, 1, 0, 'a', 60, 60);
	put_record(&m, 2, 0, 'b', 50, 50);
	save(&m, "r");
	run_config(&r, &cfg, 1);
	ck_assert_msg(r.rc == rows[_i].rc, "%s: %s", rows[_i].filter, r.err.text);
	if (r.rc == 0) {
		ck_assert_uint_eq(r.taken->n, rows[_i].frames);
		ck_assert_uint_eq(stats_value(r.stats, "capture.frames"), rows[_i].frames);
		ck_assert_uint_eq(stats_value(r.stats, "capture.filtered"), rows[_i].filtered);
		ck_assert_uint_eq(stats_value(r.stats, "capture.filter_unfit"), rows[_i].unfit);
	}
	run_done(&r);
}
END_TEST

/* Standard input through a pipe, written while it is read; among files, it is merged too. */
START_TEST(reads_standard_input)
{
	char *paths[] = { (char[]){ "-" }, (char[]){ "z" } };
	struct made m = { 0 };
	struct run r;
	char order[16];
	int ends[2];

	formats[(size_t)_i / ARRAY_LEN(packings)].make(&m);
	packings[(size_t)_i % ARRAY_LEN(packings)].pack(&m);
	save_times("z", 'z', (uint32_t[]){ 1700000001, 1800000000 }, 2);
	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		for (size_t i = 0; i < m.n; i++)	/* in the smallest pieces */
			if (write(ends[1], m.at + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	run_paths(&r, paths, 2, 3);
	ck_assert_msg(r.rc == 0, "%s", r.err.text);
	order_of(&r, order);
	ck_assert_str_eq(order, "azbzc");
	ck_assert_str_eq(capture_source_name(r.cap, 0), "-");
	run_done(&r);
	free(m.at);
}
END_TEST

enum { MANY = 5000 };

/* Descriptors in use, so that the bound is seen and not only survived. */
static size_t
open_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static size_t most_descriptors;

static void
take_and_look(void *arg, const struct frame *f)
{
	struct taken *t = arg;

	if (t->n % 100 == 0 && open_descriptors() > most_descriptors)
		most_descriptors = open_descriptors();
	take_frame(arg, f);
}

static const struct {
	const char *what;
	uint32_t step_s;	/* each file begins this much after the one before */
	bool pcapng;
	void (*pack)(struct made *m);
	size_t files;
	bool dialect;		/* read by libpcap */
} many[] = {
	{ "one after another", 100, false, pack_none, MANY },
	{ "overlapping a little", 3, false, pack_none, 1000 },
	{ "overlapping a little, pcapng", 3, true, pack_none, 500 },
	{ "all at once", 0, false, pack_none, 400 },
	{ "all at once, pcapng", 0, true, pack_none, 400 },
	{ "all at once, by libpcap", 0, false, pack_none, 100, true },
	{ "all at once, by libpcap, xz", 0, false, pack_xz, 50, true },
	{ "all at once, gzip", 0, false, pack_gzip, 100 },
	{ "all at once, pcapng in zstd", 0, true, pack_zstd, 100 },
};

static void
save_many(size_t row)
{
	char name[32];

	for (uint32_t i = 0; i < many[row].files; i++) {
		uint32_t start = 1000 + i * many[row].step_s;
		struct made m = { 0 };

		if (many[row].pcapng) {
			put_section(&m, i % 2 == 0);
			put_interface(&m, ETHERNET, 0, 0, 0);
		} else {
			put_classic(&m, many[row].dialect ? MAGIC_PATCHED : MAGIC_US, ETHERNET);
		}
		for (uint32_t k = 0; k < 3; k++)
			if (many[row].pcapng)
				put_enhanced(&m, 0, start + k * 7, (uint8_t)i, 60 + i % 99, 200);
			else if (many[row].dialect)
				put_patched(&m, start + k * 7, 0, (uint8_t)i, 60 + i % 99, 200);
			else
				put_record(&m, start + k * 7, 0, (uint8_t)i, 60 + i % 99, 200);
		many[row].pack(&m);
		snprintf(name, sizeof(name), "many/%05u", i);
		save(&m, name);
	}
}

START_TEST(reads_thousands_of_files_with_few_descriptors)
{
	char *paths[] = { (char[]){ "many" } };
	struct config cfg = { .read = { paths, 1 } };
	struct rlimit limit = { 32, 32 };
	struct run r = { .stats = stats_new(), .taken = calloc(1, sizeof(struct taken)) };
	struct taken *t = r.taken;
	int rc;

	ck_assert_int_eq(mkdir("many", 0700), 0);
	save_many((size_t)_i);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	rc = capture_open(&r.cap, &cfg, r.stats, &r.err);
	ck_assert_msg(rc == 0, "%s: %s", many[_i].what, r.err.text);
	most_descriptors = open_descriptors();
	while ((rc = capture_read(r.cap, 256, take_and_look, t, &r.err)) > 0)
		continue;
	ck_assert_msg(rc == 0, "%s: %s", many[_i].what, r.err.text);
	ck_assert_msg(t->n == many[_i].files * 3, "%s: %zu", many[_i].what, t->n);
	for (size_t i = 0; i < t->n; i++) {
		struct one *o = &t->one[i];

		ck_assert(o->uniform && o->first == (uint8_t)o->source);
		ck_assert_uint_eq(o->cap_len, 60 + o->source % 99u);
		if (i != 0)
			ck_assert_msg(o[-1].time_us < o->time_us || (o[-1].time_us == o->time_us &&
			    o[-1].source < o->source), "%s: packet %zu", many[_i].what, i);
	}
	ck_assert_uint_le(most_descriptors, 28);
	ck_assert_uint_eq(stats_value(r.stats, "capture.files"), many[_i].files);
	run_done(&r);
}
END_TEST

START_TEST(says_when_a_file_vanishes)
{
	char *paths[] = { (char[]){ "many" } };
	struct config cfg = { .read = { paths, 1 } };
	struct rlimit limit = { 32, 32 };
	struct run r = { .stats = stats_new(), .taken = calloc(1, sizeof(struct taken)) };
	int rc;

	ck_assert_int_eq(mkdir("many", 0700), 0);
	save_many(8);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(capture_open(&r.cap, &cfg, r.stats, &r.err), 0);
	ck_assert_int_eq(unlink("many/00050"), 0);
	while ((rc = capture_read(r.cap, 256, take_frame, r.taken, &r.err)) > 0)
		continue;
	ck_assert_int_eq(rc, -ENOENT);
	ck_assert_str_eq(r.err.text, "cannot open 'many/00050': No such file or directory");
	run_done(&r);
}
END_TEST

/* Two captures in one process know nothing of each other. */
START_TEST(two_at_once)
{
	char *paths[] = { (char[]){ "a" } };
	struct config cfg = { .read = { paths, 1 } };
	struct run r[2] = { { 0 }, { 0 } };

	save_times("a", 'a', (uint32_t[]){ 1, 2, 3 }, 3);
	for (int i = 0; i < 2; i++) {
		r[i] = (struct run){ .stats = stats_new(),
		    .taken = calloc(1, sizeof(struct taken)) };
		ck_assert_int_eq(capture_open(&r[i].cap, &cfg, r[i].stats, &r[i].err), 0);
	}
	for (int turn = 0; turn < 4; turn++)
		for (int i = 0; i < 2; i++)
			ck_assert_int_eq(capture_read(r[i].cap, 1, take_frame, r[i].taken,
			    &r[i].err), turn < 3);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(stats_value(r[i].stats, "capture.frames"), 3);
		run_done(&r[i]);
	}
}
END_TEST

int
main(void)
{
	enum { EACH = ARRAY_LEN(formats) * ARRAY_LEN(packings) };
	Suite *s = suite_create("capture");
	TCase *t = tcase_create("files");

	tcase_add_checked_fixture(t, enter_folder, leave_folder);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_each_format_in_each_packing, 0, EACH);
	tcase_add_loop_test(t, reads_up_to_any_cut, 0, EACH);
	tcase_add_loop_test(t, ends_a_file_at_an_absurd_length, 0, ARRAY_LEN(absurd));
	tcase_add_loop_test(t, reads_up_to_damage_in_a_compressed_stream, 0, 3);
	tcase_add_loop_test(t, reads_streams_put_together, 0, 3);
	tcase_add_loop_test(t, merges_by_time_whatever_the_order_of_arguments, 0, 4);
	tcase_add_test(t, finds_captures_in_folders_by_their_octets);
	tcase_add_test(t, takes_globs_and_real_names_with_glob_characters);
	tcase_add_loop_test(t, names_what_cannot_be_read, 0, ARRAY_LEN(failures));
	tcase_add_test(t, refuses_nothing_and_both);
	tcase_add_loop_test(t, filters_and_counts, 0, 4);
	tcase_add_loop_test(t, reads_standard_input, 0, EACH);
	tcase_add_loop_test(t, reads_thousands_of_files_with_few_descriptors, 0, ARRAY_LEN(many));
	tcase_add_test(t, says_when_a_file_vanishes);
	tcase_add_test(t, two_at_once);
	suite_add_tcase(s, t);
	return run_suite(s);
}
