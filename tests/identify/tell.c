/* SPDX-License-Identifier: Apache-2.0 */
/* tell.c - what signalling says in a capture: capture, decode, flow and classify, and each
 * struct signalling as one line of JSON, with the number of its frame as other dissectors
 * count. What is not said has no key.
 *
 *	tell CAPTURE [OPTION=VALUE ...]		options of the configuration */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "decode.h"
#include "emit/writer.h"
#include "flow.h"
#include "neighbour.h"
#include "identify/replay.h"
#include "macros.h"
#include "signalling.h"

enum { LINE_MAX_OCTETS = 1 << 14 };

struct teller {
	struct decoder *decoder;
	struct flow_table *flows;
	struct classifier *classifier;
	uint64_t frame;		/* number of the last one, from 1 */
	char line[LINE_MAX_OCTETS];
};

/* --- one message --- */

static void
put_number(struct writer *w, const char *key, uint64_t value)
{
	if (value != 0)
		writer_uint(w, key, value);
}

static void
put_text(struct writer *w, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		writer_text(w, key, text);
}

static void
put_digits(struct writer *w, const char *key, digits d)
{
	char text[DIGITS_TEXT_MAX];

	if (digits_text(d, text) != 0)
		writer_word(w, key, text);
}

static void
put_plmn(struct writer *w, const char *key, uint32_t plmn)
{
	char text[PLMN_TEXT_MAX];

	if (plmn_text(plmn, text) != 0)
		writer_word(w, key, text);
}

static void
put_whose(struct writer *w, const struct signalling *s)
{
	put_digits(w, "imsi", s->imsi);
	put_digits(w, "msisdn", s->msisdn);
	put_digits(w, "imei", s->imei);
	if (s->imei_masked)
		writer_bool(w, "imei_masked", true);
	if (s->imsi_unauthenticated)
		writer_bool(w, "imsi_unauthenticated", true);
	if (s->has_mac)
		writer_mac(w, "mac", s->mac);
	put_text(w, "apn", s->apn);
	put_text(w, "host_name", s->host_name);
	put_text(w, "vendor_class", s->vendor_class);
}

static void
put_addrs(struct writer *w, const struct signalling *s)
{
	char text[CIDR_TEXT_MAX];

	if (s->n_ue == 0)
		return;
	writer_open(w, "ue", '[');
	for (unsigned i = 0; i < s->n_ue; i++) {
		if (s->ue[i].len == 128)
			(void)addr_text(&s->ue[i].base, text);
		else
			(void)cidr_text(&s->ue[i], text);
		writer_word(w, NULL, text);
	}
	writer_close(w, ']');
}

static void
put_location(struct writer *w, const struct signalling_location *at)
{
	static const char *const areas[] = { "", "lai", "rai", "tai" };
	static const char *const cells[] = { "", "cgi", "sai", "ecgi", "ncgi" };

	if (at->area_kind != AREA_NONE) {
		put_plmn(w, "area_plmn", at->area_plmn);
		writer_uint(w, areas[at->area_kind], at->area);
	}
	if (at->cell_kind != CELL_NONE) {
		put_plmn(w, "cell_plmn", at->cell_plmn);
		writer_uint(w, cells[at->cell_kind], at->cell);
	}
}

static void
put_ends(struct writer *w, const struct signalling *s)
{
	static const char *const kinds[] = { "control", "uplink", "downlink" };

	if (s->n_ends == 0)
		return;
	writer_open(w, "ends", '[');
	for (unsigned i = 0; i < s->n_ends; i++) {
		const struct signalling_end *e = &s->end[i];

		writer_open(w, NULL, '{');
		writer_word(w, "kind", kinds[e->kind]);
		if (e->interface != 0xff)
			writer_uint(w, "interface", e->interface);
		put_number(w, "bearer", e->bearer);
		writer_addr(w, "node", &e->node);
		writer_uint(w, "id", e->id);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void
put_session(struct writer *w, const struct signalling *s)
{
	static const struct addr none;

	put_number(w, "session", s->session);
	put_number(w, "session_peer", s->session_peer);
	put_number(w, "linked_bearer", s->linked_bearer);
	if (!addr_equal(&s->nas, &none))
		writer_addr(w, "nas", &s->nas);
	put_number(w, "bearers_gone", s->bearers_gone);
	if (s->has_recovery)
		writer_uint(w, "recovery", s->recovery);
	put_number(w, "since_us", s->since_us);
	if (s->from_ran)
		writer_bool(w, "from_ran", true);
	if (s->cut)
		writer_bool(w, "cut", true);
}

static void
print_message(struct teller *t, const struct signalling *s)
{
	static const char *const acts[] = {
		"tell", "create", "modify", "release", "delete", "node_down", "node"
	};
	static const char *const phases[] = { "request", "answer", "notice" };
	struct writer w;

	writer_init(&w, t->line, sizeof(t->line));
	writer_open(&w, NULL, '{');
	writer_uint(&w, "frame", t->frame);
	writer_word(&w, "source", signalling_source_name(s->source));
	writer_word(&w, "act", acts[s->act]);
	writer_word(&w, "phase", phases[s->phase]);
	writer_uint(&w, "type", s->type);
	writer_uint(&w, "sequence", s->sequence);
	if (s->refused)
		writer_bool(&w, "refused", true);
	put_number(&w, "cause", s->cause);
	writer_addr(&w, "from", &s->from);
	writer_addr(&w, "to", &s->to);
	put_session(&w, s);
	put_whose(&w, s);
	put_addrs(&w, s);
	put_plmn(&w, "plmn", s->plmn);
	put_text(&w, "rat", signalling_rat_name(s->rat));
	put_location(&w, &s->location);
	put_ends(&w, s);
	writer_close(&w, '}');
	if (w.full) {
		fputs("tell: a message is too long for its line\n", stderr);
		exit(1);
	}
	printf("%.*s\n", (int)writer_len(&w), t->line);
}

/* --- the stages --- */

static void
end_flow(void *arg, struct flow *flow)
{
	struct teller *t = arg;

	(void)classify_end(t->classifier, flow);
	classify_release(t->classifier, flow);
}

/* What one frame tells, as src/pipeline.c has it read. Returns NEWS_ bits. */
static unsigned
read_frame(struct teller *t, const struct frame *frame)
{
	struct packet pkt;
	enum decode_result result = decode_frame(t->decoder, frame, &pkt);
	enum direction dir;
	bool is_new;
	struct flow *flow;
	unsigned news = 0;

	if (result == DECODE_OTHER_ARP)
		return classify_arp(t->classifier, &pkt);
	if (result != DECODE_OK)
		return 0;
	flow = flow_table_touch(t->flows, &pkt, &dir, &is_new);
	if (flow != NULL && (flow->flags & FLOW_SETTLED) == 0)
		news = classify_packet(t->classifier, flow, &pkt, dir, is_new);
	if (flow != NULL && nd_is(&pkt))
		news |= classify_nd(t->classifier, &pkt);
	return news;
}

static void
add_frame(void *arg, const struct frame *frame)
{
	struct teller *t = arg;
	const struct signalling *told;
	size_t n;

	t->frame++;
	if ((read_frame(t, frame) & NEWS_SIGNALLING) == 0)
		return;
	told = classify_signalling(t->classifier, &n);
	for (size_t i = 0; i < n; i++)
		print_message(t, &told[i]);
}

static int
configure(struct config *cfg, int argc, char **argv)
{
	const char *const paths[] = { argc > 1 ? argv[1] : NULL };
	struct config_error err;

	if (argc < 2) {
		fputs("usage: tell CAPTURE [OPTION=VALUE ...]\n", stderr);
		return -1;
	}
	if (config_set_list(cfg, "capture.read", paths, 1, &err) == 0) {
		int i = 2;

		while (i < argc && config_set(cfg, argv[i], &err) == 0)
			i++;
		if (i == argc)
			return 0;
	}
	fprintf(stderr, "tell: %s\n", err.text);
	return -1;
}

int
main(int argc, char **argv)
{
	struct config cfg;
	struct stats *st = stats_new();
	struct teller *t = calloc(1, sizeof(*t));
	int result = -1;

	if (t == NULL || st == NULL || config_init(&cfg) != 0)
		return 1;
	if (configure(&cfg, argc, argv) == 0
	    && (t->decoder = decoder_new(&cfg, st)) != NULL
	    && (t->flows = flow_table_new(&cfg, st, end_flow, t)) != NULL
	    && (t->classifier = classifier_new(&cfg, st, t->flows)) != NULL) {
		result = replay_frames(&cfg, st, add_frame, t);
		flow_table_end_all(t->flows, UINT64_MAX);
	}
	classifier_free(t->classifier);
	flow_table_free(t->flows);
	decoder_free(t->decoder);
	config_done(&cfg);
	stats_free(st);
	free(t);
	return result == 0 ? 0 : 1;
}
