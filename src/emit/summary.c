/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - the table and the explained alerts at the end of a replay, for a person.
 *
 * Text from traffic is escaped as in events (writer.h), so nothing here steers a terminal. */
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "detect.h"
#include "event.h"
#include "knowledge.h"
#include "macros.h"
#include "mask.h"
#include "signalling.h"
#include "stats.h"
#include "summary.h"
#include "writer.h"

enum { ALERTS_KEPT = 1000, APPS_MAX = 1024, APPS_SHOWN = 12, WRAP_COLUMN = 96 };

struct app_row {
	uint16_t app;
	uint64_t flows, octets;
};

struct summary {
	const struct config *cfg;
	struct mask *mask;		/* NULL: nothing is masked */
	struct alert *alerts;		/* the first ALERTS_KEPT */
	size_t n_alerts, room, more;
	size_t more_modules;		/* findings `module` of a maker after the first of it */
	size_t withdrawn;		/* alerts that a reload took the ground from */
	struct app_row apps[APPS_MAX];
	size_t n_apps;
	uint64_t first_us, last_us;
};

struct summary *
summary_new(const struct config *cfg)
{
	struct summary *s = calloc(1, sizeof(*s));

	char err[256];

	if (s == NULL)
		return NULL;
	s->cfg = cfg;
	(void)mask_new(&s->mask, cfg, err, sizeof(err));	/* fails in emitter_new(), too, which tells why */
	return s;
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	mask_free(s->mask);
	free(s->alerts);
	free(s);
}

/* One module of a maker stands for all: the inventory counts them. */
static bool
is_further_module(const struct summary *s, const struct alert *alert)
{
	if (alert->rule != DETECT_MODULE)
		return false;
	for (size_t i = 0; i < s->n_alerts; i++)
		if (s->alerts[i].rule == DETECT_MODULE && s->alerts[i].entity == alert->entity)
			return true;
	return false;
}

void
summary_alert(struct summary *s, const struct alert *alert)
{
	for (size_t i = 0; i < s->n_alerts; i++)
		if (s->alerts[i].id == alert->id) {
			s->alerts[i] = *alert;
			return;
		}
	if (is_further_module(s, alert)) {
		s->more_modules += !alert->final;
		return;
	}
	if (s->n_alerts == ALERTS_KEPT) {
		s->more += !alert->final;
		return;
	}
	if (s->n_alerts == s->room) {
		size_t room = s->room == 0 ? 16 : 2 * s->room;
		struct alert *alerts = realloc(s->alerts, room * sizeof(*alerts));

		if (alerts == NULL) {
			s->more++;
			return;
		}
		s->alerts = alerts;
		s->room = room;
	}
	s->alerts[s->n_alerts++] = *alert;
}

void
summary_use_knowledge(struct summary *s, const struct knowledge *k)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_alerts; i++) {
		if (!alert_holds(&s->alerts[i], k))
			continue;
		alert_adopt(&s->alerts[i], k);
		if (n != i)
			s->alerts[n] = s->alerts[i];
		n++;
	}
	s->withdrawn += s->n_alerts - n;
	s->n_alerts = n;
}

void
summary_flow(struct summary *s, const struct flow *flow)
{
	uint64_t octets = flow->octets[0] + flow->octets[1];
	size_t i = 0;

	if (s->first_us == 0 || flow->first_us < s->first_us)
		s->first_us = flow->first_us;
	if (flow->last_us > s->last_us)
		s->last_us = flow->last_us;
	while (i < s->n_apps && s->apps[i].app != flow->app)
		i++;
	if (i == s->n_apps) {
		if (i == APPS_MAX)
			return;
		s->apps[s->n_apps++] = (struct app_row){ .app = flow->app };
	}
	s->apps[i].flows++;
	s->apps[i].octets += octets;
}

static int
by_flows(const void *a, const void *b)
{
	const struct app_row *x = a, *y = b;

	if (x->flows != y->flows)
		return x->flows < y->flows ? 1 : -1;
	return (x->app > y->app) - (x->app < y->app);
}

static int
by_severity(const void *a, const void *b)
{
	const struct alert *x = *(const struct alert *const *)a;
	const struct alert *y = *(const struct alert *const *)b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static const char *
time_text(uint64_t time_us, char text[40])
{
	struct writer w;

	writer_init(&w, text, 39);
	writer_time(&w, NULL, time_us);
	text[20] = '\0';	/* to the second, without the quote */
	return text + 1;
}

/* "label  text", text wrapped and indented below itself. */
static void
paragraph(FILE *out, const char *label, const char *text)
{
	int column = fprintf(out, "    %-9s", label);
	const char *at = text;

	while (*at != '\0') {
		size_t n = strcspn(at, " ");

		if (column + 1 + (int)n > WRAP_COLUMN && column > 14)
			column = fprintf(out, "\n             ") - 1;
		column += fprintf(out, " %.*s", (int)n, at);
		at += n;
		while (*at == ' ')
			at++;
	}
	fputc('\n', out);
}

/* An own parser and nDPI may know the same protocol: one row for a name. */
static void
merge_names(struct summary *s, const struct classifier *c)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_apps; i++) {
		const char *name = classify_app_name(c, s->apps[i].app);
		size_t at = 0;

		while (at < n && strcmp(classify_app_name(c, s->apps[at].app), name) != 0)
			at++;
		if (at == n) {
			s->apps[n++] = s->apps[i];
			continue;
		}
		s->apps[at].flows += s->apps[i].flows;
		s->apps[at].octets += s->apps[i].octets;
	}
	s->n_apps = n;
}

static void
print_apps(struct summary *s, const struct classifier *c, FILE *out)
{
	merge_names(s, c);
	qsort(s->apps, s->n_apps, sizeof(s->apps[0]), by_flows);
	fprintf(out, "\n  %-16s %10s %14s\n", "protocol", "flows", "octets");
	for (size_t i = 0; i < s->n_apps && i < APPS_SHOWN; i++)
		fprintf(out, "  %-16s %10llu %14llu\n", classify_app_name(c, s->apps[i].app),
		    (unsigned long long)s->apps[i].flows,
		    (unsigned long long)s->apps[i].octets);
	if (s->n_apps > APPS_SHOWN)
		fprintf(out, "  and %zu more\n", s->n_apps - APPS_SHOWN);
}

/* Who is accused, else what was found. */
static const char *
accused(const struct alert *a)
{
	return a->entity != NULL ? a->entity->name : alert_rule_name(a);
}

/* Columns of the table of alerts; the widest device and entity set theirs. */
struct columns {
	int device, entity;
};

enum { ENTITY_WIDTH_MAX = 40 };

static struct columns
columns_of(const struct summary *s)
{
	struct columns c = { (int)strlen("device"), (int)strlen("entity") };
	char device[ADDR_TEXT_MAX];

	for (size_t i = 0; i < s->n_alerts; i++) {
		int len = (int)addr_text(&s->alerts[i].device, device);
		int entity = (int)strlen(accused(&s->alerts[i]));

		c.device = len > c.device ? len : c.device;
		c.entity = entity > c.entity ? entity : c.entity;
	}
	if (c.entity > ENTITY_WIDTH_MAX)
		c.entity = ENTITY_WIDTH_MAX;
	return c;
}

static void
print_row(const struct summary *s, const struct alert *a, struct columns c, FILE *out)
{
	char device[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX], host[512];

	(void)addr_text(&a->device, device);
	(void)addr_text(&a->peer, peer);
	fprintf(out, "  %-3u %-*s %-*.*s %-40.40s %-17s %-9s %s\n", a->severity, c.device, device,
	    c.entity, c.entity, accused(a), !a->has_contact ? alert_rule_name(a)
	    : a->host[0] != '\0' ? writer_show(s->mask, a->host, strlen(a->host), host, sizeof(host)) : peer,
	    a->has_contact ? role_name(a->role) : "-", a->has_contact ? stage_name(a->stage) : "-",
	    verdict_confidence_name(a->confidence));
}

/* Module and SIM, as far as they are known, and by what. */
static void
print_module(const struct summary *s, const struct alert *a, FILE *out)
{
	char number[MASK_TEXT_MAX], line[512];
	struct device_view v;
	int n = 0;

	alert_device(a, &v);
	if (v.ref == 0)
		return;
	line[0] = '\0';
	if (v.imei != DIGITS_NONE) {
		(void)mask_number(s->mask, MASK_IMEI, v.imei, number);
		n = snprintf(line, sizeof(line), "module %s %s%s%s, ",
		    v.tac != NULL ? tac_maker_name(v.tac) : "of unknown maker",
		    v.tac != NULL && v.tac->model != NULL ? v.tac->model : "",
		    v.imei_masked ? ", IMEI begins " : ", IMEI ", number);
	}
	if (v.imsi != DIGITS_NONE && n < (int)sizeof(line)) {
		(void)mask_number(s->mask, MASK_IMSI, v.imsi, number);
		n += snprintf(line + n, sizeof(line) - (size_t)n, "IMSI %s%s, ", number,
		    v.roaming ? " (roaming)" : "");
	}
	if (v.n_learned != 0 && n < (int)sizeof(line))
		(void)snprintf(line + n, sizeof(line) - (size_t)n, "known by %s",
		    signalling_source_name(v.learned[0].source));
	paragraph(out, "", line);
}

static void
print_who(const struct summary *s, const struct alert *a, FILE *out)
{
	char device[ADDR_TEXT_MAX], line[256];
	struct device_view view;
	uint16_t group;
	int n;

	alert_device(a, &view);
	group = event_group(s->cfg, a->group, &view);
	(void)addr_text(&a->device, device);
	n = snprintf(line, sizeof(line), "device %s", device);
	if (a->vlan[0] != 0)
		n += snprintf(line + n, sizeof(line) - (size_t)n, ", VLAN %u", a->vlan[0]);
	if (a->has_mac && (a->who.ref == 0
		|| (a->who.imsi == DIGITS_NONE && a->who.imei == DIGITS_NONE)))
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    ", MAC %02x:%02x:%02x:%02x:%02x:%02x", a->device_mac[0], a->device_mac[1],
		    a->device_mac[2], a->device_mac[3], a->device_mac[4], a->device_mac[5]);
	if (group != 0)
		(void)snprintf(line + n, sizeof(line) - (size_t)n, ", group %s", s->cfg->groups[group - 1].name);
	paragraph(out, "who", line);
	print_module(s, a, out);
}

static void
print_what(const struct classifier *c, const struct alert *a, FILE *out)
{
	char line[256], first[40];

	(void)snprintf(line, sizeof(line),
	    "%s over %s, stage %s, %llu octets out, %llu in, %llu contact%s, first %s UTC",
	    role_name(a->role), classify_app_name(c, a->app), stage_name(a->stage),
	    (unsigned long long)a->octets_out, (unsigned long long)a->octets_in,
	    (unsigned long long)a->count, a->count == 1 ? "" : "s",
	    time_text(a->first_us, first));
	paragraph(out, "what", line);
}

static void
print_whom(const struct summary *s, const struct alert *a, FILE *out)
{
	char host[1024], peer[ADDR_TEXT_MAX], line[1400];
	int n = 0;

	line[0] = '\0';
	if (a->host[0] != '\0')
		n = snprintf(line, sizeof(line), "%s (%s), ",
		    writer_show(s->mask, a->host, strlen(a->host), host, sizeof(host)), a->host_source);
	if (!addr_is_unspecified(&a->peer)) {
		(void)addr_text(&a->peer, peer);
		n += snprintf(line + n, sizeof(line) - (size_t)n, "%s", peer);
		if (a->peer_port != 0)
			n += snprintf(line + n, sizeof(line) - (size_t)n, " port %u",
			    a->peer_port);
		n += snprintf(line + n, sizeof(line) - (size_t)n, ", ");
	}
	if (a->entity == NULL && n >= 2)
		line[n - 2] = '\0';	/* a rule that points to nobody: no more than where it went */
	if (a->entity == NULL) {
		if (n != 0)
			paragraph(out, "to whom", line);
		return;
	}
	(void)snprintf(line + n, sizeof(line) - (size_t)n, "%s%s%s%s%s", a->entity->name,
	    a->entity->country != NULL ? ", " : "",
	    a->entity->country != NULL ? a->entity->country : "",
	    a->entity->parent != NULL ? ", owned by " : "",
	    a->entity->parent != NULL ? a->entity->parent : "");
	paragraph(out, "to whom", line);
}

static void
print_why(const struct alert *a, FILE *out)
{
	char line[1400];

	if (a->entity->is_feed && a->lead != NULL) {
		(void)snprintf(line, sizeof(line), "on %s%s%s%s%s", a->entity->name,
		    a->lead->as_of != NULL ? " as of " : "", a->lead->as_of != NULL ? a->lead->as_of : "",
		    a->lead->note != NULL ? ": " : "", a->lead->note != NULL ? a->lead->note : "");
		paragraph(out, "why", line);
	} else if (a->entity->n_listings == 0)
		paragraph(out, "why", a->entity->status == LISTING_JURISDICTION
		    ? "on no list; its owner is under the jurisdiction named above"
		    : "named in threat reporting as infrastructure of this actor");
	for (size_t i = 0; i < a->entity->n_listings; i++) {
		const struct listing *l = &a->entity->listings[i];

		(void)snprintf(line, sizeof(line), "%s%s: %s, %s%s%s. %s",
		    a->entity->is_feed ? "by this sensor's configuration, not checked: " : "",
		    listing_status_name(l->list->status), l->list->name,
		    l->since != NULL ? "since " : "date not known",
		    l->since != NULL ? l->since : "", l->affiliate ? " (affiliate)" : "",
		    l->list->effect != NULL ? l->list->effect : "");
		paragraph(out, i == 0 && !a->entity->is_feed ? "why" : "", line);
		if (l->list->does_not != NULL)
			paragraph(out, "", l->list->does_not);
	}
}

static void
print_alert(const struct summary *s, const struct classifier *c, const struct alert *a,
    FILE *out)
{
	char value[1100], line[1400];

	fprintf(out, "\n  [severity %u, confidence %s] %s, %s\n", a->severity,
	    verdict_confidence_name(a->confidence), accused(a),
	    a->has_contact && a->by == NULL ? role_name(a->role) : alert_title(a));
	print_who(s, a, out);
	if (a->has_contact) {
		print_what(c, a, out);
		print_whom(s, a, out);
	}
	if (a->entity != NULL)
		print_why(a, out);
	for (unsigned i = 0; i < a->n_evidence; i++) {
		const struct evidence *e = &a->evidence[i];

		const char *seen = writer_show(s->mask, e->value, e->value_len, value,
		    sizeof(value));

		char number[16] = "";

		if (e->indicator != NULL && e->indicator->line != 0)
			(void)snprintf(number, sizeof(number), ":%u", e->indicator->line);
		if (e->indicator != NULL)
			(void)snprintf(line, sizeof(line), "%s = %s matches %s %s (%s%s%s%s)",
			    e->field, seen, e->indicator->type, e->indicator->value,
			    e->indicator->id, number, e->indicator->as_of != NULL ? ", as of " : "",
			    e->indicator->as_of != NULL ? e->indicator->as_of : "");
		else
			(void)snprintf(line, sizeof(line), "%s = %s%s%s%s%s", e->field, seen,
			    e->entity != NULL ? ", " : "", e->entity != NULL ? e->entity->name : "",
			    e->source != NULL ? ", source " : "",
			    e->source != NULL ? e->source : "");
		paragraph(out, i == 0 ? "evidence" : "", line);
	}
	for (unsigned i = 0; i < a->n_limits; i++)
		paragraph(out, i == 0 ? "limits" : "", a->limits[i]);
	paragraph(out, "next", a->remediation);
}

/* What was in the captures and is in no flow. */
static void
print_unread(const struct stats *st, FILE *out)
{
	uint64_t frames = stats_value(st, "capture.frames");
	uint64_t unread = frames - stats_value(st, "decode.ok");
	uint64_t refused = stats_value(st, "flow.refused");

	if (unread != 0)
		fprintf(out, "%llu of %llu frames carried no IP, were held as fragments, or were not"
		    " understood: see decode.* in stats\n", (unsigned long long)unread,
		    (unsigned long long)frames);
	if (refused != 0)
		fprintf(out, "%llu packets found no room in the flow table\n",
		    (unsigned long long)refused);
}

void
summary_print(const struct summary *s, const struct classifier *c, const struct stats *st,
    FILE *out)
{
	struct summary *mine = malloc(sizeof(*mine));
	const struct alert **order = calloc(s->n_alerts + 1, sizeof(*order));
	struct columns columns;
	char first[40], last[40];

	if (mine == NULL || order == NULL)
		goto done;
	*mine = *s;	/* sorted here, not in the caller's */
	for (size_t i = 0; i < s->n_alerts; i++)
		order[i] = &s->alerts[i];
	qsort(order, s->n_alerts, sizeof(*order), by_severity);
	fprintf(out, "\n%llu packets, %llu flows, %s to %s UTC, %llu alert%s\n",
	    (unsigned long long)stats_value(st, "capture.frames"),
	    (unsigned long long)stats_value(st, "flow.ended"),
	    time_text(s->first_us, first), time_text(s->last_us, last),
	    (unsigned long long)(s->n_alerts + s->more + s->more_modules),
	    s->n_alerts + s->more + s->more_modules == 1 ? "" : "s");
	print_unread(st, out);
	if (s->withdrawn != 0)
		fprintf(out, "%llu alerts rested on knowledge that a reload took away: see eve.json\n",
		    (unsigned long long)s->withdrawn);
	print_apps(mine, c, out);
	if (s->n_alerts == 0) {
		fprintf(out, "\n  No contact with known adversary-linked infrastructure was seen."
		    "\n  That is what was seen here, not a clearance.\n");
		goto done;
	}
	columns = columns_of(s);
	fprintf(out, "\n  %-3s %-*s %-*s %-40s %-17s %-9s %s\n", "sev", columns.device, "device",
	    columns.entity, "entity", "host", "role", "stage", "confidence");
	for (size_t i = 0; i < s->n_alerts; i++)
		print_row(s, order[i], columns, out);
	if (s->more_modules != 0)
		fprintf(out, "  and %zu more modules of these makers: see --inventory\n",
		    s->more_modules);
	for (size_t i = 0; i < s->n_alerts; i++)
		print_alert(s, c, order[i], out);
	if (s->more != 0)
		fprintf(out, "\n  and %zu more alerts, in eve.json\n", s->more);
done:
	free(mine);
	free(order);
}
