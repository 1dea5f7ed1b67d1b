/* SPDX-License-Identifier: Apache-2.0 */
/* lpd.c - the line printer daemon protocol (RFC 1179): who prints what where. On its own port only:
 * a command is too little elsewhere. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Commands: one octet, text, line feed (RFC 1179, 5); after "receive job" subcommands (6), each
 * answered by a NUL; a file has its length and name announced, and a NUL behind it. */
enum {
	PRINT = 1, RECEIVE, SHORT_STATE, LONG_STATE, REMOVE,
	SUB_ABORT = 1, SUB_CONTROL, SUB_DATA,
	LINE_MOST = 256, CONTROL_MOST = 4096, FILE_MOST = INT32_MAX, FILES_ENOUGH = 8,
};

enum { F_COMMAND, F_QUEUE, F_HOST, F_USER, F_JOB, F_SIZE };

static const struct field lpd_fields[] = {
	[F_COMMAND] = { "lpd.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "print, receive, state or remove" },
	[F_QUEUE] = { "lpd.queue", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "printer queue" },
	[F_HOST] = { "lpd.host", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "H line of a control file: host that prints" },
	[F_USER] = { "lpd.user", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "P line of a control file: user who prints" },
	[F_JOB] = { "lpd.job", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "J line of a control file: name of the job" },
	[F_SIZE] = { "lpd.size", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "announced octets of the data files" },
};
#define ID(row) FIELD_ID(PARSER_lpd, row)

struct lpd_state {
	bool receiving, in_control;
	uint8_t files;
	uint16_t control;	/* octets of a control file that are to come, with its NUL */
};

/* A command line, and nothing behind it: the client waits for its answer. */
static enum probe_result
lpd_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t command = cur_u8(&in);
	struct cursor line;

	if (!on_port || command < PRINT || command > REMOVE || p->dir != TO_SERVER)
		return PROBE_NO;
	if (!text_line(&in, &line))
		return cur_left(&in) > LINE_MOST || (cur_left(&in) != 0 && !text_printable(in))
		    ? PROBE_NO : PROBE_MORE;
	return cur_left(&line) <= LINE_MOST && text_printable(line) && cur_left(&in) == 0
	    ? PROBE_YES : PROBE_NO;
}

static void
read_control(struct parse *p, struct cursor in)
{
	struct cursor line;

	while (text_line(&in, &line)) {
		uint8_t what = cur_u8(&line);

		if (!text_printable(line))
			continue;
		if (what == 'H')
			parse_cursor(p, ID(F_HOST), line);
		else if (what == 'P')
			parse_cursor(p, ID(F_USER), line);
		else if (what == 'J')
			parse_cursor(p, ID(F_JOB), line);
	}
}

/* "count SP name": false when it is neither. */
static bool
read_subcommand(struct parse *p, struct lpd_state *st, uint8_t what, struct cursor line,
    struct cursor *in)
{
	uint64_t count;

	if (what == SUB_ABORT)
		return true;
	if (what > SUB_DATA || !text_number(text_until(&line, ' '), FILE_MOST, &count))
		return false;
	if (what == SUB_CONTROL) {
		if (count >= CONTROL_MOST)
			return false;
		st->in_control = true;
		st->control = (uint16_t)(count + 1);
		return true;
	}
	parse_uint(p, ID(F_SIZE), count);
	if (count != 0) {	/* 0: until the connection closes */
		size_t have = cur_left(in) < count + 1 ? cur_left(in) : (size_t)count + 1;

		cur_skip(in, have);
		p->skip = count + 1 - have;
	}
	st->files++;
	return true;
}

static void
read_command(struct parse *p, struct lpd_state *st, uint8_t what, struct cursor line)
{
	static const char *const commands[] = {
		[PRINT] = "print", [RECEIVE] = "receive", [SHORT_STATE] = "state",
		[LONG_STATE] = "state", [REMOVE] = "remove"
	};

	parse_text(p, ID(F_COMMAND), commands[what], strlen(commands[what]));
	text_put(p, ID(F_QUEUE), text_until(&line, ' '));
	st->receiving = what == RECEIVE;
}

static enum parse_result
lpd_parse(struct parse *p, struct cursor *in)
{
	struct lpd_state *st = p->state;
	struct cursor line;

	if (p->gap)
		return PARSE_DONE;
	if (p->dir == TO_CLIENT) {
		cur_skip(in, cur_left(in));
		return PARSE_MORE;
	}
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		uint8_t what;

		if (st->in_control) {
			if (cur_left(in) < st->control)
				return PARSE_MORE;
			read_control(p, cur_sub(in, st->control - 1u));
			cur_skip(in, 1);
			st->in_control = false;
			st->files++;
			continue;
		}
		if (st->files >= FILES_ENOUGH)
			return PARSE_DONE;
		what = cur_u8(&try);
		if (what < PRINT || what > REMOVE)
			return PARSE_WRONG;
		if (!text_line(&try, &line))
			return cur_left(in) > LINE_MOST ? PARSE_WRONG : PARSE_MORE;
		*in = try;
		if (st->receiving && !read_subcommand(p, st, what, line, in))
			return PARSE_WRONG;
		if (st->receiving)
			continue;
		if (!text_printable(line))
			return PARSE_WRONG;
		read_command(p, st, what, line);
		if (!st->receiving)
			return PARSE_DONE;	/* the answer is all that follows */
	}
	return PARSE_MORE;
}

const struct app_parser lpd_parser = {
	.name = "lpd", .spec = "RFC 1179",
	.tcp = true, .ports = { 515 }, .begins = { { PRINT, REMOVE } },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 60, .state_size = sizeof(struct lpd_state),
	.probe = lpd_probe, .parse = lpd_parse,
	.fields = lpd_fields, .n_fields = ARRAY_LEN(lpd_fields),
};
