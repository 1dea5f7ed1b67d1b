/* SPDX-License-Identifier: Apache-2.0 */
/* prefixes.c - every prefix of real signalling messages, and every octet of some of them changed.
 *
 *	prefixes PCAPS		the folder with the captures
 *
 * Each is shown to its parser in a heap block of just its size, so that the address sanitizer sees
 * a read past its end. Without it: a message that is cut short names no subscriber, no module
 * and no address that the whole one does not. Exit status 77 when there are no captures. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classify/sctp.h"
#include "harness.h"
#include "identify/real_messages.h"
#include "macros.h"

enum { SKIPPED = 77, PATH_OCTETS = 4096, CHANGED_OF_ONE_KIND = 2,
	CHANGED_LEN_MAX = 700, SAID_MAX = 256 };

/* What a message names. */
struct said {
	digits number[SAID_MAX];
	struct addr addr[SAID_MAX];
	size_t n_numbers, n_addrs;
};

struct totals {
	size_t messages, prefixes, changed, wrong;
};

static void
gather(struct said *said, const struct harness *h)
{
	size_t n;
	const struct signalling *s = harness_told(h, &n);

	said->n_numbers = said->n_addrs = 0;
	for (size_t i = 0; i < n; i++) {
		/* IMEI and IMEISV, of which the one may come behind the other, are one module's */
		digits imei = s[i].imei_masked ? s[i].imei : imei_key(s[i].imei);
		digits numbers[] = { s[i].imsi, imei, s[i].msisdn };

		for (size_t k = 0; k < ARRAY_LEN(numbers); k++)
			if (numbers[k] != DIGITS_NONE && said->n_numbers < SAID_MAX)
				said->number[said->n_numbers++] = numbers[k];
		for (size_t k = 0; k < s[i].n_ue && said->n_addrs < SAID_MAX; k++)
			said->addr[said->n_addrs++] = s[i].ue[k].base;
	}
}

/* Is all that `part` names in `whole`? */
static bool
is_within(const struct said *part, const struct said *whole)
{
	for (size_t i = 0; i < part->n_numbers; i++) {
		size_t k = 0;

		while (k < whole->n_numbers && whole->number[k] != part->number[i])
			k++;
		if (k == whole->n_numbers)
			return false;
	}
	for (size_t i = 0; i < part->n_addrs; i++) {
		size_t k = 0;

		while (k < whole->n_addrs && !addr_equal(&whole->addr[k], &part->addr[i]))
			k++;
		if (k == whole->n_addrs)
			return false;
	}
	return true;
}

static void
show(struct harness *h, const struct real_message *m, const uint8_t *octets, size_t len, bool cut)
{
	harness_again(h);
	harness_claim(h);
	harness_ppid(h, m->ppid);
	if (cut)
		harness_truncate(h);
	(void)harness_show(h, (struct shown){ m->dir, octets, len });
}

/* --- parsers --- */

static void
try_prefixes(struct harness *h, const struct real_message *m, struct totals *t)
{
	struct said whole, part;
	struct shown s = { m->dir, m->octets, 0 };

	show(h, m, m->octets, m->len, false);
	gather(&whole, h);
	for (; s.len < m->len; s.len++) {
		harness_again(h);
		harness_ppid(h, m->ppid);
		(void)harness_probe(h, s);
		for (unsigned cut = 0; cut < 2; cut++) {
			show(h, m, m->octets, s.len, cut != 0);
			gather(&part, h);
			if (is_within(&part, &whole))
				continue;
			t->wrong++;
			printf("%s: %zu of %u octets%s: %s", app_parser_at(m->parser)->name, s.len, m->len,
			    cut != 0 ? ", cut by the capture" : "", harness_told_text(h));
		}
		t->prefixes++;
	}
}

/* Each octet becomes every other. */
static void
try_changes(struct harness *h, const struct real_message *m, struct totals *t)
{
	uint8_t *octets = malloc(m->len);

	if (octets == NULL)
		abort();
	memcpy(octets, m->octets, m->len);
	for (size_t at = 0; at < m->len; at++) {
		for (unsigned by = 1; by < 256; by++) {
			octets[at] = (uint8_t)(m->octets[at] ^ by);
			show(h, m, octets, m->len, false);
			t->changed++;
		}
		octets[at] = m->octets[at];
	}
	free(octets);
}

/* --- SCTP --- */

static void
read_sctp(struct sctp *s, const uint8_t *octets, size_t len, unsigned cut, uint32_t tag)
{
	uint8_t *block = malloc(len == 0 ? 1 : len);
	struct packet pkt = { .payload = block, .payload_len = (uint32_t)len, .sctp_tag = tag,
		.payload_wire_len = (uint32_t)len + cut, .flags = cut != 0 ? PACKET_TRUNCATED : 0 };
	struct sctp_message m;
	unsigned sum = 0;

	if (block == NULL)
		abort();
	memcpy(block, octets, len);
	sctp_begin(s, &pkt, 0);
	while (sctp_next(s, &m))
		while (cur_left(&m.data) != 0)
			sum += cur_u8(&m.data);
	free(block);
	if (sum == UINT32_MAX)		/* or nobody would look at the octets */
		abort();
}

/* Each time in another association: nothing is taken for a repetition. */
static void
try_sctp(struct sctp *s, const struct real_message *m, struct totals *t, bool change)
{
	uint32_t tag = (uint32_t)(t->prefixes * 2 + t->changed);

	for (size_t len = 0; len < m->len; len++, t->prefixes++)
		for (unsigned cut = 0; cut < 2; cut++)
			read_sctp(s, m->octets, len, cut, tag++);
	for (size_t at = 0; change && at < m->len; at++) {
		m->octets[at] ^= 0xff;
		read_sctp(s, m->octets, m->len, 0, tag++);
		m->octets[at] ^= 0xff;
		t->changed++;
	}
}

/* --- all of one parser --- */

/* A sample: the first of each kind, short ones. Which message it is, the first two octets say in
 * most of these protocols. */
static bool
is_to_change(const struct real_message *m, uint8_t seen[256])
{
	uint8_t kind = m->len > 1 ? (uint8_t)(m->octets[0] * 31 + m->octets[1]) : 0;

	if (m->len > CHANGED_LEN_MAX || seen[kind] == CHANGED_OF_ONE_KIND)
		return false;
	seen[kind]++;
	return true;
}

static void
say(const char *name, size_t distinct, const struct totals *t)
{
	printf("%s: %zu distinct messages, %zu tried: %zu prefixes, %zu with one octet changed, %zu wrong\n",
	    name, distinct, t->messages, t->prefixes, t->changed, t->wrong);
}

static void
try_parser(enum parser_id id, const struct real_message *m, size_t n, struct totals *t)
{
	struct harness *datagrams = harness_new(id, true, app_parser_at(id)->ports[0]);
	struct harness *stream = harness_new(id, false, app_parser_at(id)->ports[0]);
	uint8_t seen[256] = { 0 };

	for (size_t i = 0; i < n; i++, t->messages++) {
		struct harness *h = m[i].l4 == IPPROTO_TCP ? stream : datagrams;

		try_prefixes(h, &m[i], t);
		if (is_to_change(&m[i], seen))
			try_changes(h, &m[i], t);
	}
	harness_free(datagrams);
	harness_free(stream);
	say(app_parser_at(id)->name, n, t);
}

static void
try_chunks(const struct real_message *m, size_t n, struct totals *t)
{
	struct stats *st = stats_new();
	struct sctp *s = sctp_new(st);
	uint8_t seen[256] = { 0 };

	for (size_t i = 0; i < n; i++, t->messages++)
		try_sctp(s, &m[i], t, is_to_change(&m[i], seen));
	sctp_free(s);
	stats_free(st);
	say("sctp", n, t);
}

static int
by_parser(const void *a, const void *b)
{
	const struct real_message *x = a, *y = b;

	return (x->parser > y->parser) - (x->parser < y->parser);
}

static void
try_all(struct real_messages *set, struct totals *all)
{
	qsort(set->at, set->n, sizeof(set->at[0]), by_parser);
	for (size_t i = 0, end; i < set->n; i = end) {
		enum parser_id id = set->at[i].parser;
		struct totals t = { 0 };

		for (end = i; end < set->n && set->at[end].parser == id; end++)
			;
		if (id == PARSER_NONE)
			try_chunks(&set->at[i], end - i, &t);
		else
			try_parser(id, &set->at[i], end - i, &t);
		all->messages += t.messages;
		all->prefixes += t.prefixes;
		all->changed += t.changed;
		all->wrong += t.wrong;
	}
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "cellular-core", "dns-dhcp-radius" };
	char path[ARRAY_LEN(names)][PATH_OCTETS];
	const char *folders[ARRAY_LEN(names)];
	struct real_messages set = { 0 };
	struct totals t = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(path[i], sizeof(path[i]), "%s/%s", argc > 1 ? argv[1] : ".", names[i]);
		folders[i] = path[i];
		if (access(path[i], R_OK) != 0) {
			puts("SKIPPED: no real captures beside the repository");
			return SKIPPED;
		}
	}
	if (real_messages_read(&set, folders, ARRAY_LEN(names)) != 0)
		return 1;
	try_all(&set, &t);
	printf("%zu messages seen; ", set.seen);
	say("all", set.n, &t);
	real_messages_done(&set);
	return t.wrong == 0 && t.messages != 0 ? 0 : 1;
}
