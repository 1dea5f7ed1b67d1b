/* SPDX-License-Identifier: Apache-2.0 */
/* test_sctp.c - user messages out of bundles and fragments, each once. */
#include <check.h>
#include <stdio.h>

#include "classify/sctp.h"
#include "macros.h"
#include "run_suite.h"
#include "sctp_made.h"

#define S(text) text, sizeof(text) - 1
enum { SECOND = 1000000, START = 1000 * SECOND, TEXT_MAX = 1 << 18 };

struct test {
	struct stats *stats;
	struct sctp *sctp;
	char text[TEXT_MAX];	/* "stream/ppid:octets" of each message, '|' behind it */
	size_t len;
};

static struct test *
test_new(void)
{
	struct test *t = calloc(1, sizeof(*t));

	ck_assert_ptr_nonnull(t);
	t->stats = stats_new();
	t->sctp = sctp_new(t->stats);
	ck_assert_ptr_nonnull(t->sctp);
	return t;
}

static void
test_free(struct test *t)
{
	sctp_free(t->sctp);
	stats_free(t->stats);
	free(t);
}

static void
show_packet(struct test *t, struct packet *pkt, uint32_t tenant)
{
	struct sctp_message m;

	sctp_begin(t->sctp, pkt, tenant);
	while (sctp_next(t->sctp, &m)) {
		size_t len = cur_left(&m.data);

		t->len += (size_t)snprintf(t->text + t->len, TEXT_MAX - t->len, "%u/%u%s:",
		    m.stream, m.ppid, m.truncated ? " cut" : "");
		ck_assert_uint_lt(t->len + len + 1, TEXT_MAX);
		memcpy(t->text + t->len, m.data.at, len);
		t->len += len;
		t->text[t->len++] = '|';
		t->text[t->len] = '\0';
	}
}

static void
show(struct test *t, struct made *m, uint64_t time_us)
{
	struct packet pkt = made_packet(m, time_us);

	show_packet(t, &pkt, 0);
	free((void *)pkt.payload);
	m->len = 0;
}

static uint64_t
count(const struct test *t, const char *name)
{
	return stats_value(t->stats, name);
}

START_TEST(bundle)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_chunk(&m, 3, S("\0\0\0\1\0\0\0\1\0\0\0\0"));	/* SACK */
	made_data(&m, (struct made_data){ MADE_WHOLE, 10, 0, 0, 18, S("one") });
	made_chunk(&m, 193, S("unknown"));
	made_data(&m, (struct made_data){ MADE_WHOLE | MADE_U, 11, 7, 0, 46, S("four") });
	made_data(&m, (struct made_data){ MADE_WHOLE, 12, 0, 1, 18, S("three") });
	show(t, &m, START);
	ck_assert_str_eq(t->text, "0/18:one|7/46:four|0/18:three|");
	ck_assert_uint_eq(count(t, "classify.sctp.messages"), 3);
	ck_assert_uint_eq(count(t, "classify.sctp.malformed"), 0);
	test_free(t);
}
END_TEST

START_TEST(ppid_in_the_order_of_the_machine)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18u << 24, S("a") });
	made_data(&m, (struct made_data){ MADE_WHOLE, 2, 0, 1, 0, S("b") });
	show(t, &m, START);
	ck_assert_str_eq(t->text, "0/18:a|0/0:b|");
	test_free(t);
}
END_TEST

/* Fragments of one message in every order, over a TSN that wraps. */
START_TEST(fragments_in_any_order)
{
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	static const struct made_data part[3] = {
		{ MADE_B, 0xffffffff, 3, 9, 60, S("abc") }, { 0, 0, 3, 9, 60, S("d") },
		{ MADE_E, 1, 3, 9, 60, S("efgh") },
	};
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < 3; i++) {
		made_data(&m, part[orders[_i][i]]);
		if (i != 2) {
			/* others between them do not disturb */
			made_data(&m, (struct made_data){ MADE_B, 50 + i, 4, (uint16_t)i, 60,
			    S("never whole") });
			show(t, &m, START + i * SECOND);
			ck_assert_str_eq(t->text, "");
		}
	}
	show(t, &m, START + 2 * SECOND);
	ck_assert_str_eq(t->text, "3/60:abcdefgh|");
	ck_assert_uint_eq(count(t, "classify.sctp.reassembled"), 1);
	test_free(t);
}
END_TEST

/* Unordered fragments have no number of their message: TSNs tell two of them apart. */
START_TEST(two_unordered_at_once)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_data(&m, (struct made_data){ MADE_B | MADE_U, 1, 0, 0, 18, S("a1") });
	made_data(&m, (struct made_data){ MADE_B | MADE_U, 3, 0, 7, 18, S("b1") });
	made_data(&m, (struct made_data){ MADE_E | MADE_U, 4, 0, 7, 18, S("b2") });
	made_data(&m, (struct made_data){ MADE_E | MADE_U, 2, 0, 0, 18, S("a2") });
	show(t, &m, START);
	ck_assert_str_eq(t->text, "0/18:b1b2|0/18:a1a2|");
	test_free(t);
}
END_TEST

/* RFC 8260: messages interleave, fragments are numbered within their message. */
START_TEST(interleaved)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_i_data(&m, (struct made_data){ MADE_B, 1, 0, 5, 60, S("a0") });
	made_i_data(&m, (struct made_data){ MADE_B, 2, 1, 5, 61, S("b0") });
	made_i_data(&m, (struct made_data){ 0, 3, 0, 5, 1, S("a1") });
	made_i_data(&m, (struct made_data){ MADE_E, 4, 1, 5, 1, S("b1") });
	made_i_data(&m, (struct made_data){ MADE_WHOLE, 5, 1, 6, 62, S("c") });
	made_i_data(&m, (struct made_data){ MADE_E, 6, 0, 5, 2, S("a2") });
	show(t, &m, START);
	ck_assert_str_eq(t->text, "1/61:b0b1|1/62:c|0/60:a0a1a2|");
	test_free(t);
}
END_TEST

START_TEST(repetitions_are_told_once)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < 3; i++) {
		made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("one") });
		made_data(&m, (struct made_data){ MADE_B, 2, 0, 1, 18, S("tw") });
		made_data(&m, (struct made_data){ MADE_E, 3, 0, 1, 18, S("o") });
		show(t, &m, START + i * SECOND);
	}
	ck_assert_str_eq(t->text, "0/18:one|0/18:two|");
	ck_assert_uint_eq(count(t, "classify.sctp.repeated"), 6);
	/* the same number, but another message: two associations of one simulator */
	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("uno") });
	show(t, &m, START + 3 * SECOND);
	/* much later it is another association */
	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("one") });
	show(t, &m, START + UINT64_C(1000) * SECOND);
	ck_assert_str_eq(t->text, "0/18:one|0/18:two|0/18:uno|0/18:one|");
	test_free(t);
}
END_TEST

/* A message, and what is sent again, may come over any path of an association. */
START_TEST(other_addresses_same_association)
{
	static const uint8_t other[4] = { 198, 51, 100, 9 };
	struct test *t = test_new();
	struct made m = { .len = 0 };
	struct packet pkt;

	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("one") });
	made_data(&m, (struct made_data){ MADE_B, 2, 0, 1, 18, S("tw") });
	show(t, &m, START);
	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("one") });
	made_data(&m, (struct made_data){ MADE_E, 3, 0, 1, 18, S("o") });
	pkt = made_packet(&m, START);
	pkt.ends.src = addr_from_ipv4(other);
	show_packet(t, &pkt, 0);
	ck_assert_str_eq(t->text, "0/18:one|0/18:two|");
	/* another network, another tag: others */
	show_packet(t, &pkt, 0x100);
	pkt.sctp_tag++;
	show_packet(t, &pkt, 0);
	ck_assert_str_eq(t->text, "0/18:one|0/18:two|0/18:one|0/18:one|");
	free((void *)pkt.payload);
	test_free(t);
}
END_TEST

START_TEST(too_long)
{
	static const uint8_t octets[1400];
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < 20; i++) {
		made_data(&m, (struct made_data){ i == 0 ? MADE_B : i == 19 ? MADE_E : 0, i, 0, 0,
		    18, octets, sizeof(octets) });
		show(t, &m, START);
	}
	for (unsigned i = 0; i < 2 * SCTP_FRAGMENTS_MAX; i++) {
		made_data(&m, (struct made_data){ i == 0 ? MADE_B
		    : i == 2 * SCTP_FRAGMENTS_MAX - 1 ? MADE_E : 0, 100 + i, 0, 1, 18, S("x") });
		show(t, &m, START);
	}
	ck_assert_uint_eq(count(t, "classify.sctp.too_long"), 2);
	ck_assert_uint_eq(count(t, "classify.sctp.messages"), 0);
	/* the stream goes on, and nothing is left in the making */
	made_data(&m, (struct made_data){ MADE_B, 300, 0, 2, 18, S("a") });
	made_data(&m, (struct made_data){ MADE_E, 301, 0, 2, 18, S("b") });
	show(t, &m, START + UINT64_C(100) * SECOND);
	ck_assert_str_eq(t->text, "0/18:ab|");
	ck_assert_uint_eq(count(t, "classify.sctp.stale"), 0);
	test_free(t);
}
END_TEST

START_TEST(a_message_as_long_as_there_is_room)
{
	static uint8_t octets[SCTP_MESSAGE_MAX / 8];
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < 8; i++) {
		memset(octets, 'a' + (int)i, sizeof(octets));
		made_data(&m, (struct made_data){ i == 0 ? MADE_B : i == 7 ? MADE_E : 0, i, 0, 0, 18,
		    octets, sizeof(octets) });
		show(t, &m, START);
	}
	ck_assert_uint_eq(t->len, strlen("0/18:|") + SCTP_MESSAGE_MAX);
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(t->text[5 + i * sizeof(octets)], 'a' + (int)i);
	test_free(t);
}
END_TEST

START_TEST(full_and_stale)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < SCTP_MESSAGES_MAX + 3; i++) {
		made_data(&m, (struct made_data){ MADE_B, 10 * i, (uint16_t)i, 0, 18, S("a") });
		show(t, &m, START + i);
	}
	ck_assert_uint_eq(count(t, "classify.sctp.evicted"), 3);
	made_data(&m, (struct made_data){ MADE_E, 1, 0, 0, 18, S("z") });	/* one that left */
	made_data(&m, (struct made_data){ MADE_E, 101, 10, 0, 18, S("z") });
	show(t, &m, START + SECOND);
	ck_assert_str_eq(t->text, "10/18:az|");
	made_data(&m, (struct made_data){ MADE_E, 201, 20, 0, 18, S("z") });
	show(t, &m, START + UINT64_C(100) * SECOND);
	ck_assert_str_eq(t->text, "10/18:az|");
	ck_assert_uint_eq(count(t, "classify.sctp.stale"), SCTP_MESSAGES_MAX - 1);
	test_free(t);
}
END_TEST

START_TEST(chunks_are_limited)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	for (unsigned i = 0; i < SCTP_CHUNKS_MAX; i++)
		made_chunk(&m, 4, "", 0);
	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("unseen") });
	show(t, &m, START);
	ck_assert_str_eq(t->text, "");
	ck_assert_uint_eq(count(t, "classify.sctp.chunks_lost"), 1);
	test_free(t);
}
END_TEST

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	const char *messages;
} damaged[] = {
	{ "length 0", S("\0\3\0\0\0\0\0\1\0\0\0\0\0\0\0\x12" "abcd"), "" },
	{ "length 3", S("\0\3\0\3\0\0\0\1"), "" },
	{ "half a header", S("\0\3"), "" },
	{ "DATA without data", S("\0\3\0\x10\0\0\0\1\0\0\0\0\0\0\0\x12"), "" },
	{ "DATA shorter than its header", S("\0\3\0\x08\0\0\0\1"), "" },
	{ "I-DATA shorter than its header", S("\x40\3\0\x12\0\0\0\1\0\0\0\0\0\0\0\x12" "ab\0\0"), "" },
	{ "more claimed than there is", S("\0\3\0\x20\0\0\0\1\0\0\0\0\0\0\0\x12" "abcd"), "" },
	{ "a good one before a bad one", S("\0\3\0\x11\0\0\0\1\0\0\0\0\0\0\0\x12" "a\0\0\0" "\0\3\0\1"),
	    "0/18:a|" },
};

START_TEST(damage_is_counted)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_octets(&m, damaged[_i].octets, damaged[_i].len);
	show(t, &m, START);
	ck_assert_msg(strcmp(t->text, damaged[_i].messages) == 0, "%s: %s", damaged[_i].what, t->text);
	ck_assert_msg(count(t, "classify.sctp.malformed") == 1, "%s", damaged[_i].what);
	test_free(t);
}
END_TEST

START_TEST(last_padding_may_be_missing)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_octets(&m, S("\0\3\0\x11\0\0\0\1\0\0\0\0\0\0\0\x12" "a"));
	show(t, &m, START);
	ck_assert_str_eq(t->text, "0/18:a|");
	ck_assert_uint_eq(count(t, "classify.sctp.malformed"), 0);
	test_free(t);
}
END_TEST

START_TEST(cut_by_the_snapshot_length)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };
	struct packet pkt;

	made_data(&m, (struct made_data){ MADE_WHOLE, 1, 0, 0, 18, S("whole") });
	made_data(&m, (struct made_data){ MADE_WHOLE, 2, 0, 1, 18, S("cut off") });
	m.len -= 4;
	pkt = made_packet(&m, START);
	pkt.payload_wire_len += 4;
	pkt.flags = PACKET_TRUNCATED;
	show_packet(t, &pkt, 0);
	free((void *)pkt.payload);
	ck_assert_str_eq(t->text, "0/18:whole|0/18 cut:cut |");
	m.len = 0;
	made_data(&m, (struct made_data){ MADE_B, 3, 0, 2, 18, S("cut off") });
	m.len -= 4;
	pkt = made_packet(&m, START);
	pkt.payload_wire_len += 4;
	pkt.flags = PACKET_TRUNCATED;
	show_packet(t, &pkt, 0);
	free((void *)pkt.payload);
	ck_assert_str_eq(t->text, "0/18:whole|0/18 cut:cut |");
	ck_assert_uint_eq(count(t, "classify.sctp.snapped"), 1);
	ck_assert_uint_eq(count(t, "classify.sctp.malformed"), 0);
	test_free(t);
}
END_TEST

static uint32_t
next_random(uint64_t *x)
{
	*x ^= *x << 13; *x ^= *x >> 7; *x ^= *x << 17;
	return (uint32_t)(*x >> 16);
}

/* Every message that a sender cuts at random and sends in a random order, some of it twice,
 * comes out whole and once. */
START_TEST(random_bundles)
{
	uint64_t x = 88172645463325252u + (uint64_t)_i;
	struct test *t = test_new();
	struct made m = { .len = 0 };
	struct made_data part[40];
	uint8_t octets[4000];
	unsigned n = 0, told = 0;
	uint32_t tsn = next_random(&x);

	for (unsigned message = 0; message < 4; message++) {
		unsigned parts = 1 + next_random(&x) % 8;

		for (unsigned i = 0; i < parts; i++) {
			size_t at = n * 100;

			memset(octets + at, 'a' + (int)message, 100);
			part[n++] = (struct made_data){ (uint8_t)((i == 0 ? MADE_B : 0)
			    | (i == parts - 1 ? MADE_E : 0)), tsn++, (uint16_t)(message % 2),
			    (uint16_t)message, 18, octets + at, 1 + next_random(&x) % 100 };
			told += (unsigned)part[n - 1].len;
		}
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned other = next_random(&x) % n;
		struct made_data swap = part[i];

		part[i] = part[other];
		part[other] = swap;
	}
	for (unsigned i = 0; i < n; i++) {
		made_data(&m, part[i]);
		if (next_random(&x) % 4 == 0)
			made_data(&m, part[next_random(&x) % (i + 1)]);
		if (next_random(&x) % 2 == 0)
			show(t, &m, START);
	}
	show(t, &m, START);
	ck_assert_uint_eq(count(t, "classify.sctp.messages"), 4);
	ck_assert_uint_eq(t->len, told + 4 * strlen("0/18:|"));
	test_free(t);
}
END_TEST

START_TEST(every_prefix)
{
	struct test *t = test_new();
	struct made m = { .len = 0 };

	made_chunk(&m, 3, S("\0\0\0\1\0\0\0\1\0\0\0\0"));
	made_data(&m, (struct made_data){ MADE_WHOLE, 10, 0, 0, 18, S("one") });
	made_data(&m, (struct made_data){ MADE_B, 11, 0, 1, 18, S("t") });
	made_data(&m, (struct made_data){ MADE_E, 12, 0, 1, 18, S("wo") });
	made_i_data(&m, (struct made_data){ MADE_WHOLE, 13, 0, 0, 18, S("three") });
	for (size_t len = m.len; len-- > 0;) {
		for (unsigned cut = 0; cut < 2; cut++) {
			struct made part = m;
			struct packet pkt;

			part.len = len;
			pkt = made_packet(&part, START + len * UINT64_C(200) * SECOND);
			if (cut == 1)
				pkt.payload_wire_len = (uint32_t)m.len;
			show_packet(t, &pkt, cut);
			free((void *)pkt.payload);
			t->len = 0;
		}
	}
	test_free(t);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sctp");
	TCase *t = tcase_create("sctp");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, bundle);
	tcase_add_test(t, ppid_in_the_order_of_the_machine);
	tcase_add_loop_test(t, fragments_in_any_order, 0, 6);
	tcase_add_test(t, two_unordered_at_once);
	tcase_add_test(t, interleaved);
	tcase_add_test(t, repetitions_are_told_once);
	tcase_add_test(t, other_addresses_same_association);
	tcase_add_test(t, too_long);
	tcase_add_test(t, a_message_as_long_as_there_is_room);
	tcase_add_test(t, full_and_stale);
	tcase_add_test(t, chunks_are_limited);
	tcase_add_loop_test(t, damage_is_counted, 0, ARRAY_LEN(damaged));
	tcase_add_test(t, last_padding_may_be_missing);
	tcase_add_test(t, cut_by_the_snapshot_length);
	tcase_add_loop_test(t, random_bundles, 0, 200);
	tcase_add_test(t, every_prefix);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
