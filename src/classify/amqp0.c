/* SPDX-License-Identifier: Apache-2.0 */
/* amqp0.c - methods of AMQP 0-9-1 (amqp0-9-1.xml): who connects with what, which exchanges, queues and
 * routing keys. */
#include <string.h>

#include "amqp.h"
#include "macros.h"

enum { TABLE_MAX = 64 };
#define METHOD(class, method) ((uint32_t)(class) << 16 | (method))

/* Arguments that are read, in the order of the method: s short string, N one that names an exchange
 * or a queue, R a routing key, H the virtual host, M the mechanism, b h l octets to step over,
 * T the properties of the sender. */
static const struct {
	uint32_t method;
	const char *name, *arguments;
} methods[] = {
	{ METHOD(10, 10), "connection.start", "bbT" },
	{ METHOD(10, 11), "connection.start-ok", "TM" },
	{ METHOD(10, 40), "connection.open", "H" },
	{ METHOD(10, 50), "connection.close", "" },
	{ METHOD(20, 10), "channel.open", "" },
	{ METHOD(40, 10), "exchange.declare", "hNs" },
	{ METHOD(50, 10), "queue.declare", "hN" },
	{ METHOD(50, 20), "queue.bind", "hNNR" },
	{ METHOD(60, 20), "basic.consume", "hNs" },
	{ METHOD(60, 40), "basic.publish", "hNR" },
	{ METHOD(60, 60), "basic.deliver", "slbNR" },
	{ METHOD(60, 70), "basic.get", "hN" },
	{ METHOD(60, 71), "basic.get-ok", "lbNR" },
};

static struct cursor
short_string(struct cursor *in)
{
	return cur_sub(in, cur_u8(in));
}

/* Steps over a field value of the properties that occur: text, tables, booleans, numbers. False for
 * any other type: what follows cannot be found. */
static bool
take_value(struct cursor *in, struct cursor *text)
{
	uint8_t type = cur_u8(in);

	text->end = text->at;
	switch (type) {
	case 'S':
		*text = cur_sub(in, cur_be32(in));
		break;
	case 'F': case 'A': case 'x':
		cur_skip(in, cur_be32(in));
		break;
	case 't': case 'b': case 'B':
		cur_skip(in, 1);
		break;
	case 's': case 'u': case 'U':
		cur_skip(in, 2);
		break;
	case 'I': case 'i': case 'f':
		cur_skip(in, 4);
		break;
	case 'l': case 'L': case 'd': case 'T':
		cur_skip(in, 8);
		break;
	case 'D':
		cur_skip(in, 5);
		break;
	case 'V':
		break;
	default:
		return false;
	}
	return !in->short_read && !text->short_read;
}

static void
read_properties(struct parse *p, struct cursor in, bool server)
{
	for (unsigned n = 0; n < TABLE_MAX && cur_left(&in) != 0; n++) {
		struct cursor name = short_string(&in), text = in;

		if (!take_value(&in, &text))
			return;
		if (!text_printable(text))
			continue;
		if (text_is(name, "product"))
			parse_cursor(p, AMQP_ID(server ? AMQP_SERVER : AMQP_PRODUCT), text);
		else if (text_is(name, "platform") && !server)
			parse_cursor(p, AMQP_ID(AMQP_PLATFORM), text);
	}
}

static void
put_short(struct parse *p, unsigned row, struct cursor *in)
{
	struct cursor text = short_string(in);

	if (!text.short_read && text_printable(text))
		parse_cursor(p, AMQP_ID(row), text);
}

static void
read_arguments(struct parse *p, const char *arguments, struct cursor in, bool server)
{
	struct cursor table;

	for (; *arguments != '\0' && !in.short_read; arguments++)
		switch (*arguments) {
		case 'b':
			cur_skip(&in, 1);
			break;
		case 'h':
			cur_skip(&in, 2);
			break;
		case 'l':
			cur_skip(&in, 8);
			break;
		case 's':
			(void)short_string(&in);
			break;
		case 'T':
			table = cur_sub(&in, cur_be32(&in));
			read_properties(p, table, server);
			break;
		case 'N':
			put_short(p, AMQP_NAME, &in);
			break;
		case 'R':
			put_short(p, AMQP_ROUTING, &in);
			break;
		case 'H':
			put_short(p, AMQP_HOST, &in);
			break;
		case 'M':
			put_short(p, AMQP_MECHANISM, &in);
			break;
		default:
			break;
		}
}

bool
amqp0_is_method(struct cursor in)
{
	uint32_t method = cur_be32(&in);

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (methods[i].method == method && !in.short_read)
			return true;
	return false;
}

void
amqp0_method(struct parse *p, struct cursor in)
{
	uint32_t method = cur_be32(&in);

	if (in.short_read) {
		p->malformed = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (methods[i].method == method) {
			parse_text(p, AMQP_ID(AMQP_COMMAND), methods[i].name,
			    strlen(methods[i].name));
			read_arguments(p, methods[i].arguments, in, i == 0);
		}
}
