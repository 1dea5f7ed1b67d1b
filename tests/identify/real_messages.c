/* SPDX-License-Identifier: Apache-2.0 */
/* real_messages.c - capture and decode, SCTP put together, and whoever claims the octets. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/sctp.h"
#include "config.h"
#include "decode.h"
#include "harness.h"
#include "hash.h"
#include "identify/real_messages.h"
#include "identify/replay.h"

enum { HASHES_FIRST = 1 << 12 };

struct reader {
	struct real_messages *set;
	struct decoder *decoder;
	struct sctp *sctp;
	struct harness *probe[PARSER_N];	/* NULL: of no signalling */
};

/* --- the set --- */

static bool
grow_hashes(struct real_messages *set)
{
	size_t n = set->n_hash == 0 ? HASHES_FIRST : set->n_hash * 2;
	uint64_t *bigger = calloc(n, sizeof(*bigger));

	if (bigger == NULL)
		return false;
	for (size_t i = 0; i < set->n_hash; i++) {
		size_t at = set->hash[i] % n;

		while (set->hash[i] != 0 && bigger[at] != 0)
			at = (at + 1) % n;
		if (set->hash[i] != 0)
			bigger[at] = set->hash[i];
	}
	free(set->hash);
	set->hash = bigger;
	set->n_hash = n;
	return true;
}

/* Is it there? It is from now on. */
static bool
is_known(struct real_messages *set, const struct real_message *m)
{
	uint64_t what[] = { m->parser, m->l4, m->dir, m->ppid, m->len };
	uint64_t hash = hash_stable(hash_stable(HASH_STABLE_BASIS, what, sizeof(what)), m->octets, m->len) | 1;
	size_t at = hash % set->n_hash;

	while (set->hash[at] != 0 && set->hash[at] != hash)
		at = (at + 1) % set->n_hash;
	if (set->hash[at] == hash)
		return true;
	set->hash[at] = hash;
	return false;
}

static void
add(struct real_messages *set, struct real_message m)
{
	const uint8_t *octets = m.octets;

	set->seen++;
	if (set->n * 2 >= set->n_hash && !grow_hashes(set))
		abort();
	if (m.len == 0 || is_known(set, &m))
		return;
	if (set->n == set->room) {
		set->room = set->room == 0 ? 1024 : set->room * 2;
		set->at = realloc(set->at, set->room * sizeof(set->at[0]));
	}
	m.octets = malloc(m.len);
	if (set->at == NULL || m.octets == NULL)
		abort();
	memcpy(m.octets, octets, m.len);
	set->at[set->n++] = m;
}

/* --- whose octets --- */

static bool
is_port_of(const struct app_parser *p, uint16_t port)
{
	for (size_t i = 0; i < sizeof(p->ports) / sizeof(p->ports[0]); i++)
		if (port != 0 && p->ports[i] == port)
			return true;
	return false;
}

/* On a parser's own port all is its own; elsewhere what it claims. */
static void
offer(struct reader *r, const struct packet *pkt, struct cursor octets, uint32_t ppid)
{
	for (enum parser_id id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *p = app_parser_at(id);
		uint8_t l4 = pkt->ends.proto;
		bool src = is_port_of(p, pkt->ends.src_port), dest = is_port_of(p, pkt->ends.dest_port);
		struct real_message m = { .parser = id, .l4 = l4, .ppid = ppid,
			.dir = src && !dest ? TO_CLIENT : TO_SERVER, .port = p->ports[0],
			.len = (uint32_t)cur_left(&octets), .octets = (uint8_t *)octets.at };

		if (r->probe[id] == NULL || !(l4 == IPPROTO_TCP ? p->tcp : l4 == IPPROTO_UDP ? p->udp : p->sctp))
			continue;
		harness_again(r->probe[id]);
		harness_ppid(r->probe[id], ppid);
		if ((l4 == IPPROTO_UDP && (src || dest))
		    || harness_probe(r->probe[id], (struct shown){ m.dir, m.octets, m.len }) == PROBE_YES)
			add(r->set, m);
	}
}

static void
offer_sctp(struct reader *r, const struct packet *pkt)
{
	struct real_message packet = { .parser = PARSER_NONE, .l4 = IPPROTO_SCTP,
		.len = pkt->payload_len, .octets = (uint8_t *)pkt->payload };
	struct sctp_message m;

	add(r->set, packet);
	sctp_begin(r->sctp, pkt, 0);
	while (sctp_next(r->sctp, &m))
		offer(r, pkt, m.data, m.ppid);
}

static void
add_frame(void *arg, const struct frame *frame)
{
	struct reader *r = arg;
	struct packet pkt;

	if (decode_frame(r->decoder, frame, &pkt) != DECODE_OK || pkt.payload_len == 0)
		return;
	if (pkt.ends.proto == IPPROTO_SCTP)
		offer_sctp(r, &pkt);
	else if (pkt.ends.proto == IPPROTO_UDP || pkt.ends.proto == IPPROTO_TCP)
		offer(r, &pkt, cursor_over(pkt.payload, pkt.payload_len), 0);
}

/* --- reading --- */

int
real_messages_read(struct real_messages *set, const char *const *folders, size_t n)
{
	struct reader r = { .set = set };
	struct stats *st = stats_new();
	struct config_error err;
	struct config cfg;
	int result = -ENOMEM;

	if (st == NULL || config_init(&cfg) != 0)
		return -ENOMEM;
	for (enum parser_id id = PARSER_NONE + 1; id < PARSER_N; id++)
		if (app_parser_at(id)->signalling)
			r.probe[id] = harness_new(id, true, app_parser_at(id)->ports[0]);
	r.decoder = decoder_new(&cfg, st);
	r.sctp = sctp_new(st);
	if (r.decoder != NULL && r.sctp != NULL && config_set_list(&cfg, "capture.read", folders, n, &err) == 0)
		result = replay_frames(&cfg, st, add_frame, &r);
	for (enum parser_id id = PARSER_NONE + 1; id < PARSER_N; id++)
		if (r.probe[id] != NULL)
			harness_free(r.probe[id]);
	sctp_free(r.sctp);
	decoder_free(r.decoder);
	config_done(&cfg);
	stats_free(st);
	return result;
}

void
real_messages_done(struct real_messages *set)
{
	for (size_t i = 0; i < set->n; i++)
		free(set->at[i].octets);
	free(set->at);
	free(set->hash);
}
