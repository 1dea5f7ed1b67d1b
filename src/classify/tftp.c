/* SPDX-License-Identifier: Apache-2.0 */
/* tftp.c - TFTP (RFC 1350, 2347 to 2349): which file goes which way. The answer comes from a new
 * port of the server (RFC 1350, 4), so a transfer is two flows; the second one has the first
 * one's file, too. */
#include <string.h>

#include "field.h"
#include "macros.h"
#include "parser.h"
#include "text.h"

enum { READ = 1, WRITE, DATA, ACK, ERROR, OPTIONS };
enum { PORT = 69, NAME_MOST = 255, OPTIONS_MAX = 8, ERROR_MOST = 8, BLOCK_MOST = 65464 };

enum { F_READ, F_WRITTEN, F_MODE, F_SIZE, F_BLOCK_SIZE, F_ERROR };

static const struct field tftp_fields[] = {
	[F_READ] = { "tftp.read", FIELD_TEXT, MATCH_URL_PATH, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "file that the client asks for; also on the flow that brings it" },
	[F_WRITTEN] = { "tftp.written", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "file that the client sends; also on the flow that takes it" },
	[F_MODE] = { "tftp.mode", FIELD_TEXT, MATCH_NONE, 0, NULL, "octet, netascii or mail" },
	[F_SIZE] = { "tftp.size", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "octets of the file, where a side says (RFC 2349)" },
	[F_BLOCK_SIZE] = { "tftp.block_size", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "octets of a block, where asked for (RFC 2348)" },
	[F_ERROR] = { "tftp.error", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "error code (RFC 1350, page 10)" },
};
#define ID(row) FIELD_ID(PARSER_tftp, row)

struct request {
	uint16_t opcode;
	struct cursor file, mode, options;
};

/* Up to a NUL that must be there. */
static bool
take_string(struct cursor *in, struct cursor *text)
{
	size_t left = cur_left(in);

	*text = text_until(in, '\0');
	return cur_left(text) + 1 + cur_left(in) == left;
}

/* Name and value, each with its NUL, to the end. */
static bool
options_sound(struct cursor in)
{
	struct cursor name, value;

	for (unsigned n = 0; n < OPTIONS_MAX && cur_left(&in) != 0; n++)
		if (!take_string(&in, &name) || !text_printable(name)
		    || !take_string(&in, &value) || !text_printable(value))
			return false;
	return cur_left(&in) == 0;
}

/* opcode, file name, NUL, mode, NUL, options (RFC 1350, 5; RFC 2347). */
static bool
read_request(struct cursor in, struct request *r)
{
	r->opcode = cur_be16(&in);
	if ((r->opcode != READ && r->opcode != WRITE) || !take_string(&in, &r->file)
	    || !take_string(&in, &r->mode) || !text_printable(r->file)
	    || cur_left(&r->file) > NAME_MOST)
		return false;
	r->options = in;
	return (text_is(r->mode, "octet") || text_is(r->mode, "netascii")
	    || text_is(r->mode, "mail")) && options_sound(in);
}

/* The first message from the server's new port. */
static bool
begins_transfer(struct cursor in)
{
	uint16_t opcode = cur_be16(&in), number = cur_be16(&in);

	switch (opcode) {
	case DATA:	return !in.short_read && number == 1 && cur_left(&in) <= BLOCK_MOST;
	case ACK:	return !in.short_read && number == 0 && cur_left(&in) == 0;
	case ERROR:	return !in.short_read && number <= ERROR_MOST;
	case OPTIONS:	return number != 0;	/* the first two letters of an option */
	default:	return false;
	}
}

/* The flow of the request: the receiver's port is the client's, the sender's was 69. */
static const struct flow *
request_flow(const struct parse *p)
{
	const struct flow *flow = parse_beside(p, flow_end_index(p->flow, p->dir), PORT);

	return flow != NULL && flow->app == PARSER_tftp ? flow : NULL;
}

static enum probe_result
tftp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct request r;

	(void)on_port;
	if (!p->datagram || cur_peek(&in, 0) != 0)
		return PROBE_NO;
	if (read_request(in, &r))
		return PROBE_YES;
	return begins_transfer(in) && request_flow(p) != NULL ? PROBE_YES : PROBE_NO;
}

static void
read_options(struct parse *p, struct cursor in)
{
	for (unsigned n = 0; n < OPTIONS_MAX && cur_left(&in) != 0; n++) {
		struct cursor name = text_until(&in, '\0'), value = text_until(&in, '\0');
		uint64_t number;

		if (!text_number(value, UINT32_MAX, &number))
			continue;
		if (text_is(name, "tsize") && number != 0)
			parse_uint(p, ID(F_SIZE), number);
		else if (text_is(name, "blksize"))
			parse_uint(p, ID(F_BLOCK_SIZE), number);
	}
}

static void
copy_request(struct parse *p, const struct flow *from)
{
	static const unsigned rows[] = { F_READ, F_WRITTEN, F_MODE };
	struct record_entry e;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (record_find(from->record, ID(rows[i]), &e))
			parse_text(p, ID(rows[i]), e.octets, e.len);
}

static enum parse_result
read_transfer(struct parse *p, struct cursor in)
{
	const struct flow *from = request_flow(p);
	uint16_t opcode = cur_be16(&in);

	if (from != NULL)
		copy_request(p, from);
	if (opcode == OPTIONS && options_sound(in))
		read_options(p, in);
	else if (opcode == ERROR)
		parse_uint(p, ID(F_ERROR), cur_be16(&in));
	/* The client asked, on the other flow, and waits at this port. */
	p->reversed = from != NULL && p->dir == TO_SERVER && p->flow->pkts[TO_CLIENT] == 0;
	return opcode == OPTIONS ? PARSE_MORE : PARSE_DONE;
}

/* A request may be sent again, and the next one often comes from the same port. Few servers
 * answer from port 69 itself. */
static enum parse_result
tftp_parse(struct parse *p, struct cursor *in)
{
	struct request r;
	struct cursor message = *in, head = *in;
	uint16_t opcode = cur_be16(&head);

	if (head.short_read || opcode < READ || opcode > OPTIONS)
		return PARSE_WRONG;
	cur_skip(in, cur_left(in));
	if (opcode >= DATA)
		return read_transfer(p, message);
	if (!read_request(message, &r))
		return PARSE_WRONG;
	parse_cursor(p, ID(r.opcode == READ ? F_READ : F_WRITTEN), r.file);
	parse_cursor(p, ID(F_MODE), r.mode);
	read_options(p, r.options);
	return PARSE_MORE;
}

const struct app_parser tftp_parser = {
	.name = "tftp", .spec = "RFC 1350",
	.udp = true, .ports = { PORT }, .begins = { { 0, 1 } },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 80,
	.probe = tftp_probe, .parse = tftp_parse,
	.fields = tftp_fields, .n_fields = ARRAY_LEN(tftp_fields),
};
