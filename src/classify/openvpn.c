/* SPDX-License-Identifier: Apache-2.0 */
/* openvpn.c - OpenVPN over UDP and TCP: that there is a tunnel, and how its handshake is guarded. Only
 * flows whose beginning is seen are recognised. */
#include "macros.h"
#include "parser.h"

/* A packet begins with opcode 5, key id 3 (openvpn-rfc, 3); over TCP its length comes before it, 16
 * bits. A hard reset, the first of each side:
 *
 *	plain:     | opcode | session 64 | acks 8 | packet id 32 = 0 |
 *	tls-auth:  | opcode | session 64 | HMAC | replay id 32 = 1 | time 32 | acks 8 | packet id 32 = 0 |
 *	tls-crypt: | opcode | session 64 | replay id 32 = 1 | time 32 | HMAC 256 | encrypted ... |
 *
 * With acks: their packet ids, then the session they are for. */
enum {
	HARD_RESET_CLIENT = 7, HARD_RESET_SERVER = 8, HARD_RESET_CLIENT_V3 = 10,
	SESSION_OCTETS = 8, TLS_CRYPT_OCTETS = 54, TLS_CRYPT_V2_LEAST = 54 + 128,
	ACKS_MAX = 8, MESSAGE_MOST = 2048, TIME_SLACK_S = 2 * 86400,
	REPLAY_FIRST = 1,	/* in the low half: newer clients say more in the high one */
};

enum { F_OPCODE, F_GUARD };

static const struct field openvpn_fields[] = {
	[F_OPCODE] = { "openvpn.reset", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hard resets seen: client, server" },
	[F_GUARD] = { "openvpn.guard", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "none, tls-auth, tls-crypt or tls-crypt-v2" },
};
#define ID(row) FIELD_ID(PARSER_openvpn, row)

enum guard { GUARD_UNKNOWN, GUARD_NONE, GUARD_AUTH, GUARD_CRYPT, GUARD_CRYPT_V2 };

struct openvpn_state {
	bool client, server;
};

/* Acks and packet id 0, to the end. */
static bool
plain_tail(struct cursor in)
{
	uint8_t acks = cur_u8(&in);

	if (acks > ACKS_MAX)
		return false;
	for (unsigned i = 0; i < acks; i++)
		if (cur_be32(&in) != 0)	/* the other side's reset is its packet 0 */
			return false;
	if (acks != 0)
		cur_skip(&in, SESSION_OCTETS);
	return cur_be32(&in) == 0 && !in.short_read && cur_left(&in) == 0;
}

/* A replay id that begins, and a time that is about now. */
static bool
replay_sound(const struct parse *p, struct cursor *in)
{
	uint32_t id = cur_be32(in), time = cur_be32(in);
	uint64_t now = p->now_us / 1000000;

	return (id & 0xffff) == REPLAY_FIRST && time + UINT64_C(0) + TIME_SLACK_S >= now
	    && time <= now + TIME_SLACK_S;
}

/* Which hard reset the packet is, by its guard; GUARD_UNKNOWN: none. */
static enum guard
reset_of(const struct parse *p, struct cursor in)
{
	static const uint8_t hmacs[] = { 16, 20, 28, 32, 48, 64 };
	size_t len = cur_left(&in);
	uint8_t first = cur_u8(&in), opcode = first >> 3;
	struct cursor c;

	if ((first & 7) != 0 || (opcode != HARD_RESET_CLIENT && opcode != HARD_RESET_SERVER
	    && opcode != HARD_RESET_CLIENT_V3))
		return GUARD_UNKNOWN;
	cur_skip(&in, SESSION_OCTETS);
	c = in;
	if (opcode == HARD_RESET_CLIENT_V3)
		return len >= TLS_CRYPT_V2_LEAST && replay_sound(p, &c) ? GUARD_CRYPT_V2
		    : GUARD_UNKNOWN;
	if (plain_tail(in))
		return GUARD_NONE;
	if (len >= TLS_CRYPT_OCTETS && len <= TLS_CRYPT_OCTETS + 4 * ACKS_MAX + SESSION_OCTETS + 64
	    && replay_sound(p, &c))
		return GUARD_CRYPT;
	for (size_t i = 0; i < sizeof(hmacs); i++) {
		c = in;
		cur_skip(&c, hmacs[i]);
		if (replay_sound(p, &c) && plain_tail(c))
			return GUARD_AUTH;
	}
	return GUARD_UNKNOWN;
}

/* Over TCP: the packet behind its length. False: not whole yet, or not one. */
static enum probe_result
take_packet(const struct parse *p, struct cursor *in, struct cursor *packet)
{
	size_t len;
	struct cursor try = *in;

	if (p->datagram) {
		*packet = *in;
		cur_skip(in, cur_left(in));
		return PROBE_YES;
	}
	len = cur_be16(&try);
	*packet = cur_sub(&try, len);
	if (len > MESSAGE_MOST || (len == 0 && !try.short_read))
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	*in = try;
	return PROBE_YES;
}

static enum probe_result
openvpn_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct cursor packet;
	uint8_t opcode = cur_peek(&in, 2) >> 3;
	enum probe_result result;

	(void)on_port;
	if (!p->datagram && cur_left(&in) >= 3 && opcode != HARD_RESET_CLIENT
	    && opcode != HARD_RESET_SERVER && opcode != HARD_RESET_CLIENT_V3)
		return PROBE_NO;
	result = take_packet(p, &in, &packet);
	if (result != PROBE_YES)
		return result;
	return reset_of(p, packet) != GUARD_UNKNOWN ? PROBE_YES : PROBE_NO;
}

static enum parse_result
openvpn_parse(struct parse *p, struct cursor *in)
{
	static const char *const guards[] = {
		[GUARD_NONE] = "none", [GUARD_AUTH] = "tls-auth", [GUARD_CRYPT] = "tls-crypt",
		[GUARD_CRYPT_V2] = "tls-crypt-v2"
	};
	static const uint8_t lengths[] = { 0, 4, 8, 9, 12 };
	struct openvpn_state *st = p->state;
	struct cursor packet;

	p->reasons |= REASON_ENCRYPTED;
	while (!p->gap && cur_left(in) != 0) {
		enum probe_result have = take_packet(p, in, &packet);
		enum guard guard;
		bool server;

		if (have != PROBE_YES)
			return have == PROBE_MORE ? PARSE_MORE : PARSE_WRONG;
		guard = reset_of(p, packet);
		if (guard == GUARD_UNKNOWN && !st->client && !st->server)
			return PARSE_WRONG;
		if (guard == GUARD_UNKNOWN)
			return PARSE_DONE;	/* the handshake, encrypted or TLS inside */
		server = cur_peek(&packet, 0) >> 3 == HARD_RESET_SERVER;
		*(server ? &st->server : &st->client) = true;
		parse_text(p, ID(F_OPCODE), server ? "server" : "client", 6);
		parse_text(p, ID(F_GUARD), guards[guard], lengths[guard]);
		p->reversed = server && p->dir == TO_SERVER && p->flow->pkts[TO_CLIENT] == 0;
	}
	return (st->client && st->server) || p->gap ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser openvpn_parser = {
	.name = "openvpn", .spec = "OpenVPN protocol, openvpn-rfc",
	.tcp = true, .udp = true, .ports = { 1194 },
	/* over UDP the opcode; over TCP a length, below 2048 */
	.begins = { { 0, 0x08 }, { HARD_RESET_CLIENT << 3, HARD_RESET_CLIENT << 3 },
	    { HARD_RESET_SERVER << 3, HARD_RESET_SERVER << 3 },
	    { HARD_RESET_CLIENT_V3 << 3, HARD_RESET_CLIENT_V3 << 3 } },
	.role = ROLE_TUNNEL, .role_confidence = 90, .state_size = sizeof(struct openvpn_state),
	.probe = openvpn_probe, .parse = openvpn_parse,
	.fields = openvpn_fields, .n_fields = ARRAY_LEN(openvpn_fields),
};
