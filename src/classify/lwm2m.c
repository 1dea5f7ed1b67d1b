/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m.c - LwM2M on CoAP (OMA-TS-LightweightM2M_Transport 1.2, 6.4): a client registers and is
 * then asked for objects, told what to write and what to do. */
#include <string.h>

#include "decimal.h"
#include "lwm2m.h"
#include "macros.h"
#include "text.h"

#define ID(row) FIELD_ID(PARSER_coap, row)

enum { OBJECTS_MAX = 32 };

enum operation {
	OP_NONE, OP_REGISTER, OP_UPDATE, OP_DEREGISTER, OP_BOOTSTRAP_REQUEST, OP_BOOTSTRAP_PACK,
	OP_BOOTSTRAP_FINISH, OP_SEND, OP_DISCOVER, OP_READ, OP_OBSERVE, OP_CANCEL, OP_NOTIFY,
	OP_WRITE, OP_ATTRIBUTES, OP_EXECUTE, OP_CREATE, OP_DELETE, OP_READ_COMPOSITE,
	OP_OBSERVE_COMPOSITE, OP_CANCEL_COMPOSITE, OP_WRITE_COMPOSITE
};

static const char *const operations[] = {
	[OP_REGISTER] = "register", [OP_UPDATE] = "update", [OP_DEREGISTER] = "deregister",
	[OP_BOOTSTRAP_REQUEST] = "bootstrap_request", [OP_BOOTSTRAP_PACK] = "bootstrap_pack_request",
	[OP_BOOTSTRAP_FINISH] = "bootstrap_finish", [OP_SEND] = "send", [OP_DISCOVER] = "discover",
	[OP_READ] = "read", [OP_OBSERVE] = "observe", [OP_CANCEL] = "cancel_observation",
	[OP_NOTIFY] = "notify", [OP_WRITE] = "write", [OP_ATTRIBUTES] = "write_attributes",
	[OP_EXECUTE] = "execute", [OP_CREATE] = "create", [OP_DELETE] = "delete",
	[OP_READ_COMPOSITE] = "read_composite", [OP_OBSERVE_COMPOSITE] = "observe_composite",
	[OP_CANCEL_COMPOSITE] = "cancel_observation_composite",
	[OP_WRITE_COMPOSITE] = "write_composite",
};

/* --- paths --- */

/* Each number is below 65535 (Core 1.2, 7.3.1). */
bool
lwm2m_read_path(struct cursor text, struct lwm2m_path *path)
{
	path->n = 0;
	if (cur_left(&text) == 0)
		return false;
	while (cur_left(&text) != 0) {
		struct cursor part = text_until(&text, '/');
		uint64_t number;

		if (path->n == ARRAY_LEN(path->number) || cur_left(&part) > 5
		    || !text_number(part, UINT16_MAX - 1, &number))
			return false;
		path->number[path->n++] = (uint16_t)number;
	}
	return true;
}

static bool
ends_with(struct cursor path, const char *word)
{
	size_t len = strlen(word);

	if (cur_left(&path) > len && path.end[-1 - (ptrdiff_t)len] != '/')
		return false;
	if (cur_left(&path) > len)
		cur_skip(&path, cur_left(&path) - len);
	return text_is(path, word);
}

static bool
starts_with(struct cursor path, const char *word)
{
	return text_begins(path, word) == PROBE_YES;
}

/* --- registration --- */

/* "key=value" of a query. */
static bool
query_value(struct cursor query, const char *key, struct cursor *value)
{
	struct cursor name = text_until(&query, '=');

	*value = query;
	return text_is(name, key);
}

static bool
find_query(const struct coap_message *m, const char *key, struct cursor *value)
{
	for (unsigned i = 0; i < m->n_queries; i++)
		if (query_value(m->query[i], key, value))
			return true;
	return false;
}

/* An endpoint name is written whoever asks: other CoAP servers are registered with, too. */
static void
put_queries(struct parse *p, const struct coap_message *m, bool registers)
{
	struct cursor value;
	uint64_t seconds;

	if (find_query(m, "ep", &value))
		text_put(p, ID(LWM2M_ENDPOINT), value);
	if (!registers)
		return;
	if (find_query(m, "lwm2m", &value))
		text_put(p, ID(LWM2M_VERSION), value);
	if (find_query(m, "lt", &value) && text_number(value, UINT32_MAX, &seconds))
		parse_uint(p, ID(LWM2M_LIFETIME), seconds);
	if (find_query(m, "b", &value))
		text_put(p, ID(LWM2M_BINDING), value);
	if (find_query(m, "sms", &value))
		text_put(p, ID(LWM2M_SMS), value);
}

/* </1/0>,</3/0>;ver=1.1,</5>: the next object of those, without what the links say of themselves
 * (RFC 6690). An alternate path may stand before them: </lwm2m/3/0>. False: there is none. */
static bool
next_object(struct cursor *links, struct cursor *object)
{
	struct lwm2m_path path;

	while (cur_left(links) != 0) {
		struct cursor link, rest;

		(void)text_until(links, '<');
		rest = *links;
		link = text_until(links, '>');
		if (cur_left(&rest) == cur_left(&link))
			return false;		/* cut off */
		while (cur_left(&link) != 0 && (cur_peek(&link, 0) < '0'
		    || cur_peek(&link, 0) > '9'))
			(void)text_until(&link, '/');
		*object = link;
		if (lwm2m_read_path(link, &path) && path.n <= 2)
			return true;
	}
	return false;
}

static void
put_objects(struct parse *p, const struct coap_message *m)
{
	struct cursor links = m->payload, object;

	for (unsigned i = 0; i < OBJECTS_MAX && !m->later_block
	    && next_object(&links, &object); i++)
		parse_cursor(p, ID(LWM2M_OBJECT), object);
}

/* --- operations --- */

/* A resource directory (RFC 9176) is registered with in the same way, but for version and objects. */
static bool
is_registration(const struct coap_message *m)
{
	struct cursor value, links = m->payload;

	return m->code == COAP_POST && ends_with(m->path, "rd") && find_query(m, "ep", &value)
	    && (find_query(m, "lwm2m", &value) || next_object(&links, &value));
}

static enum operation
client_operation(const struct parse *p, const struct lwm2m_state *st,
    const struct coap_message *m)
{
	struct cursor name;
	bool named = find_query(m, "ep", &name);
	bool known = st->location != 0
	    && parse_hash(p, m->path.at, cur_left(&m->path)) == st->location;

	if (is_registration(m))
		return OP_REGISTER;
	if (m->code == COAP_POST && ends_with(m->path, "bs") && (named || st->seen))
		return named ? OP_BOOTSTRAP_REQUEST : OP_BOOTSTRAP_FINISH;
	if (m->code == COAP_GET && ends_with(m->path, "bspack") && named)
		return OP_BOOTSTRAP_PACK;
	if (m->code == COAP_POST && ends_with(m->path, "dp") && st->seen)
		return OP_SEND;
	if (!known && !(st->seen && starts_with(m->path, "rd/")))
		return OP_NONE;
	return m->code == COAP_DELETE ? OP_DEREGISTER
	    : m->code == COAP_POST || m->code == COAP_PUT ? OP_UPDATE : OP_NONE;
}

static enum operation
object_operation(const struct coap_message *m, const struct lwm2m_path *path)
{
	switch (m->code) {
	case COAP_GET:
		if (m->has_accept && m->accept == LWM2M_FORMAT_LINK)
			return OP_DISCOVER;
		return !m->has_observe ? OP_READ : m->observe == 0 ? OP_OBSERVE : OP_CANCEL;
	case COAP_PUT:
		return cur_left(&m->payload) == 0 && m->n_queries != 0 ? OP_ATTRIBUTES : OP_WRITE;
	case COAP_POST:
		return path->n == 1 ? OP_CREATE : path->n == 3 ? OP_EXECUTE : OP_WRITE;
	case COAP_DELETE:
		return OP_DELETE;
	case COAP_FETCH:
		return !m->has_observe ? OP_READ_COMPOSITE
		    : m->observe == 0 ? OP_OBSERVE_COMPOSITE : OP_CANCEL_COMPOSITE;
	case COAP_IPATCH:
		return OP_WRITE_COMPOSITE;
	default:
		return OP_NONE;
	}
}

static bool
is_lwm2m_format(uint32_t format)
{
	return format == LWM2M_FORMAT_TLV || format == LWM2M_FORMAT_OLD_TLV || format == LWM2M_FORMAT_JSON
	    || format == LWM2M_FORMAT_CBOR || format == LWM2M_FORMAT_SENML_JSON
	    || format == LWM2M_FORMAT_SENML_CBOR;
}

/* Paths of numbers are objects where the flow is known to be LwM2M, where the format says so, and
 * where the one who was called asks: in plain CoAP servers do not. */
static bool
asks_for_object(const struct parse *p, const struct lwm2m_state *st,
    const struct coap_message *m, struct lwm2m_path *path)
{
	bool told = is_lwm2m_format(m->format) || (m->has_accept && is_lwm2m_format(m->accept));

	if (!st->seen && !told && p->dir != TO_CLIENT)
		return false;
	if (lwm2m_read_path(m->path, path))
		return true;
	return cur_left(&m->path) == 0 && st->seen
	    && (m->code == COAP_FETCH || m->code == COAP_IPATCH || m->code == COAP_DELETE);
}

static void
put_operation(struct parse *p, enum operation op, const struct lwm2m_path *path)
{
	char text[40 + ARRAY_LEN(path->number) * 6];
	size_t len = strlen(operations[op]);

	parse_text(p, ID(LWM2M_OPERATION), operations[op], len);
	if (path->n == 0)
		return;
	memcpy(text, operations[op], len);
	for (unsigned i = 0; i < path->n; i++) {
		text[len++] = i == 0 ? ' ' : '/';
		len += decimal_put(text + len, path->number[i]);
	}
	parse_text(p, ID(LWM2M_REQUEST), text, len);
}

/* --- questions and answers --- */

static void
remember(const struct parse *p, struct lwm2m_state *st, const struct coap_message *m,
    enum operation op, const struct lwm2m_path *path)
{
	if (cur_left(&m->token) == 0)
		return;
	st->asked[st->next] = (struct lwm2m_asked){
		.token = parse_hash(p, m->token.at, cur_left(&m->token)),
		.path = *path, .operation = (uint8_t)op,
		.end = (uint8_t)flow_end_index(p->flow, p->dir),
	};
	st->next = (uint8_t)((st->next + 1) % LWM2M_ASKED_MAX);
}

static struct lwm2m_asked *
find_asked(const struct parse *p, struct lwm2m_state *st, struct cursor token)
{
	uint64_t hash = parse_hash(p, token.at, cur_left(&token));

	for (unsigned i = 0; i < LWM2M_ASKED_MAX && cur_left(&token) != 0; i++)
		if (st->asked[i].token == hash
		    && st->asked[i].end != flow_end_index(p->flow, p->dir))
			return &st->asked[i];
	return NULL;
}

static void
read_request(struct parse *p, struct lwm2m_state *st, const struct coap_message *m)
{
	struct lwm2m_path path = { .n = 0 };
	enum operation op = client_operation(p, st, m);

	put_queries(p, m, op == OP_REGISTER || op == OP_UPDATE);
	if (op == OP_NONE && asks_for_object(p, st, m, &path))
		op = object_operation(m, &path);
	if (op == OP_NONE)
		return;
	st->seen = true;
	put_operation(p, op, &path);
	if (op == OP_REGISTER || op == OP_UPDATE)
		put_objects(p, m);
	if (op == OP_WRITE || op == OP_CREATE || op == OP_SEND || op == OP_WRITE_COMPOSITE)
		lwm2m_values(p, &path, m);
	if (op == OP_REGISTER || op == OP_READ || op == OP_OBSERVE || op == OP_READ_COMPOSITE)
		remember(p, st, m, op, &path);
}

static void
read_answer(struct parse *p, struct lwm2m_state *st, const struct coap_message *m)
{
	struct lwm2m_asked *asked = find_asked(p, st, m->token);

	if (asked == NULL)
		return;
	if (asked->operation == OP_REGISTER && m->code == COAP_CREATED
	    && cur_left(&m->location) != 0)
		st->location = parse_hash(p, m->location.at, cur_left(&m->location));
	if (m->code == COAP_CONTENT && (asked->operation == OP_READ
	    || asked->operation == OP_READ_COMPOSITE || asked->operation == OP_OBSERVE))
		lwm2m_values(p, &asked->path, m);
	/* The first answer to an observation is the value as it is; those after it are news. */
	if (asked->operation == OP_OBSERVE && m->has_observe)
		asked->operation = OP_NOTIFY;
	else if (asked->operation == OP_NOTIFY && m->has_observe && m->code == COAP_CONTENT) {
		put_operation(p, OP_NOTIFY, &asked->path);
		lwm2m_values(p, &asked->path, m);
	} else
		asked->token = 0;
}

void
lwm2m_message(struct parse *p, struct lwm2m_state *st, const struct coap_message *m)
{
	if (m->request)
		read_request(p, st, m);
	else
		read_answer(p, st, m);
}
