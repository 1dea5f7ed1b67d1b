/* SPDX-License-Identifier: Apache-2.0 */
/* signalling_text.c - what a message says, in the order of struct signalling. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "signalling.h"
#include "signalling_text.h"

struct line {
	char *text;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void
say(struct line *l, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(l->text + l->len, l->size - l->len, format, args);
	va_end(args);
	if (n > 0)
		l->len += (size_t)n < l->size - l->len ? (size_t)n : l->size - l->len - 1;
}

static void
say_number(struct line *l, const char *name, uint64_t value, bool hex)
{
	if (value != 0 && hex)
		say(l, " %s=0x%" PRIx64, name, value);
	else if (value != 0)
		say(l, " %s=%" PRIu64, name, value);
}

static void
say_digits(struct line *l, const char *name, digits d)
{
	char text[DIGITS_TEXT_MAX];

	if (d != DIGITS_NONE && digits_text(d, text) != 0)
		say(l, " %s=%s", name, text);
}

static void
say_text(struct line *l, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		say(l, " %s=%s", name, text);
}

static void
say_nas(struct line *l, const struct addr *nas)
{
	static const struct addr none;
	char text[ADDR_TEXT_MAX];

	if (addr_equal(nas, &none))
		return;
	(void)addr_text(nas, text);
	say(l, " nas=%s", text);
}

static void
say_addrs(struct line *l, const struct signalling *s)
{
	for (unsigned i = 0; i < s->n_ue; i++) {
		char text[CIDR_TEXT_MAX];

		if (s->ue[i].len == 128)
			(void)addr_text(&s->ue[i].base, text);
		else
			(void)cidr_text(&s->ue[i], text);
		say(l, " ue=%s", text);
	}
}

static void
say_location(struct line *l, const struct signalling_location *at)
{
	static const char *const areas[] = { "", "lai", "rai", "tai" };
	static const char *const cells[] = { "", "cgi", "sai", "ecgi", "ncgi" };
	char plmn[PLMN_TEXT_MAX];

	if (at->area_kind != AREA_NONE) {
		(void)plmn_text(at->area_plmn, plmn);
		say(l, " area=%s:%s:%" PRIu32, areas[at->area_kind], plmn, at->area);
	}
	if (at->cell_kind != CELL_NONE) {
		(void)plmn_text(at->cell_plmn, plmn);
		say(l, " cell=%s:%s:%" PRIu64, cells[at->cell_kind], plmn, at->cell);
	}
}

static void
say_ends(struct line *l, const struct signalling *s)
{
	static const char *const kinds[] = { "control", "uplink", "downlink" };

	for (unsigned i = 0; i < s->n_ends; i++) {
		const struct signalling_end *e = &s->end[i];
		char node[ADDR_TEXT_MAX], interface[4] = "-";

		(void)addr_text(&e->node, node);
		if (e->interface != 0xff)
			(void)snprintf(interface, sizeof(interface), "%u", e->interface);
		say(l, " end=%s:%s:%u:%s:0x%" PRIx64, kinds[e->kind], interface, e->bearer, node,
		    e->id);
	}
}

static void
say_whose(struct line *l, const struct signalling *s)
{
	say_digits(l, "imsi", s->imsi);
	if (s->imsi_unauthenticated)
		say(l, " unauthenticated");
	say_digits(l, "msisdn", s->msisdn);
	say_digits(l, "imei", s->imei);
	if (s->imei_masked)
		say(l, " masked");
	if (s->has_mac)
		say(l, " mac=%02x:%02x:%02x:%02x:%02x:%02x", s->mac[0], s->mac[1], s->mac[2],
		    s->mac[3], s->mac[4], s->mac[5]);
}

size_t
signalling_text(const struct signalling *s, char *text, size_t size)
{
	static const char *const acts[] = { "tell", "create", "modify", "release", "delete",
		"node_down", "node" };
	static const char *const phases[] = { "request", "answer", "notice" };
	struct line l = { text, size, 0 };
	char plmn[PLMN_TEXT_MAX];

	say(&l, "%s %s %s", signalling_source_name(s->source), acts[s->act], phases[s->phase]);
	if (s->refused)
		say(&l, " refused");
	say_number(&l, "type", s->type, false);
	say_number(&l, "cause", s->cause, false);
	say_number(&l, "seq", s->sequence, false);
	say_number(&l, "session", s->session, true);
	say_number(&l, "peer", s->session_peer, true);
	say_number(&l, "linked", s->linked_bearer, false);
	say_nas(&l, &s->nas);
	if (s->from_ran)
		say(&l, " from_ran");
	say_whose(&l, s);
	say_addrs(&l, s);
	say_text(&l, "apn", s->apn);
	say_text(&l, "host", s->host_name);
	say_text(&l, "vendor", s->vendor_class);
	(void)plmn_text(s->plmn, plmn);
	say_text(&l, "plmn", plmn);
	say_text(&l, "rat", signalling_rat_name(s->rat));
	say_location(&l, &s->location);
	say_ends(&l, s);
	say_number(&l, "gone", s->bearers_gone, true);
	if (s->has_recovery)
		say(&l, " recovery=%" PRIu32, s->recovery);
	say_number(&l, "since", s->since_us / 1000000, false);
	if (s->cut)
		say(&l, " cut");
	return l.len;
}
