/* SPDX-License-Identifier: Apache-2.0 */
/* ftp.c - FTP control connections (RFC 959, 2228, 2428, 3659): who logs in, which files go which
 * way, and where the data connections are. Passwords are never read. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Commands and replies are lines; a reply has three digits, then a space, or a dash when more
 * lines follow (RFC 959, 4.2). */
enum { LINE_MOST = 1024, COMMANDS_ENOUGH = 256, CODE_OCTETS = 3 };
enum { READY = 220, PASSIVE = 227, EXTENDED_PASSIVE = 229, FILE_STATUS = 213, AUTH_TLS = 234 };

enum {
	F_SERVER, F_USER, F_COMMAND, F_RETRIEVED, F_STORED, F_SIZE, F_DATA_ADDRESS, F_DATA_PORT,
	F_CODE
};

static const struct field ftp_fields[] = {
	[F_SERVER] = { "ftp.server", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "greeting of the server, its first line" },
	[F_USER] = { "ftp.user", FIELD_TEXT, MATCH_NONE, FIELD_MAY_IDENTIFY, NULL,
	    "name in USER (the password is never read)" },
	[F_COMMAND] = { "ftp.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "commands used, without what follows them" },
	[F_RETRIEVED] = { "ftp.retrieved", FIELD_TEXT, MATCH_URL_PATH, FIELD_MANY | FIELD_MAY_IDENTIFY,
	    NULL, "path of a RETR: the client fetches it" },
	[F_STORED] = { "ftp.stored", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "path of a STOR, STOU or APPE: the client sends it" },
	[F_SIZE] = { "ftp.size", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "octets of a file, as answered to SIZE (RFC 3659, 4)" },
	[F_DATA_ADDRESS] = { "ftp.data_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "end of a data connection that is waited at: PORT, EPRT, or the answer to PASV, EPSV" },
	[F_DATA_PORT] = { "ftp.data_port", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "port of a data connection that is waited at" },
	[F_CODE] = { "ftp.response_code", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "codes that the server answered with" },
};
#define ID(row) FIELD_ID(PARSER_ftp, row)

struct ftp_state {
	uint16_t commands;
	bool size_asked, greeted;
	uint16_t more;		/* code whose last line is awaited; 0: none */
};

static const char *const commands[] = {
	"abor", "acct", "adat", "allo", "appe", "auth", "ccc", "cdup", "clnt", "cwd", "dele",
	"eprt", "epsv", "feat", "help", "host", "lang", "list", "mdtm", "mfmt", "mkd", "mlsd",
	"mlst", "mode", "nlst", "noop", "opts", "pass", "pasv", "pbsz", "port", "prot", "pwd",
	"quit", "rein", "rest", "retr", "rmd", "rnfr", "rnto", "site", "size", "smnt", "stat",
	"stor", "stou", "stru", "syst", "type", "user", "xcwd", "xmkd", "xpwd", "xrmd",
};

/* The code at the start of a reply line, 0 when there is none. */
static uint16_t
code_of(struct cursor line)
{
	uint64_t code;
	struct cursor digits = cur_sub(&line, CODE_OCTETS);

	if (digits.short_read || !text_number(digits, 659, &code) || code < 110)
		return 0;
	if (cur_left(&line) != 0 && cur_peek(&line, 0) != ' ' && cur_peek(&line, 0) != '-')
		return 0;
	return (uint16_t)code;
}

static bool
is_command(struct cursor word)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (text_is(word, commands[i]))
			return true;
	return false;
}

/* A connection picked up on the port after its greeting: a command or a reply. */
static enum probe_result
probe_running(struct cursor in)
{
	struct cursor line;

	if (!text_line(&in, &line)) {
		if (cur_left(&in) > 1 && in.end[-1] == '\r')
			in.end--;
		return cur_left(&in) <= LINE_MOST && text_printable(in) ? PROBE_MORE : PROBE_NO;
	}
	if (!text_printable(line) || cur_left(&line) < CODE_OCTETS || code_of(line) == READY)
		return PROBE_NO;
	if (code_of(line) != 0)
		return cur_left(&line) > CODE_OCTETS + 2 ? PROBE_YES : PROBE_NO;
	return is_command(text_until(&line, ' ')) ? PROBE_YES : PROBE_NO;
}

/* A greeting. Mail servers greet alike, so elsewhere it must say what it is. */
static enum probe_result
probe_greeting(struct cursor in, bool on_port)
{
	struct cursor line;
	enum probe_result result = text_begins(in, "220");

	if (result != PROBE_YES)
		return result;
	if (!text_line(&in, &line))
		return cur_left(&in) > LINE_MOST ? PROBE_NO : PROBE_MORE;
	if (code_of(line) != READY || !text_printable(line) || text_has(line, "smtp"))
		return PROBE_NO;
	return on_port || text_has(line, "ftp") ? PROBE_YES : PROBE_NO;
}

static enum probe_result
ftp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	enum probe_result result = probe_greeting(in, on_port);

	(void)p;
	return result != PROBE_NO || !on_port ? result : probe_running(in);
}

/* --- where the data goes --- */

static void
put_data(struct parse *p, const struct addr *a, uint16_t port)
{
	if (port == 0)
		return;
	parse_addr(p, ID(F_DATA_ADDRESS), a);
	parse_uint(p, ID(F_DATA_PORT), port);
}

/* h1,h2,h3,h4,p1,p2 (RFC 959, 4.1.2), with something else before and behind. */
static void
read_six(struct parse *p, struct cursor text)
{
	uint8_t six[6];
	struct addr a;

	while (cur_left(&text) != 0 && (cur_peek(&text, 0) < '0' || cur_peek(&text, 0) > '9'))
		cur_skip(&text, 1);
	for (unsigned i = 0; i < sizeof(six); i++) {
		uint64_t n;
		struct cursor digits = text;

		while (cur_peek(&text, 0) >= '0' && cur_peek(&text, 0) <= '9')
			cur_skip(&text, 1);
		digits.end = text.at;
		if (!text_number(digits, 255, &n) || (i < 5 && cur_u8(&text) != ','))
			return;
		six[i] = (uint8_t)n;
	}
	a = addr_from_ipv4(six);
	put_data(p, &a, (uint16_t)(six[4] << 8 | six[5]));
}

/* |1|132.235.1.2|6275| (RFC 2428, 2), and |||6446| in the answer to EPSV (3), whose address is
 * the server's. Any octet may stand for the bar. */
static void
read_extended(struct parse *p, struct cursor text)
{
	struct addr a = p->flow->key.addr[flow_end_index(p->flow, p->dir)];
	struct cursor address, port;
	uint8_t bar = cur_u8(&text);
	char ip[ADDR_TEXT_MAX];
	uint64_t n;

	(void)text_until(&text, bar);	/* family: the address says it */
	address = text_until(&text, bar);
	port = text_until(&text, bar);
	if (cur_left(&address) >= sizeof(ip) || !text_number(port, UINT16_MAX, &n))
		return;
	if (cur_left(&address) != 0) {
		memcpy(ip, address.at, cur_left(&address));
		ip[cur_left(&address)] = '\0';
		if (addr_parse(&a, ip) != 0)
			return;
	}
	put_data(p, &a, (uint16_t)n);
}

/* --- lines --- */

static bool
read_command(struct parse *p, struct ftp_state *st, struct cursor line)
{
	struct cursor word = text_until(&line, ' ');

	if (!is_command(word))
		return true;	/* of another extension, or of a broken client */
	parse_cursor(p, ID(F_COMMAND), word);
	st->commands++;
	if (text_is(word, "user"))
		text_put(p, ID(F_USER), line);
	else if (text_is(word, "retr"))
		text_put(p, ID(F_RETRIEVED), line);
	else if (text_is(word, "stor") || text_is(word, "appe") || text_is(word, "stou"))
		text_put(p, ID(F_STORED), line);
	else if (text_is(word, "port"))
		read_six(p, line);
	else if (text_is(word, "eprt"))
		read_extended(p, line);
	if (text_is(word, "size"))
		st->size_asked = true;
	else if (text_is(word, "mdtm") || text_is(word, "stat"))	/* answered alike */
		st->size_asked = false;
	return !text_is(word, "quit");
}

static void
read_reply(struct parse *p, struct ftp_state *st, struct cursor line, uint16_t code)
{
	bool first = st->more == 0;
	uint64_t size;

	st->more = cur_peek(&line, CODE_OCTETS) == '-' ? code : 0;
	if (!first)
		return;
	parse_uint(p, ID(F_CODE), code);
	cur_skip(&line, cur_left(&line) > CODE_OCTETS ? CODE_OCTETS + 1 : CODE_OCTETS);
	if (code == READY && !st->greeted)
		text_put(p, ID(F_SERVER), text_trim(line));
	if (code == FILE_STATUS && st->size_asked && text_number(text_trim(line), INT64_MAX, &size))
		parse_uint(p, ID(F_SIZE), size);
	if (code == FILE_STATUS)
		st->size_asked = false;
	st->greeted = true;
	if (code != PASSIVE && code != EXTENDED_PASSIVE)
		return;
	(void)text_until(&line, '(');
	if (code == PASSIVE)
		read_six(p, line);
	else
		read_extended(p, line);
}

static enum parse_result
ftp_parse(struct parse *p, struct cursor *in)
{
	struct ftp_state *st = p->state;
	struct cursor line;

	if (!st->greeted && p->dir == TO_SERVER && code_of(*in) == READY)
		p->reversed = true;
	while (text_line(in, &line)) {
		bool from_server = (p->dir == TO_CLIENT) != p->reversed;
		uint16_t code = from_server ? code_of(line) : 0;

		if (p->gap || !text_printable(line))
			continue;	/* a line whose beginning is lost; Telnet's commands */
		if (!from_server && !read_command(p, st, line))
			return PARSE_DONE;
		if (code != 0 && (st->more == 0 || code == st->more))
			read_reply(p, st, line, code);
		if (code == AUTH_TLS) {
			p->next = PARSER_tls;
			return PARSE_MORE;
		}
		if (st->commands >= COMMANDS_ENOUGH)
			return PARSE_DONE;
	}
	return cur_left(in) > LINE_MOST ? PARSE_WRONG : PARSE_MORE;
}

const struct app_parser ftp_parser = {
	.name = "ftp", .spec = "RFC 959",
	.tcp = true, .ports = { 21 }, .begins = { { '1', '6' }, { 'A', 'Z' }, { 'a', 'z' } },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 80, .state_size = sizeof(struct ftp_state),
	.probe = ftp_probe, .parse = ftp_parse,
	.fields = ftp_fields, .n_fields = ARRAY_LEN(ftp_fields),
};
