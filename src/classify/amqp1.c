/* SPDX-License-Identifier: Apache-2.0 */
/* amqp1.c - performatives of AMQP 1.0 (ISO/IEC 19464, parts 1, 2, 5): who connects to which host, and
 * which addresses links are attached to. */
#include <string.h>

#include "amqp.h"
#include "macros.h"

/* Constructors (part 1, 1.6): 0x00 before a descriptor; the high half of the octet is the width. */
enum {
	DESCRIBED = 0x00, SMALL_ULONG = 0x53, ULONG = 0x80, STR8 = 0xa1, SYM8 = 0xa3, STR32 = 0xb1,
	SYM32 = 0xb3, LIST0 = 0x45, LIST8 = 0xc0, LIST32 = 0xd0,
	OPEN = 0x10, BEGIN, ATTACH, FLOW, TRANSFER, DISPOSITION, DETACH, END, CLOSE,
	SOURCE = 0x28, TARGET = 0x29,
	SASL_MECHANISMS = 0x40, SASL_INIT, SASL_CHALLENGE, SASL_RESPONSE, SASL_OUTCOME,
	LIST_MAX = 16, ATTACH_SOURCE = 5, ATTACH_TARGET = 6, SASL_HOST = 2,
};

static const struct {
	uint8_t code;
	const char *name;
} performatives[] = {
	{ OPEN, "open" }, { BEGIN, "begin" }, { ATTACH, "attach" }, { FLOW, "flow" },
	{ TRANSFER, "transfer" }, { DISPOSITION, "disposition" }, { DETACH, "detach" },
	{ END, "end" }, { CLOSE, "close" }, { SASL_MECHANISMS, "sasl-mechanisms" },
	{ SASL_INIT, "sasl-init" }, { SASL_CHALLENGE, "sasl-challenge" },
	{ SASL_RESPONSE, "sasl-response" }, { SASL_OUTCOME, "sasl-outcome" },
};

/* The octets of a value that is not described, by the width in its constructor. */
static struct cursor
take_plain(struct cursor *in, uint8_t constructor)
{
	static const uint8_t fixed[] = { [4] = 0, [5] = 1, [6] = 2, [7] = 4, [8] = 8, [9] = 16 };
	uint8_t width = constructor >> 4;

	if (width >= 4 && width <= 9)
		return cur_sub(in, fixed[width]);
	if (width >= 0xa && width % 2 == 0)	/* a, c, e: 8 bits of size; b, d, f: 32 */
		return cur_sub(in, cur_u8(in));
	if (width >= 0xa)
		return cur_sub(in, cur_be32(in));
	in->short_read = true;
	in->at = in->end;
	return *in;
}

/* The small number that describes what follows; 0 when it is none we know. */
static uint8_t
take_descriptor(struct cursor *in)
{
	uint8_t constructor;
	uint64_t code;

	if (cur_u8(in) != DESCRIBED)
		return 0;
	constructor = cur_u8(in);
	if (constructor == SMALL_ULONG)
		return cur_u8(in);
	if (constructor != ULONG)
		return 0;
	code = cur_be64(in);
	return code <= UINT8_MAX ? (uint8_t)code : 0;
}

/* The inside of a list, behind its count. */
static struct cursor
take_list(struct cursor *in)
{
	uint8_t constructor = cur_u8(in);
	struct cursor list = *in;

	list.end = list.at;
	if (constructor != LIST8 && constructor != LIST32)
		return list;
	list = take_plain(in, constructor);
	cur_skip(&list, constructor == LIST8 ? 1 : 4);
	return list;
}

/* The next value of a list: its octets when it is text, else it is stepped over, and what a described
 * one describes, too. */
static struct cursor
take_text(struct cursor *in)
{
	uint8_t constructor = cur_u8(in);
	struct cursor value;

	if (constructor == DESCRIBED) {
		(void)take_plain(in, cur_u8(in));
		constructor = cur_u8(in);
		value = take_plain(in, constructor);
		value.at = value.end;
		return value;
	}
	value = take_plain(in, constructor);
	if (constructor != STR8 && constructor != SYM8 && constructor != STR32
	    && constructor != SYM32)
		value.at = value.end;
	return value;
}

static void
put(struct parse *p, unsigned row, struct cursor text)
{
	if (!text.short_read && text_printable(text))
		parse_cursor(p, AMQP_ID(row), text);
}

/* Source or target of a link: its address comes first (part 3, 3.5.3). */
static void
read_terminus(struct parse *p, struct cursor *list, uint8_t code)
{
	struct cursor whole = *list, inner;

	if (take_descriptor(&whole) == code) {
		inner = take_list(&whole);
		put(p, AMQP_NAME, take_text(&inner));
		*list = whole;
	} else {
		(void)take_text(list);
	}
}

static void
read_list(struct parse *p, uint8_t code, struct cursor list)
{
	for (unsigned i = 0; i < LIST_MAX && cur_left(&list) != 0; i++) {
		if (code == ATTACH && (i == ATTACH_SOURCE || i == ATTACH_TARGET)) {
			read_terminus(p, &list, i == ATTACH_SOURCE ? SOURCE : TARGET);
			continue;
		}
		if (code == OPEN && i <= 1)
			put(p, i == 0 ? AMQP_CONTAINER : AMQP_HOST, take_text(&list));
		else if (code == SASL_INIT && i == 0)
			put(p, AMQP_MECHANISM, take_text(&list));
		else if (code == SASL_INIT && i == SASL_HOST)
			put(p, AMQP_HOST, take_text(&list));
		else
			(void)take_text(&list);
	}
}

void
amqp1_body(struct parse *p, struct cursor in)
{
	uint8_t code = take_descriptor(&in);

	for (size_t i = 0; i < ARRAY_LEN(performatives); i++)
		if (performatives[i].code == code) {
			parse_text(p, AMQP_ID(AMQP_COMMAND), performatives[i].name,
			    strlen(performatives[i].name));
			if (code == OPEN || code == ATTACH || code == SASL_INIT)
				read_list(p, code, take_list(&in));
			return;
		}
	p->malformed = true;
}

bool
amqp1_is_body(struct cursor in)
{
	uint8_t code = take_descriptor(&in), constructor = cur_u8(&in);

	for (size_t i = 0; i < ARRAY_LEN(performatives); i++)
		if (performatives[i].code == code)
			return !in.short_read && (constructor == LIST0 || constructor == LIST8
			    || constructor == LIST32);
	return false;
}
