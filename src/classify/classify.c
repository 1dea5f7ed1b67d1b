/* SPDX-License-Identifier: Apache-2.0 */
/* classify.c - shows each flow's first octets to the parsers until one has it, then to that
 * one until it is done; asks nDPI about the rest. */
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "begins.h"
#include "classify.h"
#include "config.h"
#include "hash.h"
#include "macros.h"
#include "names.h"
#include "ndpi.h"
#include "neighbour.h"
#include "parser.h"
#include "plain_identity.h"
#include "ports.h"
#include "sctp.h"
#include "session.h"
#include "signalling.h"

/* app numbers: own parsers by their id, then nDPI's, then IP protocols without ports. */
enum { APP_NDPI = 0x100, APP_IP = 0x8000 };

#define CLASSIFY_COUNTERS(X)								\
	X(COUNT_PARSED, "classify.parsed", "flows that an own parser read")		\
	X(COUNT_NDPI, "classify.ndpi", "flows that nDPI named by inspection")		\
	X(COUNT_GUESSED, "classify.guessed", "of the unknown: nDPI guessed by port or address")	\
	X(COUNT_IP_PROTOCOL, "classify.ip_protocol", "flows named by their IP protocol")	\
	X(COUNT_UNKNOWN, "classify.unknown", "flows with payload that nothing named")	\
	X(COUNT_NO_PAYLOAD, "classify.no_payload", "flows without any payload")		\
	X(COUNT_NO_SESSION, "classify.no_session", "flows not parsed: classify.sessions_max reached") \
	X(COUNT_NDPI_PACKETS, "classify.ndpi_packets", "packets shown to nDPI")		\
	X(COUNT_LIMIT, "classify.limit", "flows settled at classify.parse_octets")	\
	X(COUNT_FIELDS_LOST, "classify.fields_lost", "values that found no room in their record") \
	X(COUNT_SIGNALLING, "classify.signalling", "signalling messages read")	\
	X(COUNT_SIGNALLING_LOST, "classify.signalling_lost", "signalling messages left out: too many in one packet") \
	X(COUNT_ARP_TOLD, "classify.arp.told", "ARP frames whose sender claims an address") \
	X(COUNT_ARP_SILENT, "classify.arp.silent", "ARP frames that claim none: probes, other networks") \
	X(COUNT_ARP_MALFORMED, "classify.arp.malformed", "ARP frames cut short or against RFC 826") \
	X(COUNT_ND_TOLD, "classify.nd.told", "neighbour discovery packets whose sender claims an address") \
	X(COUNT_ND_SILENT, "classify.nd.silent", "neighbour discovery packets that claim none") \
	X(COUNT_ND_MALFORMED, "classify.nd.malformed", "neighbour discovery packets that RFC 4861 has receivers drop") \
	X(COUNT_NAMED, "classify.named", "flows named by what the device had asked DNS for")

enum { CLASSIFY_COUNTERS(STATS_ENUM) COUNT_N };
static const struct counter_desc classify_counters[] = { CLASSIFY_COUNTERS(STATS_DESC) };

/* For each parser: flows it had, and flows it gave up on as broken. */
#define PARSER_ROWS(name)							\
	{ "classify." #name ".flows", "flows parsed as " #name },		\
	{ "classify." #name ".malformed", #name " flows with octets against its specification" },
static const struct counter_desc parser_counters[] = { APP_PARSERS(PARSER_ROWS) };

enum { SIGNALLING_MAX = 32 };	/* messages told by one packet */
/* Messages on ports of no parser that an SCTP flow has to be recognised. */
enum { SCTP_UNCLAIMED_MAX = 8 };
enum { HAND_OVERS_MAX = 4 };	/* of one flow's octets in one call: HTTP to WebSocket to MQTT */

struct classifier {
	const struct config *cfg;
	uint64_t *counters, *by_parser;
	struct flow_table *flows;
	struct names *names;
	struct record_store *records;
	struct session_pool *sessions;
	struct ndpi_door *ndpi;
	struct sctp *sctp;
	struct port_table ports;
	struct begin_table begins;
	struct hash_seed seed;
	struct signalling *told;	/* SIGNALLING_MAX of them */
	size_t n_told;
};

/* A parser sees the `parse` in it; the rest is ours. */
struct call {
	struct parse parse;	/* first: parse_text() finds the call by it */
	struct flow *flow;
	const struct packet *pkt;
	unsigned news;
};

struct classifier *
classifier_new(const struct config *cfg, struct stats *st, struct flow_table *flows)
{
	struct classifier *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->cfg = cfg;
	c->flows = flows;
	c->counters = stats_register(st, classify_counters, ARRAY_LEN(classify_counters));
	c->by_parser = stats_register(st, parser_counters, ARRAY_LEN(parser_counters));
	c->names = names_new(cfg->names_max, st);
	c->records = record_store_new(cfg->record_memcap, cfg->record_max);
	c->sessions = session_pool_new(cfg->sessions_max);
	c->ndpi = ndpi_door_new(cfg->sessions_max);
	c->sctp = sctp_new(st);
	c->seed = hash_seed_new();
	c->told = malloc(SIGNALLING_MAX * sizeof(c->told[0]));
	if (c->told == NULL || c->counters == NULL || c->by_parser == NULL || c->names == NULL
	    || c->records == NULL || c->sessions == NULL || c->ndpi == NULL
	    || c->sctp == NULL) {
		classifier_free(c);
		return NULL;
	}
	port_table_fill(&c->ports, cfg);
	begin_table_fill(&c->begins);
	return c;
}

void
classifier_free(struct classifier *c)
{
	if (c == NULL)
		return;
	sctp_free(c->sctp);
	ndpi_door_free(c->ndpi);
	session_pool_free(c->sessions);
	record_store_free(c->records);
	names_free(c->names);
	free(c->told);
	free(c);
}

/* --- what parsers write --- */

/* A value that names its sender. Only the initiator's word about itself counts, and not when it
 * is a stranger that asks in: servers and gateways speak of others. */
static void
tell_plain(struct parse *p, const struct field *desc, struct cursor value)
{
	bool endpoint = (desc->flags & FIELD_ENDPOINT) != 0;
	struct plain_identity id;
	struct signalling *s;

	if ((p->dir == TO_SERVER) == p->reversed || flow_device_sends(p->flow) != TO_SERVER)
		return;
	if (!(endpoint ? plain_identity_of_endpoint(&id, value)
		: plain_identity_in_text(&id, value)))
		return;
	s = parse_tell(p);
	if (s == NULL)
		return;
	s->source = endpoint ? SIGNALLED_LWM2M : SIGNALLED_TELEMETRY;
	s->act = SIGNALLING_TELL;
	s->phase = SIGNALLING_NOTICE;
	s->imei = id.imei;
	s->imsi = id.imsi;
	s->msisdn = id.msisdn;
	signalling_add_addr(s, &s->from, 128);
}

static void
put(struct parse *p, field_id id, const void *octets, size_t len)
{
	struct call *call = (struct call *)(void *)p;
	const struct field *desc = field_by_id(id);
	struct record *rec = call->flow->record;

	if (record_put(p->classifier->records, &call->flow->record, desc, id, octets, len)) {
		call->news |= NEWS_FIELDS;
		if ((desc->flags & (FIELD_ENDPOINT | FIELD_MAY_IDENTIFY)) != 0)
			tell_plain(p, desc, cursor_over(octets, len));
	}
	else if (rec == NULL || (rec->flags & RECORD_TRUNCATED) != 0)
		p->classifier->counters[COUNT_FIELDS_LOST]++;
}

void
parse_text(struct parse *p, field_id id, const void *octets, size_t len)
{
	put(p, id, octets, len);
}

void
parse_cursor(struct parse *p, field_id id, struct cursor text)
{
	put(p, id, text.at, cur_left(&text));
}

void
parse_uint(struct parse *p, field_id id, uint64_t value)
{
	struct call *call = (struct call *)(void *)p;

	if (record_put_uint(p->classifier->records, &call->flow->record, field_by_id(id), id,
	    value))
		call->news |= NEWS_FIELDS;
}

void
parse_addr(struct parse *p, field_id id, const struct addr *a)
{
	put(p, id, a->octet, sizeof(a->octet));
}

const struct flow *
parse_beside(const struct parse *p, unsigned end, uint16_t port)
{
	struct flow_key key = p->flow->key;

	key.port[end] = port;
	if (addr_equal(&key.addr[0], &key.addr[1]) && key.port[0] > key.port[1]) {
		key.port[end] = key.port[1 - end];
		key.port[1 - end] = port;
	}
	return flow_table_find(p->classifier->flows, &key);
}

struct signalling *
parse_tell(struct parse *p)
{
	struct call *call = (struct call *)(void *)p;
	struct classifier *c = p->classifier;
	const struct flow *flow = call->flow;
	struct signalling *s;

	if (c->n_told == SIGNALLING_MAX) {
		c->counters[COUNT_SIGNALLING_LOST]++;
		return NULL;
	}
	s = &c->told[c->n_told++];
	signalling_init(s);
	s->time_us = p->now_us;
	s->from = flow->key.addr[flow_end_index(flow, p->dir)];
	s->to = flow->key.addr[flow_end_index(flow, 1 - p->dir)];
	s->from_port = flow->key.port[flow_end_index(flow, p->dir)];
	s->to_port = flow->key.port[flow_end_index(flow, 1 - p->dir)];
	s->tenant = flow->key.tenant_proto & ~UINT32_C(0xff);
	c->counters[COUNT_SIGNALLING]++;
	call->news |= NEWS_SIGNALLING;
	return s;
}

void
parse_untell(struct parse *p)
{
	struct call *call = (struct call *)(void *)p;

	p->classifier->n_told--;
	p->classifier->counters[COUNT_SIGNALLING]--;
	if (p->classifier->n_told == 0)
		call->news &= ~(unsigned)NEWS_SIGNALLING;
}

uint64_t
parse_hash(const struct parse *p, const void *octets, size_t len)
{
	uint64_t h = hash_octets(&p->classifier->seed, octets, len);

	return h == 0 ? 1 : h;
}

const struct signalling *
classify_signalling(const struct classifier *c, size_t *n)
{
	*n = c->n_told;
	return c->told;
}

/* --- settling --- */

static void
drop_session(struct classifier *c, struct flow *flow)
{
	if (flow->session == NULL)
		return;
	ndpi_state_put(c->ndpi, flow->session->ndpi);
	session_put(c->sessions, flow->session);
	flow->session = NULL;
}

/* The verdict is final: give back what parsing needed. */
static unsigned
settle(struct classifier *c, struct flow *flow)
{
	bool one_sided = flow->pkts[TO_SERVER] == 0 || flow->pkts[TO_CLIENT] == 0;

	if (one_sided && flow_proto(flow) == IPPROTO_TCP)
		flow->reasons |= REASON_ONE_SIDED;
	drop_session(c, flow);
	if (flow->stream != NULL)
		flow_stream_stop(c->flows, flow);
	flow->flags |= FLOW_SETTLED;
	return NEWS_SETTLED;
}

static void
judge(struct flow *flow, uint16_t app, unsigned reasons, enum verdict_confidence confidence,
    enum role role, unsigned role_confidence)
{
	flow->app = app;
	flow->reasons |= (uint16_t)reasons;
	flow->confidence = (uint8_t)confidence;
	if (role != ROLE_UNKNOWN && ((flow->reasons & REASON_RULE) == 0
		|| role_confidence > flow->role_confidence)) {
		flow->role = (uint8_t)role;
		flow->role_confidence = (uint8_t)role_confidence;
	}
}

static void
judge_by_parser(struct flow *flow, enum parser_id id, unsigned reasons)
{
	const struct app_parser *p = app_parser_at(id);

	judge(flow, (uint16_t)id, reasons | REASON_PARSED, CONFIDENCE_HIGH, p->role,
	    p->role_confidence);
}

/* nDPI's guess by port or address is not a verdict: where it was offered, payload had been
 * seen that did not look like that protocol. It is counted and dropped. */
static void
judge_by_ndpi(struct classifier *c, struct flow *flow, const struct ndpi_answer *answer)
{
	if (answer->proto == 0 || answer->guessed) {
		c->counters[COUNT_UNKNOWN]++;
		c->counters[COUNT_GUESSED] += answer->proto != 0;
		return;
	}
	c->counters[COUNT_NDPI]++;
	judge(flow, (uint16_t)(APP_NDPI + answer->proto), REASON_NDPI, CONFIDENCE_MEDIUM,
	    ndpi_door_role(c->ndpi, answer->proto), 50);
}

/* --- parsing --- */

static struct call
call_for(struct classifier *c, struct flow *flow, const struct packet *pkt, enum direction dir)
{
	return (struct call){
		.parse = {
			.classifier = c, .flow = flow, .now_us = pkt->time_us, .dir = dir,
			.names = c->names, .truncated = (pkt->flags & PACKET_TRUNCATED) != 0,
		},
		.flow = flow, .pkt = pkt,
	};
}

/* Give the flow to a parser. False when there is no memory for its state. */
static bool
adopt(struct classifier *c, struct flow *flow, enum parser_id id)
{
	struct session *s = flow->session;

	if (session_state(c->sessions, s, app_parser_at(id)->state_size) != 0)
		return false;
	s->parser = (uint8_t)id;
	s->claimed = false;
	s->malformed = false;
	return true;
}

static void
count_malformed(struct classifier *c, struct session *s)
{
	if (s->malformed)
		return;			/* flows are counted, not datagrams */
	s->malformed = true;
	c->by_parser[2 * (s->parser - 1) + 1]++;
}

/* One call of the parser that has the flow; `in` is advanced over what it consumed. */
static enum parse_result
parse_once(struct classifier *c, struct call *call, struct cursor *in)
{
	struct flow *flow = call->flow;
	struct session *s = flow->session;
	enum parse_result result;

	call->parse.state = s->state;
	call->parse.next = PARSER_NONE;
	call->parse.skip = 0;
	call->parse.malformed = false;
	call->parse.unsure = false;
	result = app_parser_at(s->parser)->parse(&call->parse, in);
	if (result == PARSE_WRONG)
		return result;
	if (call->parse.unsure && !s->claimed)
		return result;
	if (!s->claimed) {
		s->claimed = true;
		c->counters[COUNT_PARSED]++;
		c->by_parser[2 * (s->parser - 1)]++;
	}
	if (call->parse.malformed)
		count_malformed(c, s);
	judge_by_parser(flow, s->parser, call->parse.reasons);
	if (call->parse.reversed && flow->initiator_evidence != INITIATOR_SYN
	    && flow->initiator_evidence != INITIATOR_SYN_ACK
	    && flow->initiator_evidence != INITIATOR_PROTOCOL) {
		flow_reverse(flow);
		call->parse.dir = 1 - call->parse.dir;
	}
	call->parse.reversed = false;
	if (call->parse.next != PARSER_NONE) {
		/* e.g. HTTP upgraded: the new parser goes on with what is left. */
		if (!adopt(c, flow, call->parse.next))
			return PARSE_DONE;
		call->parse.reasons = REASON_UPGRADE;
		c->by_parser[2 * (s->parser - 1)]++;
		s->claimed = true;
		return PARSE_MORE;
	}
	return result;
}

/* The parsers one of whose ports the flow uses. */
static struct parser_set
parsers_on_port(const struct classifier *c, const struct flow *flow)
{
	return port_table_find(&c->ports, flow_proto(flow), flow->key.port[0], flow->key.port[1]);
}

/* One broken or foreign datagram does not cost a signalling parser the flow: on its own port, and
 * over SCTP, where each message says what it is, it is asked about the next one too. */
static bool
is_asked_again(const struct app_parser *p, const struct call *call, bool on_port)
{
	return p->signalling && call->parse.datagram
	    && (on_port || flow_proto(call->flow) == IPPROTO_SCTP);
}

/* Ask these parsers. PARSER_NONE: none has it (yet). */
static enum parser_id
probe_some(struct call *call, struct cursor in, struct parser_set ask, bool on_port, bool *more)
{
	struct session *s = call->flow->session;
	enum parser_id id;

	while ((id = parser_set_take(&ask)) != PARSER_NONE) {
		const struct app_parser *p = app_parser_at(id);

		switch (p->probe(&call->parse, in, on_port)) {
		case PROBE_YES:
			return id;
		case PROBE_MORE:
			*more = true;
			break;
		case PROBE_NO:
			if (!is_asked_again(p, call, on_port))
				parser_set_add(&s->rejected, id);
			break;
		}
	}
	return PARSER_NONE;
}

/* Ask all parsers that have not said no, but for those in `barred`, those on their own port
 * first. *more: one of them could tell with more octets. */
static enum parser_id
probe_all(struct classifier *c, struct call *call, struct cursor in,
    const struct parser_set *barred, bool *more)
{
	const struct flow *flow = call->flow;
	struct parser_set ask, on_port = parsers_on_port(c, flow);
	enum parser_id id;

	*more = false;
	ask = *begin_table_find(&c->begins, flow_proto(flow), cur_peek(&in, 0));
	ask = parser_set_without(ask, &flow->session->rejected);
	ask = parser_set_without(ask, barred);
	id = probe_some(call, in, parser_set_both(ask, &on_port), true, more);
	if (id == PARSER_NONE)
		id = probe_some(call, in, parser_set_without(ask, &on_port), false, more);
	return id;
}

/* The parser that took the flow gives up on its first octets. */
static void
part(struct classifier *c, struct call *call)
{
	struct session *s = call->flow->session;
	struct parser_set on_port = parsers_on_port(c, call->flow);

	if (!is_asked_again(app_parser_at(s->parser), call,
		parser_set_has(&on_port, s->parser)))
		parser_set_add(&s->rejected, s->parser);
	s->parser = PARSER_NONE;
	call->parse.reasons = 0;
}

/* Show octets to whoever has the flow, or find one who takes it. PARSE_WRONG: nobody does.
 * PARSE_MORE with s->parser == PARSER_NONE: undecided. */
static enum parse_result
parse_octets(struct classifier *c, struct call *call, struct cursor *in)
{
	struct session *s = call->flow->session;
	enum parse_result result;
	struct parser_set barred = { { 0 } };

	for (unsigned handed = 0;;) {
		bool more;
		enum parser_id id;
		struct cursor try = *in;

		if (s->parser != PARSER_NONE) {
			id = s->parser;
			result = parse_once(c, call, in);
			if (result == PARSE_MORE && s->parser != id && cur_left(in) != 0
			    && handed++ < HAND_OVERS_MAX)
				continue;	/* the new parser reads the rest */
			if (result != PARSE_WRONG)
				return result;
			count_malformed(c, s);
			if (s->claimed)		/* a bad datagram spoils no other; a stream ends */
				return call->parse.datagram ? PARSE_MORE : PARSE_DONE;
			parser_set_add(&barred, s->parser);
			part(c, call);
			*in = try;
		}
		id = probe_all(c, call, *in, &barred, &more);
		if (id == PARSER_NONE)
			return more ? PARSE_MORE : PARSE_WRONG;
		if (!adopt(c, call->flow, id))
			return PARSE_WRONG;
	}
}

/* A datagram is shown whole, each time. */
static enum parse_result
parse_datagram(struct classifier *c, struct call *call, struct cursor in)
{
	enum parse_result result;

	call->parse.datagram = true;
	result = parse_octets(c, call, &in);
	if (result == PARSE_MORE && call->flow->session->parser == PARSER_NONE)
		return PARSE_WRONG;	/* a datagram does not grow */
	return result;
}

static enum parse_result
parse_stream(struct classifier *c, struct call *call, const struct packet *pkt)
{
	struct flow *flow = call->flow;
	enum parse_result result = PARSE_MORE;
	struct stream_chunk chunk;

	if (flow->stream == NULL)
		return PARSE_WRONG;
	if (!flow_stream_push(c->flows, flow, pkt, call->parse.dir))
		return flow->stream == NULL ? PARSE_DONE : PARSE_MORE;
	while (flow_stream_next(c->flows, flow, &chunk)) {
		struct cursor in = chunk.data;

		call->parse.dir = chunk.dir;
		call->parse.gap = chunk.gap;
		result = parse_octets(c, call, &in);
		if (result != PARSE_MORE)
			return result;
		flow_stream_consume(c->flows, flow, &chunk, (size_t)(in.at - chunk.data.at),
		    call->parse.skip);
		if (flow->stream == NULL)
			return PARSE_DONE;	/* more unparsed than we keep */
	}
	return flow->stream == NULL ? PARSE_DONE : result;
}

/* nDPI's turn. True when the verdict is final. */
static bool
ask_ndpi(struct classifier *c, struct flow *flow, const struct packet *pkt)
{
	struct session *s = flow->session;
	struct ndpi_answer answer;

	if (s->ndpi == NULL && c->cfg->ndpi_packets != 0)
		s->ndpi = ndpi_state_get(c->ndpi);
	if (s->ndpi == NULL) {
		c->counters[COUNT_UNKNOWN]++;
		return true;
	}
	answer = ndpi_inspect(c->ndpi, s->ndpi, pkt);
	s->ndpi_packets++;
	c->counters[COUNT_NDPI_PACKETS]++;
	if (!answer.done && s->ndpi_packets >= c->cfg->ndpi_packets)
		answer = ndpi_give_up(c->ndpi, s->ndpi);
	if (!answer.done)
		return false;
	judge_by_ndpi(c, flow, &answer);
	return true;
}

/* A parser is unsure: should it say no, or the flow end, nDPI has seen the same packets. */
static void
show_ndpi(struct classifier *c, struct session *s, const struct packet *pkt)
{
	if (s->claimed || s->judged || s->ndpi_packets >= c->cfg->ndpi_packets)
		return;
	if (s->ndpi == NULL && (s->ndpi = ndpi_state_get(c->ndpi)) == NULL)
		return;
	(void)ndpi_inspect(c->ndpi, s->ndpi, pkt);
	s->ndpi_packets++;
	c->counters[COUNT_NDPI_PACKETS]++;
}

/* nDPI names a protocol that we read ourselves: a damaged datagram came first, and our parser
 * said no. It has the flow's later datagrams. */
static bool
give_back(struct classifier *c, struct flow *flow)
{
	const char *name = classify_app_name(c, flow->app);

	if (flow->app < APP_NDPI || flow_proto(flow) != IPPROTO_UDP
	    || flow->session->ndpi_packets >= c->cfg->ndpi_packets)
		return false;
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++)
		if (app_parser_at(id)->udp && strcmp(app_parser_at(id)->name, name) == 0)
			return adopt(c, flow, id);
	return false;
}

/* What the device at a key end was told before the registry knew it is under its address. */
static uint32_t
find_asked(struct classifier *c, const struct flow *flow, unsigned end, const struct addr *a,
    uint64_t now_us, uint32_t *age_s)
{
	struct addr asker = names_asker(flow, end), address = names_address(flow, end);
	uint32_t name = names_find(c->names, &asker, a, now_us, c->cfg->name_age_s, age_s);

	if (name == 0 && !addr_equal(&asker, &address))
		name = names_find(c->names, &address, a, now_us, c->cfg->name_age_s, age_s);
	return name;
}

static void
find_name(struct classifier *c, struct flow *flow, uint64_t now_us)
{
	unsigned self = flow_end_index(flow, flow_device_sends(flow));

	flow->name = find_asked(c, flow, self, &flow->key.addr[1 - self], now_us,
	    &flow->name_age_s);
	if (flow->name != 0)
		c->counters[COUNT_NAMED]++;
}

/* Signalling may still begin here: a broken or foreign datagram came first. */
static bool
awaits_signalling(const struct classifier *c, const struct flow *flow)
{
	struct parser_set on_port = parsers_on_port(c, flow);
	enum parser_id id;

	if (flow_proto(flow) == IPPROTO_TCP)
		return false;
	on_port = parser_set_without(on_port, &flow->session->rejected);
	while ((id = parser_set_take(&on_port)) != PARSER_NONE)
		if (app_parser_at(id)->signalling)
			return flow->session->octets <= c->cfg->parse_octets;
	return false;
}

/* Nobody of ours takes the flow: nDPI's turn, if it has not spoken. */
static unsigned
without_parser(struct classifier *c, struct flow *flow, const struct packet *pkt)
{
	struct session *s = flow->session;

	/* Nothing of the stream is needed any more. */
	if (flow->stream != NULL)
		flow_stream_stop(c->flows, flow);
	if (!s->judged && ask_ndpi(c, flow, pkt)) {
		if (give_back(c, flow))
			return 0;
		s->judged = true;
	}
	return s->judged && !awaits_signalling(c, flow) ? settle(c, flow) : 0;
}

static bool
is_signalling(const struct session *s)
{
	return s->parser != PARSER_NONE && s->claimed && app_parser_at(s->parser)->signalling;
}

static void
judge_by_ip(struct classifier *c, struct flow *flow)
{
	c->counters[COUNT_IP_PROTOCOL]++;
	judge(flow, (uint16_t)(APP_IP | flow_proto(flow)), REASON_IP_PROTOCOL, CONFIDENCE_HIGH,
	    ROLE_UNKNOWN, 0);
}

static unsigned
settle_by_ip(struct classifier *c, struct flow *flow)
{
	judge_by_ip(c, flow);
	return settle(c, flow);
}

/* Enough messages that no parser wanted: this association carries something else. */
static bool
is_foreign(const struct classifier *c, const struct flow *flow)
{
	const struct session *s = flow->session;
	struct parser_set on_port = parsers_on_port(c, flow);

	return s->octets > c->cfg->parse_octets
	    || (s->unclaimed >= SCTP_UNCLAIMED_MAX && parser_set_take(&on_port) == PARSER_NONE);
}

/* One user message. False when the flow is settled. */
static bool
take_message(struct classifier *c, struct call *call, const struct sctp_message *m)
{
	struct flow *flow = call->flow;
	struct session *s = flow->session;
	enum parse_result result;

	call->parse.ppid = m->ppid;
	call->parse.truncated = m->truncated;
	call->parse.reasons = 0;
	s->octets += (uint32_t)cur_left(&m->data);
	result = parse_datagram(c, call, m->data);
	if (result == PARSE_WRONG && s->parser == PARSER_NONE) {
		s->unclaimed += s->unclaimed < UINT8_MAX;
		if (!is_foreign(c, flow))
			return true;
		judge_by_ip(c, flow);
	} else if (result == PARSE_MORE && !is_signalling(s)
	    && s->octets > c->cfg->parse_octets) {
		c->counters[COUNT_LIMIT]++;
	} else if (result != PARSE_DONE) {
		return true;
	}
	call->news |= settle(c, flow);
	return false;
}

/* A packet of SCTP: each user message that it completes is a datagram of its own. A flow without
 * any (another path of an association, idle) costs no session. */
static unsigned
take_sctp(struct classifier *c, struct flow *flow, const struct packet *pkt, enum direction dir)
{
	struct call call = call_for(c, flow, pkt, dir);
	struct sctp_message m;

	sctp_begin(c->sctp, pkt, flow->key.tenant_proto & ~UINT32_C(0xff));
	while (sctp_next(c->sctp, &m)) {
		if (flow->session == NULL
		    && (flow->session = session_get(c->sessions)) == NULL) {
			c->counters[COUNT_NO_SESSION]++;
			return settle_by_ip(c, flow);
		}
		if (!take_message(c, &call, &m))
			break;
	}
	return call.news;
}

unsigned
classify_packet(struct classifier *c, struct flow *flow, const struct packet *pkt,
    enum direction dir, bool is_new)
{
	uint8_t l4 = flow_proto(flow);
	struct call call;
	enum parse_result result;

	c->n_told = 0;
	if (is_new)
		find_name(c, flow, pkt->time_us);
	if (l4 == IPPROTO_SCTP)
		return take_sctp(c, flow, pkt, dir);
	if (l4 != IPPROTO_TCP && l4 != IPPROTO_UDP)
		return settle_by_ip(c, flow);
	if (pkt->payload_len == 0)
		return 0;
	if (flow->session == NULL && (flow->session = session_get(c->sessions)) == NULL) {
		c->counters[COUNT_NO_SESSION]++;
		return settle(c, flow);
	}
	call = call_for(c, flow, pkt, dir);
	flow->session->octets += pkt->payload_len;
	result = l4 == IPPROTO_UDP
	    ? parse_datagram(c, &call, cursor_over(pkt->payload, pkt->payload_len))
	    : parse_stream(c, &call, pkt);
	if (result == PARSE_WRONG && flow->session->parser == PARSER_NONE)
		return call.news | without_parser(c, flow, pkt);
	if (call.parse.unsure && l4 == IPPROTO_UDP)
		show_ndpi(c, flow->session, pkt);
	if (result == PARSE_MORE && !is_signalling(flow->session)
	    && flow->session->octets > c->cfg->parse_octets) {
		c->counters[COUNT_LIMIT]++;
		result = PARSE_DONE;
	}
	if (result == PARSE_DONE)
		call.news |= settle(c, flow);
	return call.news;
}

/* `told` is followed by the counters of the other results, as enum neighbour_result is. */
static unsigned
read_neighbour(struct classifier *c, const struct packet *pkt,
    enum neighbour_result (*read)(const struct packet *, struct signalling *), unsigned told)
{
	enum neighbour_result result = read(pkt, &c->told[0]);

	c->counters[told + result]++;
	c->n_told = result == NEIGHBOUR_TOLD;
	c->counters[COUNT_SIGNALLING] += c->n_told;
	return c->n_told != 0 ? NEWS_SIGNALLING : 0;
}

unsigned
classify_arp(struct classifier *c, const struct packet *pkt)
{
	return read_neighbour(c, pkt, arp_read, COUNT_ARP_TOLD);
}

unsigned
classify_nd(struct classifier *c, const struct packet *pkt)
{
	return read_neighbour(c, pkt, nd_read, COUNT_ND_TOLD);
}

unsigned
classify_end(struct classifier *c, struct flow *flow)
{
	struct session *s = flow->session;

	if ((flow->flags & FLOW_SETTLED) != 0)
		return 0;
	if (s != NULL && s->ndpi != NULL && flow->app == 0) {
		struct ndpi_answer answer = ndpi_give_up(c->ndpi, s->ndpi);

		judge_by_ndpi(c, flow, &answer);
	} else if (flow->app == 0 && flow_proto(flow) == IPPROTO_SCTP) {
		judge_by_ip(c, flow);
	} else if (flow->app == 0) {
		c->counters[s == NULL ? COUNT_NO_PAYLOAD : COUNT_UNKNOWN]++;
	}
	return settle(c, flow);
}

void
classify_release(struct classifier *c, struct flow *flow)
{
	drop_session(c, flow);
	record_drop(c->records, &flow->record);
	names_unref(c->names, flow->name);
	flow->name = 0;
}

/* --- reading --- */

static const struct {
	uint8_t proto;
	const char *name;
} ip_names[] = {
	{ IPPROTO_ICMP, "icmp" }, { IPPROTO_IGMP, "igmp" }, { IPPROTO_IPIP, "ipip" },
	{ IPPROTO_IPV6, "ipv6" }, { IPPROTO_GRE, "gre" }, { IPPROTO_ESP, "esp" },
	{ IPPROTO_AH, "ah" }, { IPPROTO_ICMPV6, "icmpv6" }, { 88, "eigrp" }, { 89, "ospf" },
	{ 103, "pim" }, { 112, "vrrp" }, { 115, "l2tp" }, { IPPROTO_SCTP, "sctp" },
	{ IPPROTO_UDPLITE, "udplite" }, { IPPROTO_DCCP, "dccp" },
};

const char *
classify_app_name(const struct classifier *c, uint16_t app)
{
	if (app == 0)
		return "unknown";
	if (app < PARSER_N)
		return app_parser_at(app)->name;
	if (app < APP_IP)
		return ndpi_door_name(c->ndpi, (uint16_t)(app - APP_NDPI));
	for (size_t i = 0; i < ARRAY_LEN(ip_names); i++)
		if (ip_names[i].proto == (app & 0xff))
			return ip_names[i].name;
	return "ip";
}

const char *
classify_flow_name(const struct classifier *c, const struct flow *flow)
{
	return names_text(c->names, flow->name);
}

const char *
classify_device_name(struct classifier *c, const struct flow *flow, unsigned end,
    const struct addr *a, uint64_t now_us)
{
	uint32_t age_s;
	uint32_t name = find_asked(c, flow, end, a, now_us, &age_s);
	const char *text = names_text(c->names, name);

	names_unref(c->names, name);	/* the table still holds its own reference */
	return text;
}

unsigned
classify_names_of(const struct classifier *c, const struct addr *a)
{
	return names_of(c->names, a);
}

size_t
classify_memory(const struct classifier *c)
{
	return record_store_used(c->records) + session_pool_memory(c->sessions)
	    + names_memory(c->names);
}

const char *
verdict_reason_name(enum verdict_reason_bit bit)
{
	static const char *const names[] = {
#define X(id, name) name,
		VERDICT_REASONS(X)
#undef X
	};

	return names[bit];
}

const char *
verdict_confidence_name(enum verdict_confidence confidence)
{
	static const char *const names[] = { "none", "low", "medium", "high" };

	return names[confidence];
}
