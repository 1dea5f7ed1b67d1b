/* SPDX-License-Identifier: Apache-2.0 */
/* modbus.c - Modbus over TCP (MODBUS Messaging on TCP/IP 1.0b; Application Protocol V1.1b3):
 * which functions and registers are used, what is written, and what the device says it is. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "parser.h"

/* The MBAP header (Messaging, 3.1.3), then the PDU:
 *
 *	| transaction 16 | protocol 16 = 0 | length 16 | unit 8 | function 8 | data |
 *
 * The length counts from the unit on; a PDU has 253 octets at most (Application, 4.1). */
enum {
	HEADER_OCTETS = 6, LENGTH_LEAST = 2, LENGTH_MOST = 254,
	EXCEPTION = 0x80, EXCEPTION_LENGTH = 3, EXCEPTION_MAX = 11,
	MEI_FUNCTION = 43, MEI_IDENTIFY = 14,
	OBJECTS_MAX = 16,
	/* Polls repeat themselves for years; a write among the first ones is seen. */
	PDUS_ENOUGH = 256,
};

enum { F_UNIT, F_FUNCTION, F_READ, F_WRITE, F_EXCEPTION, F_VENDOR, F_PRODUCT, F_REVISION, F_MODEL };

static const struct field modbus_fields[] = {
	[F_UNIT] = { "modbus.unit", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "unit identifier: the device behind a gateway; 0 or 255 the server itself" },
	[F_FUNCTION] = { "modbus.function", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "function asked for: read-holding-registers, write-single-coil ... or its number" },
	[F_READ] = { "modbus.read", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "table/first address+count of a read request: coil, input, holding or input-register" },
	[F_WRITE] = { "modbus.write", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "table/first address+count of a write request: coil or holding" },
	[F_EXCEPTION] = { "modbus.exception", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "exception code of an answer: 1 illegal function, 2 address, 3 value ..." },
	[F_VENDOR] = { "modbus.vendor", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "VendorName of a device identification" },
	[F_PRODUCT] = { "modbus.product", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "ProductCode of a device identification" },
	[F_REVISION] = { "modbus.revision", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MajorMinorRevision of a device identification: its firmware" },
	[F_MODEL] = { "modbus.model", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "ModelName of a device identification" },
};
#define ID(row) FIELD_ID(PARSER_modbus, row)

/* What is behind a request's function code, and behind an answer's (Application, clause 6). */
enum shape {
	ASKS_FIXED,	/* `fixed` octets */
	ASKS_COUNTED,	/* `fixed` octets, the last of which counts those that follow */
	ASKS_MEI,
	ASKS_LOOSE
};
enum answer { TELLS_COUNTED, TELLS_FIXED, TELLS_COUNTED_16, TELLS_LOOSE };
enum { MAX_BITS = 2000, MAX_BITS_WRITTEN = 1968, MAX_READ = 125, MAX_WRITTEN = 123, MAX_BOTH = 121 };

static const struct function {
	uint8_t code, asks, fixed, tells, told;	/* `told`: octets of TELLS_FIXED */
	uint16_t most;		/* of what the second word of the request counts; 0: it counts nothing */
	const char *name;
	const char *reads, *writes;	/* table, NULL: none */
} functions[] = {
	{ 1, ASKS_FIXED, 4, TELLS_COUNTED, 0, MAX_BITS, "read-coils", "coil", NULL },
	{ 2, ASKS_FIXED, 4, TELLS_COUNTED, 0, MAX_BITS, "read-discrete-inputs", "input", NULL },
	{ 3, ASKS_FIXED, 4, TELLS_COUNTED, 0, MAX_READ, "read-holding-registers", "holding", NULL },
	{ 4, ASKS_FIXED, 4, TELLS_COUNTED, 0, MAX_READ, "read-input-registers", "input-register", NULL },
	{ 5, ASKS_FIXED, 4, TELLS_FIXED, 4, 0, "write-single-coil", NULL, "coil" },
	{ 6, ASKS_FIXED, 4, TELLS_FIXED, 4, 0, "write-single-register", NULL, "holding" },
	{ 7, ASKS_FIXED, 0, TELLS_FIXED, 1, 0, "read-exception-status", NULL, NULL },
	{ 8, ASKS_LOOSE, 4, TELLS_LOOSE, 0, 0, "diagnostics", NULL, NULL },
	{ 11, ASKS_FIXED, 0, TELLS_FIXED, 4, 0, "get-comm-event-counter", NULL, NULL },
	{ 12, ASKS_FIXED, 0, TELLS_COUNTED, 0, 0, "get-comm-event-log", NULL, NULL },
	{ 15, ASKS_COUNTED, 5, TELLS_FIXED, 4, MAX_BITS_WRITTEN, "write-multiple-coils", NULL, "coil" },
	{ 16, ASKS_COUNTED, 5, TELLS_FIXED, 4, MAX_WRITTEN, "write-multiple-registers", NULL, "holding" },
	{ 17, ASKS_FIXED, 0, TELLS_COUNTED, 0, 0, "report-server-id", NULL, NULL },
	{ 20, ASKS_COUNTED, 1, TELLS_COUNTED, 0, 0, "read-file-record", NULL, NULL },
	{ 21, ASKS_COUNTED, 1, TELLS_COUNTED, 0, 0, "write-file-record", NULL, NULL },
	{ 22, ASKS_FIXED, 6, TELLS_FIXED, 6, 0, "mask-write-register", NULL, "holding" },
	{ 23, ASKS_COUNTED, 9, TELLS_COUNTED, 0, MAX_READ, "read-write-multiple-registers", "holding", NULL },
	{ 24, ASKS_FIXED, 2, TELLS_COUNTED_16, 0, 0, "read-fifo-queue", NULL, NULL },
	{ MEI_FUNCTION, ASKS_MEI, 1, TELLS_LOOSE, 0, 0, "encapsulated-interface", NULL, NULL },
};

struct modbus_state {
	uint16_t pdus;
};

struct adu {
	uint8_t unit, code;
	struct cursor data;	/* behind the function code */
};

static const struct function *
function_of(uint8_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (functions[i].code == code)
			return &functions[i];
	return NULL;
}

/* PROBE_MORE: not all there. `in` is advanced on PROBE_YES only. */
static enum probe_result
read_adu(struct cursor *in, struct adu *f)
{
	struct cursor try = *in, pdu;
	uint16_t protocol, len;

	cur_skip(&try, 2);
	protocol = cur_be16(&try);
	len = cur_be16(&try);
	if ((cur_left(in) > 2 && cur_peek(in, 2) != 0) || (cur_left(in) > 3 && protocol != 0))
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	if (len < LENGTH_LEAST || len > LENGTH_MOST)
		return PROBE_NO;
	pdu = cur_sub(&try, len);
	f->unit = cur_u8(&pdu);
	f->code = cur_u8(&pdu);
	if (!pdu.short_read && (f->code & ~EXCEPTION) == 0)
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	f->data = pdu;
	*in = try;
	return PROBE_YES;
}

/* --- probing --- */

static bool
asks(const struct function *fn, struct cursor data)
{
	size_t len = cur_left(&data);
	uint16_t count;

	switch ((enum shape)fn->asks) {
	case ASKS_FIXED:
		if (len != fn->fixed)
			return false;
		break;
	case ASKS_COUNTED:
		if (len <= fn->fixed || cur_peek(&data, fn->fixed - 1u) != len - fn->fixed)
			return false;
		break;
	case ASKS_MEI:
		return len == 3 && cur_u8(&data) == MEI_IDENTIFY && cur_peek(&data, 0) >= 1
		    && cur_peek(&data, 0) <= 4;
	case ASKS_LOOSE:
		return len == fn->fixed;
	}
	cur_skip(&data, 2);
	count = cur_be16(&data);
	return fn->most == 0 ? fn->code != 5 || count == 0 || count == 0xff00
	    : count >= 1 && count <= fn->most;
}

static bool
tells(const struct function *fn, struct cursor data)
{
	size_t len = cur_left(&data);
	uint16_t count;

	switch ((enum answer)fn->tells) {
	case TELLS_FIXED:
		if (len != fn->told)
			return false;
		cur_skip(&data, 2);
		count = cur_be16(&data);
		return fn->most == 0 || (count >= 1 && count <= fn->most);
	case TELLS_COUNTED:
		return len >= 2 && cur_u8(&data) == len - 1
		    && (fn->most != MAX_READ || len % 2 == 1);
	case TELLS_COUNTED_16:
		return len >= 4 && cur_be16(&data) == len - 2;
	case TELLS_LOOSE:
		break;
	}
	return fn->code == MEI_FUNCTION ? len > 6 && cur_u8(&data) == MEI_IDENTIFY
	    : len == fn->fixed;
}

static bool
is_sound(const struct adu *f, bool on_port)
{
	const struct function *fn = function_of(f->code & (uint8_t)~EXCEPTION);

	if ((f->code & EXCEPTION) != 0)
		return cur_left(&f->data) == 1 && cur_peek(&f->data, 0) >= 1
		    && cur_peek(&f->data, 0) <= EXCEPTION_MAX && (on_port || fn != NULL);
	if (fn == NULL)
		return on_port;		/* makers have their own; the header's 34 bits stand */
	return asks(fn, f->data) || tells(fn, f->data);
}

/* Whole frames fill the octets. On its port a header with a sound PDU is enough; elsewhere the
 * PDU must say how long it is, which with the header's are some 45 bits. */
static enum probe_result
modbus_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct adu f;
	unsigned n = 0;

	(void)p;
	while (cur_left(&in) != 0) {
		enum probe_result result = read_adu(&in, &f);

		if (result == PROBE_MORE && n != 0)
			return PROBE_YES;
		if (result != PROBE_YES)
			return result;
		if (!is_sound(&f, on_port))
			return PROBE_NO;
		n++;
	}
	return n == 0 ? PROBE_MORE : PROBE_YES;
}

/* --- parsing --- */

static void
put_name(struct parse *p, unsigned row, const char *name)
{
	parse_text(p, ID(row), name, strlen(name));
}

/* "holding/107+3" */
static void
put_range(struct parse *p, unsigned row, const char *table, uint16_t address, uint16_t count)
{
	char text[16 + 2 * DECIMAL_MAX];
	size_t len = strlen(table);

	memcpy(text, table, len);
	text[len++] = '/';
	len += decimal_put(text + len, address);
	text[len++] = '+';
	len += decimal_put(text + len, count);
	parse_text(p, ID(row), text, len);
}

static void
read_request(struct parse *p, const struct function *fn, struct cursor data)
{
	uint16_t address, count;

	put_name(p, F_FUNCTION, fn->name);
	address = cur_be16(&data);
	count = cur_be16(&data);
	if (data.short_read)
		return;
	if (fn->reads != NULL)
		put_range(p, F_READ, fn->reads, address, count);
	if (fn->writes != NULL)
		put_range(p, F_WRITE, fn->writes, address, fn->most == 0 ? 1 : count);
	if (fn->code == 23) {		/* Application, 6.17: the range written is behind */
		address = cur_be16(&data);
		count = cur_be16(&data);
		if (!data.short_read)
			put_range(p, F_WRITE, "holding", address, count);
	}
}

/* Application, 6.21: MEI type, code, conformity, more follows, next id, number of objects,
 * then of each its id, length and value. */
static void
read_identity(struct parse *p, struct cursor data)
{
	static const uint8_t rows[] = { F_VENDOR, F_PRODUCT, F_REVISION, 0xff, 0xff, F_MODEL };
	unsigned n;

	if (cur_u8(&data) != MEI_IDENTIFY)
		return;
	cur_skip(&data, 4);
	n = cur_u8(&data);
	for (unsigned i = 0; i < n && i < OBJECTS_MAX; i++) {
		uint8_t object = cur_u8(&data);
		struct cursor value = cur_sub(&data, cur_u8(&data));

		if (data.short_read)
			return;
		if (object < sizeof(rows) && rows[object] != 0xff && cur_left(&value) != 0)
			parse_cursor(p, ID(rows[object]), value);
	}
}

static void
read_pdu(struct parse *p, const struct adu *f)
{
	const struct function *fn = function_of(f->code);
	char text[DECIMAL_MAX];

	parse_uint(p, ID(F_UNIT), f->unit);
	if ((f->code & EXCEPTION) != 0)
		parse_uint(p, ID(F_EXCEPTION), cur_peek(&f->data, 0));
	else if (p->dir == TO_SERVER && fn == NULL)
		parse_text(p, ID(F_FUNCTION), text, decimal_put(text, f->code));
	else if (p->dir == TO_SERVER)
		read_request(p, fn, f->data);
	else if (f->code == MEI_FUNCTION)
		read_identity(p, f->data);
}

static enum parse_result
modbus_parse(struct parse *p, struct cursor *in)
{
	struct modbus_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;	/* where the next frame starts is lost */
	while (cur_left(in) != 0) {
		struct adu f;
		enum probe_result result = read_adu(in, &f);

		if (result != PROBE_YES)
			return result == PROBE_MORE ? PARSE_MORE : PARSE_WRONG;
		read_pdu(p, &f);
		if (++st->pdus >= PDUS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser modbus_parser = {
	.name = "modbus", .spec = "MODBUS Messaging on TCP/IP 1.0b",
	.tcp = true, .ports = { 502 },
	.role = ROLE_CONTROL, .role_confidence = 60, .state_size = sizeof(struct modbus_state),
	.probe = modbus_probe, .parse = modbus_parse,
	.fields = modbus_fields, .n_fields = ARRAY_LEN(modbus_fields),
};
