/* SPDX-License-Identifier: Apache-2.0 */
/* ssh.c - SSH (RFC 4253): which software stands at either end. Nothing after the two version
 * lines is read. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Identification (RFC 4253, 4.2): SSH-protoversion-softwareversion SP comments CR LF, 255 octets
 * at most. A server may send other lines before it. */
enum { LINE_MOST = 255, LINES_BEFORE = 16 };

enum { F_VERSION, F_CLIENT, F_SERVER };

static const struct field ssh_fields[] = {
	[F_VERSION] = { "ssh.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "protocol version: 2.0, or 1.99 for a server that also speaks 1" },
	[F_CLIENT] = { "ssh.client", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "software and comment of the client's version line" },
	[F_SERVER] = { "ssh.server", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "software and comment of the server's version line" },
};
#define ID(row) FIELD_ID(PARSER_ssh, row)

struct ssh_state {
	bool seen[2];		/* by the flow key's end */
	uint8_t lines;
};

/* SSH-1 or SSH-2, a minor version and a dash. */
static enum probe_result
ssh_probe(const struct parse *p, struct cursor in, bool on_port)
{
	enum probe_result result = text_begins(in, "SSH-");

	(void)p;
	(void)on_port;
	if (result != PROBE_YES)
		return result;
	cur_skip(&in, 4);
	if (cur_left(&in) < 2)
		return PROBE_MORE;
	return (in.at[0] == '1' || in.at[0] == '2') && in.at[1] == '.' ? PROBE_YES : PROBE_NO;
}

static bool
read_version(struct parse *p, struct cursor line)
{
	struct cursor version;

	cur_skip(&line, 4);
	version = text_until(&line, '-');
	if (!text_printable(version) || !text_printable(line))
		return false;
	parse_cursor(p, ID(F_VERSION), version);
	parse_cursor(p, ID(p->dir == TO_SERVER ? F_CLIENT : F_SERVER), line);
	return true;
}

static enum parse_result
ssh_parse(struct parse *p, struct cursor *in)
{
	struct ssh_state *st = p->state;
	unsigned end = flow_end_index(p->flow, p->dir);
	struct cursor line;

	if (p->gap)
		return PARSE_DONE;
	while (!st->seen[end]) {
		if (!text_line(in, &line))
			return cur_left(in) > LINE_MOST ? PARSE_WRONG : PARSE_MORE;
		if (text_begins(line, "SSH-") != PROBE_YES) {
			if (p->dir == TO_SERVER || ++st->lines > LINES_BEFORE)
				return PARSE_WRONG;
			continue;
		}
		if (!read_version(p, line))
			return PARSE_WRONG;
		st->seen[end] = true;
	}
	cur_skip(in, cur_left(in));
	p->reasons |= REASON_ENCRYPTED;
	return st->seen[1 - end] ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser ssh_parser = {
	.name = "ssh", .spec = "RFC 4253",
	.tcp = true, .ports = { 22 }, .begins = { { 'S', 'S' } },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 90, .state_size = sizeof(struct ssh_state),
	.probe = ssh_probe, .parse = ssh_parse,
	.fields = ssh_fields, .n_fields = ARRAY_LEN(ssh_fields),
};
