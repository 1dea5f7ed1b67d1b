/* SPDX-License-Identifier: Apache-2.0 */
/* ssdp.c - UPnP discovery (UPnP Device Architecture 2.0, 1.1 to 1.3): what devices announce
 * and look for on their own network. HTTP header syntax in one datagram. */
#include <string.h>

#include "macros.h"
#include "parser.h"

enum { LINES_MAX = 64 };

enum { F_METHOD, F_HOST, F_TARGET, F_USN, F_LOCATION, F_SERVER, F_USER_AGENT };

static const struct field ssdp_fields[] = {
	[F_METHOD] = { "ssdp.method", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "M-SEARCH, NOTIFY, or HTTP/1.1 for an answer" },
	[F_HOST] = { "ssdp.host", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "multicast group it was sent to" },
	[F_TARGET] = { "ssdp.target", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "what is looked for (ST) or announced (NT)" },
	[F_USN] = { "ssdp.usn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "unique name of the device or service" },
	[F_LOCATION] = { "ssdp.location", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "where the description is" },
	[F_SERVER] = { "ssdp.server", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "operating system and product of the device" },
	[F_USER_AGENT] = { "ssdp.user_agent", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "operating system and product of who looks" },
};

static const struct {
	const char *name;	/* lower case */
	uint8_t field;
	bool host;		/* keep it without its port */
} headers[] = {
	{ "host", F_HOST, true }, { "st", F_TARGET, false }, { "nt", F_TARGET, false },
	{ "usn", F_USN, false }, { "location", F_LOCATION, false },
	{ "server", F_SERVER, false }, { "user-agent", F_USER_AGENT, false },
};

static const struct {
	const char *text;
	uint8_t method_len;
} starts[] = {
	{ "M-SEARCH * HTTP/1.", 8 }, { "NOTIFY * HTTP/1.", 6 }, { "HTTP/1.1 200 OK\r\n", 8 },
};

/* Up to the line end, which is stepped over; false when there is none. */
static bool
take_line(struct cursor *in, struct cursor *line)
{
	const uint8_t *nl = cur_left(in) == 0 ? NULL : memchr(in->at, '\n', cur_left(in));

	if (nl == NULL)
		return false;
	*line = cur_sub(in, (size_t)(nl - in->at));
	cur_skip(in, 1);
	while (cur_left(line) != 0 && line->end[-1] == '\r')
		line->end--;
	return true;
}

/* Which start line these octets have; -1 when none. */
static int
start_of(struct cursor in)
{
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		struct cursor c = in;
		size_t len = strlen(starts[i].text);
		const uint8_t *p = cur_take(&c, len);

		if (p != NULL && memcmp(p, starts[i].text, len) == 0)
			return (int)i;
	}
	return -1;
}

static bool
name_is(struct cursor name, const char *lower)
{
	size_t len = strlen(lower);

	if (cur_left(&name) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = cur_u8(&name);

		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != (uint8_t)lower[i])
			return false;
	}
	return true;
}

/* "239.255.255.250:1900" or "[FF02::C]:1900" without brackets and port. */
static struct cursor
without_port(struct cursor value)
{
	const uint8_t *end;

	if (cur_peek(&value, 0) == '[') {
		cur_skip(&value, 1);
		end = cur_left(&value) == 0 ? NULL : memchr(value.at, ']', cur_left(&value));
	} else {
		end = cur_left(&value) == 0 ? NULL : memchr(value.at, ':', cur_left(&value));
	}
	if (end != NULL)
		value.end = end;
	return value;
}

static void
read_header(struct parse *p, struct cursor line)
{
	const uint8_t *colon = cur_left(&line) == 0 ? NULL
	    : memchr(line.at, ':', cur_left(&line));
	struct cursor name;

	if (colon == NULL)
		return;
	name = cur_sub(&line, (size_t)(colon - line.at));
	cur_skip(&line, 1);
	while (cur_peek(&line, 0) == ' ')
		cur_skip(&line, 1);
	if (cur_left(&line) == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (name_is(name, headers[i].name))
			parse_cursor(p, FIELD_ID(PARSER_ssdp, headers[i].field),
			    headers[i].host ? without_port(line) : line);
}

static enum probe_result
ssdp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)p;
	return on_port && start_of(in) >= 0 ? PROBE_YES : PROBE_NO;
}

static enum parse_result
ssdp_parse(struct parse *p, struct cursor *in)
{
	int start = start_of(*in);
	struct cursor line;

	if (start < 0)
		return PARSE_WRONG;
	parse_text(p, FIELD_ID(PARSER_ssdp, F_METHOD), in->at, starts[start].method_len);
	for (unsigned n = 0; n < LINES_MAX && take_line(in, &line); n++)
		if (n > 0)
			read_header(p, line);
	cur_skip(in, cur_left(in));
	return PARSE_MORE;
}

const struct app_parser ssdp_parser = {
	.name = "ssdp", .spec = "UPnP Device Architecture 2.0",
	.udp = true, .ports = { 1900 },
	.role = ROLE_NAME_LOOKUP, .role_confidence = 60,
	.probe = ssdp_probe, .parse = ssdp_parse,
	.fields = ssdp_fields, .n_fields = ARRAY_LEN(ssdp_fields),
};
