/* SPDX-License-Identifier: Apache-2.0 */
/* rtp.c - RTP and RTCP (RFC 3550, 3551, 5761): live sound and pictures. The header has no magic, so
 * a flow is claimed only after several packets of one source in order, or by a whole compound of
 * RTCP with its source's name. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* | V=2 2 | P 1 | X 1 | CC 4 | M 1 | PT 7 | sequence 16 | timestamp 32 | SSRC 32 | (5.1) */
enum {
	VERSION_2 = 0x80, PADDING = 0x20, EXTENSION = 0x10,
	HEADER_OCTETS = 12, PACKET_MOST = 1472, PORT_LEAST = 1024,
	/* Payload types (RFC 3551, 6): 0 to 34 assigned, 96 to 127 dynamic; 64 to 95 look like RTCP. */
	PT_STATIC_MOST = 34, PT_DYNAMIC = 96,
	SEQUENCE_STEP_MOST = 8,	/* lost or late between two packets in a row */
	PACKETS_CLAIM = 5, RTCP_CLAIM = 2, SOURCES = 2, MISFITS_MOST = 3,
	PACKETS_ENOUGH = 16, PACKETS_UNSURE = 40,
	SRTCP_TAIL_LEAST = 8,	/* index and the shortest tag in use */
};
enum { RTCP_FIRST = 192, SR = 200, RR, SDES, BYE, APP, RTPFB, PSFB, XR, RTCP_LAST = 211 };
enum { CNAME = 1 };

enum { F_SSRC, F_PAYLOAD_TYPE, F_CNAME, F_RTCP };

static const struct field rtp_fields[] = {
	[F_SSRC] = { "rtp.ssrc", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "synchronization sources, one for each direction" },
	[F_PAYLOAD_TYPE] = { "rtp.payload_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "payload types (RFC 3551); 96 and more are agreed upon elsewhere" },
	[F_CNAME] = { "rtcp.cname", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "canonical name of a source: often user@host" },
	[F_RTCP] = { "rtcp.packet_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "types of RTCP packets: 200 sender report, 201 receiver report ..." },
};
#define ID(row) FIELD_ID(PARSER_rtp, row)

struct source {
	uint32_t ssrc;
	uint16_t sequence;
	uint8_t type, in_order;		/* packets; 0: free */
};

struct rtp_state {
	struct source source[2][SOURCES];	/* by the flow key's end: sound and pictures */
	uint32_t reporter;		/* source of the last encrypted report */
	uint8_t rtcp, packets, misfits;
};

struct packet_head {
	uint8_t type;
	uint16_t sequence;
	uint32_t ssrc;
};

static bool
is_rtcp(struct cursor in)
{
	uint8_t type = cur_peek(&in, 1);

	return type >= RTCP_FIRST && type <= RTCP_LAST;
}

static bool
read_rtp(const struct parse *p, struct cursor in, struct packet_head *h)
{
	uint8_t first = cur_u8(&in);

	h->type = cur_u8(&in) & 0x7f;
	h->sequence = cur_be16(&in);
	cur_skip(&in, 4);
	h->ssrc = cur_be32(&in);
	cur_skip(&in, (first & 0x0f) * 4u);
	if ((first & EXTENSION) != 0) {
		cur_skip(&in, 2);
		cur_skip(&in, cur_be16(&in) * 4u);
	}
	if (in.short_read || (first & 0xc0) != VERSION_2 || h->ssrc == 0
	    || (h->type > PT_STATIC_MOST && h->type < PT_DYNAMIC))
		return false;
	if ((first & PADDING) != 0 && !p->truncated
	    && (cur_left(&in) == 0 || in.end[-1] == 0 || in.end[-1] > cur_left(&in)))
		return false;
	return cur_left(&in) != 0;
}

/* A compound (6.1): the first is a report, or one of feedback or a goodbye alone (RFC 5506);
 * lengths add up to the datagram. Returns how many packets, 0 when it is none. */
static unsigned
rtcp_packets(struct cursor in)
{
	unsigned n = 0;

	while (cur_left(&in) >= 8) {
		uint8_t first = cur_u8(&in), type = cur_u8(&in);
		size_t len = cur_be16(&in) * 4u;

		if ((first & 0xc0) != VERSION_2 || type < SR || type > XR || len > cur_left(&in)
		    || (type == SR && len < 24) || len < 4)
			return 0;
		if ((type == SR || type == RR)
		    && len < (type == SR ? 24u : 4u) + (first & 0x1f) * 24u)
			return 0;
		cur_skip(&in, len);
		n++;
	}
	return cur_left(&in) == 0 ? n : 0;
}

/* SRTCP (RFC 3711, 3.4): a report whose length fits its count of blocks, then what is encrypted, an
 * index and a tag. Two of one source prove it. */
static bool
is_encrypted_report(struct cursor in)
{
	uint8_t first = cur_u8(&in), type = cur_u8(&in);
	size_t words = cur_be16(&in);

	return (first & 0xe0) == VERSION_2 && (type == SR || type == RR)
	    && words == (first & 0x1f) * 6u + (type == SR ? 6 : 1)
	    && cur_left(&in) >= words * 4 + SRTCP_TAIL_LEAST;
}

static enum probe_result
rtp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct packet_head h;

	(void)on_port;
	if (!p->datagram || p->flow->key.port[0] < PORT_LEAST || p->flow->key.port[1] < PORT_LEAST
	    || cur_left(&in) > PACKET_MOST)
		return PROBE_NO;
	if (is_rtcp(in))
		return rtcp_packets(in) != 0 || is_encrypted_report(in) ? PROBE_YES : PROBE_NO;
	return read_rtp(p, in, &h) ? PROBE_YES : PROBE_NO;
}

/* Chunks: source, items (type, length, text), ended by a NUL and padded (6.5). */
static bool
find_cname(struct cursor chunk, struct cursor *name)
{
	cur_skip(&chunk, 4);
	while (cur_left(&chunk) != 0) {
		uint8_t type = cur_u8(&chunk);

		if (type == 0)
			return false;
		*name = cur_sub(&chunk, cur_u8(&chunk));
		if (chunk.short_read)
			return false;
		if (type == CNAME)
			return text_printable(*name);
	}
	return false;
}

/* Writes only once the flow is claimed. Is there a name in it? */
static bool
read_rtcp(struct parse *p, struct cursor in, bool write)
{
	bool named = false;
	struct cursor name;

	while (cur_left(&in) >= 4) {
		uint8_t type;
		struct cursor body;

		cur_skip(&in, 1);
		type = cur_u8(&in);
		body = cur_sub(&in, cur_be16(&in) * 4u);
		if (write)
			parse_uint(p, ID(F_RTCP), type);
		if (type != SDES || !find_cname(body, &name))
			continue;
		named = true;
		if (write)
			parse_cursor(p, ID(F_CNAME), name);
	}
	return named;
}

/* Does the packet go on where the last one of its source was? A source that is new takes the place of
 * the one that has said least. */
static bool
goes_on(struct rtp_state *st, unsigned end, const struct packet_head *h)
{
	struct source *s = &st->source[end][0];
	bool free_one;

	for (unsigned i = 0; i < SOURCES; i++) {
		struct source *other = &st->source[end][i];
		uint16_t step = (uint16_t)(h->sequence - other->sequence);

		if (other->in_order != 0 && other->ssrc == h->ssrc && other->type == h->type
		    && step != 0 && step <= SEQUENCE_STEP_MOST) {
			other->sequence = h->sequence;
			other->in_order += other->in_order < UINT8_MAX;
			return true;
		}
		if (other->in_order < s->in_order)
			s = other;
	}
	free_one = s->in_order == 0;
	*s = (struct source){ h->ssrc, h->sequence, h->type, 1 };
	return free_one;
}

static bool
is_claimed(const struct rtp_state *st)
{
	for (unsigned i = 0; i < SOURCES; i++)
		if (st->source[0][i].in_order >= PACKETS_CLAIM
		    || st->source[1][i].in_order >= PACKETS_CLAIM)
			return true;
	return st->rtcp >= RTCP_CLAIM;
}

/* One that does not fit is let pass a few times: encrypted reports, a third source. */
static bool
is_misfit(struct rtp_state *st)
{
	return !is_claimed(st) && ++st->misfits > MISFITS_MOST;
}

static void
take_reports(struct parse *p, struct rtp_state *st, struct cursor in)
{
	/* A name in a compound is proof at once. */
	st->rtcp += rtcp_packets(in) > 1 && read_rtcp(p, in, false) ? RTCP_CLAIM : 1;
	if (is_claimed(st))
		(void)read_rtcp(p, in, true);
}

static void
take_encrypted(struct parse *p, struct rtp_state *st, struct cursor in)
{
	uint8_t type = cur_peek(&in, 1);
	uint32_t reporter;

	cur_skip(&in, 4);
	reporter = cur_be32(&in);
	st->rtcp = st->rtcp == 0 || st->reporter == reporter ? st->rtcp + 1 : st->rtcp;
	st->reporter = reporter;
	p->reasons |= REASON_ENCRYPTED;
	if (is_claimed(st))
		parse_uint(p, ID(F_RTCP), type);
}

/* Does it belong here? */
static bool
take(struct parse *p, struct rtp_state *st, struct cursor in, struct packet_head *h)
{
	if (cur_peek(&in, 0) < VERSION_2)
		return true;	/* STUN, keys and the like on the same ports (RFC 7983) */
	if (!is_rtcp(in))
		return read_rtp(p, in, h) && goes_on(st, flow_end_index(p->flow, p->dir), h);
	if (rtcp_packets(in) != 0)
		take_reports(p, st, in);
	else if (is_encrypted_report(in))
		take_encrypted(p, st, in);
	else
		return false;
	return true;
}

static enum parse_result
rtp_parse(struct parse *p, struct cursor *in)
{
	struct rtp_state *st = p->state;
	struct packet_head h = { 0 };

	if (!take(p, st, *in, &h) && is_misfit(st))
		return PARSE_WRONG;
	cur_skip(in, cur_left(in));
	st->packets += st->packets < UINT8_MAX;
	p->unsure = !is_claimed(st);
	if (p->unsure)
		return st->packets > PACKETS_UNSURE ? PARSE_WRONG : PARSE_MORE;
	if (h.ssrc != 0) {
		parse_uint(p, ID(F_SSRC), h.ssrc);
		parse_uint(p, ID(F_PAYLOAD_TYPE), h.type);
	}
	return st->packets >= PACKETS_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser rtp_parser = {
	.name = "rtp", .spec = "RFC 3550",
	.udp = true, .begins = { { 0x80, 0xbf } },
	.role = ROLE_MEDIA, .role_confidence = 70, .state_size = sizeof(struct rtp_state),
	.probe = rtp_probe, .parse = rtp_parse,
	.fields = rtp_fields, .n_fields = ARRAY_LEN(rtp_fields),
};
