/* SPDX-License-Identifier: Apache-2.0 */
/* ntp.c - network time (RFC 5905; SNTP: RFC 4330): which version, who asks, and how far the
 * answering clock is from its source. On its own port only. */
#include "macros.h"
#include "parser.h"

/* The header (RFC 5905, 7.3) has 48 octets:
 *
 *	| leap 2 | version 3 | mode 3 | stratum 8 | poll 8 | precision 8 |
 *	| root delay 32 | root dispersion 32 | reference id 32 | four time stamps 64 |
 *
 * Behind it extension fields (RFC 7822) and a MAC: key id 32, then the digest. */
enum {
	HEADER_OCTETS = 48, REFERENCE_OCTETS = 4,
	VERSION_MAX = 4, STRATUM_MAX = 16,	/* 16: not synchronized */
	STRATUM_PRIMARY = 1,		/* up to here the reference id is ASCII */
	POLL_LEAST = -8, POLL_MOST = 24,	/* log2 of seconds: wider than 4 to 17 of RFC 5905, 7.2 */
	PRECISION_LEAST = -32, PRECISION_MOST = 32,	/* log2 of seconds; 32: kept to itself */
	ROOT_SECONDS = 0x100,		/* no clock is this far off; whole seconds are the high half */
	EXTENSION_LEAST = 16,		/* RFC 7822, 7.5 */
	EXTENSIONS_MAX = 16,
};

enum {
	MODE_ACTIVE = 1, MODE_PASSIVE, MODE_CLIENT, MODE_SERVER, MODE_BROADCAST,
	MODE_CONTROL, MODE_PRIVATE
};

enum { F_VERSION, F_MODE, F_STRATUM, F_REFERENCE };

static const struct field ntp_fields[] = {
	[F_VERSION] = { "ntp.version", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "version of the first packet, 1 to 4" },
	[F_MODE] = { "ntp.mode", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "client, server, broadcast, symmetric_active or symmetric_passive" },
	[F_STRATUM] = { "ntp.stratum", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "of the server: 1 has the clock itself, 16 has no time, 0 sends a kiss" },
	[F_REFERENCE] = { "ntp.reference", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "clock of a server of stratum 1 (GPS, PPS ...), or its kiss code (RATE, DENY ...)" },
};

static const struct {
	const char *name;
	uint8_t len;
} modes[] = {
	[MODE_ACTIVE] = { "symmetric_active", 16 }, [MODE_PASSIVE] = { "symmetric_passive", 17 },
	[MODE_CLIENT] = { "client", 6 }, [MODE_SERVER] = { "server", 6 },
	[MODE_BROADCAST] = { "broadcast", 9 },
};

struct header {
	uint8_t version, mode, stratum;
	struct cursor reference;
};

/* No MAC, a key alone (crypto-NAK), or with DES (RFC 1305), MD5 or AES-CMAC (RFC 8573), SHA-1,
 * SHA-224, SHA-256, SHA-384, SHA-512. */
static bool
is_mac(size_t len)
{
	static const uint8_t lengths[] = { 0, 4, 12, 20, 24, 32, 36, 52, 68 };

	for (size_t i = 0; i < sizeof(lengths); i++)
		if (len == lengths[i])
			return true;
	return false;
}

/* What is behind the header: extension fields, then maybe a MAC. */
static bool
tail_fits(struct cursor in)
{
	for (unsigned n = 0; n < EXTENSIONS_MAX && !is_mac(cur_left(&in)); n++) {
		size_t len;

		cur_skip(&in, 2);	/* type */
		len = cur_be16(&in);
		if (in.short_read || len < EXTENSION_LEAST || len % 4 != 0
		    || len - 4 > cur_left(&in))
			return false;
		cur_skip(&in, len - 4);
	}
	return is_mac(cur_left(&in));
}

static bool
is_within(uint8_t octet, int least, int most)
{
	int value = (int8_t)octet;

	return value >= least && value <= most;
}

static bool
read_header(const struct parse *p, struct cursor in, struct header *h)
{
	struct cursor c = cur_sub(&in, HEADER_OCTETS);
	uint8_t first = cur_u8(&c), poll, precision;
	uint32_t delay, dispersion;

	h->version = first >> 3 & 7;
	h->mode = first & 7;
	h->stratum = cur_u8(&c);
	poll = cur_u8(&c);
	precision = cur_u8(&c);
	delay = cur_be32(&c);
	dispersion = cur_be32(&c);
	h->reference = cur_sub(&c, REFERENCE_OCTETS);
	cur_skip(&c, cur_left(&c));
	if (in.short_read || h->version < 1 || h->version > VERSION_MAX
	    || h->mode < MODE_ACTIVE || h->mode > MODE_BROADCAST || h->stratum > STRATUM_MAX)
		return false;
	return is_within(poll, POLL_LEAST, POLL_MOST)
	    && is_within(precision, PRECISION_LEAST, PRECISION_MOST)
	    && delay >> 16 < ROOT_SECONDS && dispersion >> 16 < ROOT_SECONDS
	    && (p->truncated || tail_fits(in));
}

/* Four octets of ASCII, the last ones may be 0. */
static void
read_reference(struct parse *p, struct cursor text)
{
	while (cur_left(&text) != 0 && text.end[-1] == 0)
		text.end--;
	for (size_t i = 0; i < cur_left(&text); i++)
		if (cur_peek(&text, i) < 0x20 || cur_peek(&text, i) > 0x7e)
			return;
	if (cur_left(&text) != 0)
		parse_cursor(p, FIELD_ID(PARSER_ntp, F_REFERENCE), text);
}

static enum probe_result
ntp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct header h;

	return on_port && read_header(p, in, &h) ? PROBE_YES : PROBE_NO;
}

static enum parse_result
ntp_parse(struct parse *p, struct cursor *in)
{
	uint8_t mode = cur_peek(in, 0) & 7;
	struct header h;

	/* Not ours to read, but nothing wrong on a flow between two time servers. */
	if (cur_left(in) != 0 && (mode == MODE_CONTROL || mode == MODE_PRIVATE))
		return PARSE_MORE;
	if (!read_header(p, *in, &h))
		return PARSE_WRONG;
	cur_skip(in, cur_left(in));
	parse_uint(p, FIELD_ID(PARSER_ntp, F_VERSION), h.version);
	parse_text(p, FIELD_ID(PARSER_ntp, F_MODE), modes[h.mode].name, modes[h.mode].len);
	if (h.mode == MODE_SERVER)
		parse_uint(p, FIELD_ID(PARSER_ntp, F_STRATUM), h.stratum);
	if (h.mode != MODE_CLIENT && h.stratum <= STRATUM_PRIMARY)
		read_reference(p, h.reference);
	p->reversed = h.mode == MODE_SERVER && p->dir == TO_SERVER
	    && p->flow->pkts[TO_CLIENT] == 0;
	return PARSE_MORE;
}

const struct app_parser ntp_parser = {
	.name = "ntp", .spec = "RFC 5905",
	.udp = true, .ports = { 123 },
	.role = ROLE_TIME, .role_confidence = 90,
	.probe = ntp_probe, .parse = ntp_parse,
	.fields = ntp_fields, .n_fields = ARRAY_LEN(ntp_fields),
};
