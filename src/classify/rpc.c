/* SPDX-License-Identifier: Apache-2.0 */
/* rpc.c - ONC RPC (RFC 5531) with the port mapper (RFC 1833), MOUNT and NFS (RFC 1813, 7530): which
 * programs are called, from which host, which directories are mounted and which names looked up. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Call: | xid | 0 | rpc version 2 | program | version | procedure | credential | verifier | ...
 * Reply: | xid | 1 | 0 accepted or 1 denied | verifier | status | ..., all of 32 bits; credential and
 * verifier: flavour, length, octets. Over TCP a record mark comes first: last fragment 1, length 31. */
enum {
	CALL = 0, REPLY = 1, RPC_VERSION = 2, AUTH_MOST = 400,	/* RFC 5531, 8.2 */
	AUTH_NONE = 0, AUTH_SYS = 1, FLAVOUR_MOST = 6, STATUS_MOST = 5,
	PORTMAP = 100000, NFS = 100003, MOUNT = 100005, GETPORT = 3, MNT = 1,
	NFS2_LOOKUP = 4, NFS3_LOOKUP = 3, NFS3_CREATE = 8, NFS2_HANDLE = 32, HANDLE_MOST = 64,
	VERSION_MOST = 10, PROCEDURE_MOST = 64, NAME_MOST = 255,
	READ_MOST = 1024, RECORD_MOST = 1 << 22,
	MESSAGES_ENOUGH = 48,
};
static const uint32_t LAST_FRAGMENT = 0x80000000;
/* assigned or transient (13) */
static const uint32_t PROGRAM_LEAST = 100000, PROGRAM_MOST = 0x5fffffff;

enum { F_PROGRAM, F_VERSION, F_PROCEDURE, F_MACHINE, F_ASKED, F_PORT, F_DIRECTORY, F_NAME };

static const struct field rpc_fields[] = {
	[F_PROGRAM] = { "rpc.program", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "programs called: 100000 port mapper, 100003 NFS, 100005 MOUNT ..." },
	[F_VERSION] = { "rpc.program_version", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "versions of the programs called" },
	[F_PROCEDURE] = { "rpc.procedure", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "procedures called" },
	[F_MACHINE] = { "rpc.machine", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "machine name in AUTH_SYS credentials" },
	[F_ASKED] = { "rpc.portmap_program", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "programs that the port mapper is asked about" },
	[F_PORT] = { "rpc.portmap_port", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "ports that it answers" },
	[F_DIRECTORY] = { "rpc.mount_directory", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "directories that are mounted" },
	[F_NAME] = { "nfs.name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "names looked up or created in versions 2 and 3" },
};
#define ID(row) FIELD_ID(PARSER_rpc, row)

struct rpc_state {
	uint32_t getport_xid;
	uint8_t messages;
	bool getport;
};

struct call {
	uint32_t program, version, procedure;
	struct cursor credential;	/* of AUTH_SYS, else empty */
};

/* Opaque of at most `most` octets, padded to four (RFC 4506, 4.10). */
static bool
take_opaque(struct cursor *in, size_t most, struct cursor *value)
{
	size_t len = cur_be32(in);

	if (len > most)
		return false;
	*value = cur_sub(in, len);
	cur_skip(in, (4 - len % 4) % 4);
	return !in->short_read;
}

/* `in` stands behind the message type. */
static bool
read_call(struct cursor *in, struct call *c)
{
	uint32_t flavour;
	struct cursor verifier;

	if (cur_be32(in) != RPC_VERSION)
		return false;
	c->program = cur_be32(in);
	c->version = cur_be32(in);
	c->procedure = cur_be32(in);
	flavour = cur_be32(in);
	if (in->short_read || c->program < PROGRAM_LEAST || c->program > PROGRAM_MOST
	    || c->version > VERSION_MOST || c->procedure > PROCEDURE_MOST || flavour > FLAVOUR_MOST
	    || !take_opaque(in, AUTH_MOST, &c->credential))
		return false;
	if (flavour == AUTH_NONE && cur_left(&c->credential) != 0)
		return false;
	if (flavour != AUTH_SYS)
		c->credential.end = c->credential.at;
	flavour = cur_be32(in);
	return flavour <= FLAVOUR_MOST && take_opaque(in, AUTH_MOST, &verifier);
}

/* Accepted, a verifier and a status, to what the procedure returns. */
static bool
read_reply(struct cursor *in)
{
	uint32_t denied = cur_be32(in), flavour;
	struct cursor verifier;

	if (denied == 1)
		return cur_be32(in) <= 1 && !in->short_read;
	flavour = cur_be32(in);
	return denied == 0 && flavour <= FLAVOUR_MOST && take_opaque(in, AUTH_MOST, &verifier)
	    && cur_be32(in) <= STATUS_MOST && !in->short_read;
}

static enum probe_result
probe_message(struct cursor in, bool on_port)
{
	struct call c;
	uint32_t type;

	cur_skip(&in, 4);
	type = cur_be32(&in);
	if (in.short_read || type > REPLY)
		return PROBE_NO;
	if (type == REPLY)
		return on_port && read_reply(&in) ? PROBE_YES : PROBE_NO;
	return read_call(&in, &c) ? PROBE_YES : PROBE_NO;
}

/* What there is of type, RPC version and program. */
static bool
begins_message(struct cursor in)
{
	uint32_t type, version, program;

	cur_skip(&in, 4);
	type = cur_be32(&in);
	if (in.short_read)
		return true;
	version = cur_be32(&in);
	program = cur_be32(&in);
	if (type != CALL || in.short_read)
		return type <= REPLY;
	return version == RPC_VERSION && program >= PROGRAM_LEAST && program <= PROGRAM_MOST;
}

static enum probe_result
rpc_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint32_t mark;
	size_t len;

	if (p->datagram)
		return probe_message(in, on_port);
	mark = cur_be32(&in);
	len = mark & ~LAST_FRAGMENT;
	if (in.short_read)
		return PROBE_MORE;
	if ((mark & LAST_FRAGMENT) == 0 || len < 24 || len > RECORD_MOST || len % 4 != 0)
		return PROBE_NO;
	if (cur_left(&in) >= (len < READ_MOST ? len : READ_MOST))
		return probe_message(in, on_port);
	return begins_message(in) ? PROBE_MORE : PROBE_NO;
}

static void
put_name(struct parse *p, unsigned row, struct cursor *in)
{
	struct cursor name;

	if (take_opaque(in, NAME_MOST, &name) && text_printable(name))
		parse_cursor(p, ID(row), name);
}

static void
read_arguments(struct parse *p, struct rpc_state *st, const struct call *c, uint32_t xid,
    struct cursor in)
{
	struct cursor handle;

	if (c->program == PORTMAP && c->version == 2 && c->procedure == GETPORT) {
		uint32_t asked = cur_be32(&in);

		if (in.short_read)
			return;
		parse_uint(p, ID(F_ASKED), asked);
		st->getport_xid = xid;
		st->getport = true;
	} else if (c->program == MOUNT && c->procedure == MNT) {
		put_name(p, F_DIRECTORY, &in);
	} else if (c->program == NFS && c->version == 2 && c->procedure == NFS2_LOOKUP) {
		cur_skip(&in, NFS2_HANDLE);
		put_name(p, F_NAME, &in);
	} else if (c->program == NFS && c->version == 3
	    && (c->procedure == NFS3_LOOKUP || c->procedure == NFS3_CREATE)
	    && take_opaque(&in, HANDLE_MOST, &handle)) {
		put_name(p, F_NAME, &in);
	}
}

/* Stamp, machine name, uid, gid, gids (RFC 5531, appendix A). */
static void
read_credential(struct parse *p, struct cursor in)
{
	if (cur_left(&in) == 0)
		return;
	cur_skip(&in, 4);
	put_name(p, F_MACHINE, &in);
}

static bool
read_message(struct parse *p, struct rpc_state *st, struct cursor in)
{
	uint32_t xid = cur_be32(&in), type = cur_be32(&in), port;
	struct call c;

	if (type == CALL && read_call(&in, &c)) {
		parse_uint(p, ID(F_PROGRAM), c.program);
		parse_uint(p, ID(F_VERSION), c.version);
		parse_uint(p, ID(F_PROCEDURE), c.procedure);
		read_credential(p, c.credential);
		read_arguments(p, st, &c, xid, in);
		return true;
	}
	if (type != REPLY || !read_reply(&in))
		return false;
	port = cur_be32(&in);
	if (st->getport && xid == st->getport_xid && !in.short_read && port != 0
	    && port <= UINT16_MAX)
		parse_uint(p, ID(F_PORT), port);
	return true;
}

/* A record of a stream: what is read of it must be there, the rest is skipped. */
static enum parse_result
read_record(struct parse *p, struct rpc_state *st, struct cursor *in)
{
	struct cursor try = *in;
	uint32_t mark = cur_be32(&try);
	size_t len = mark & ~LAST_FRAGMENT, want = len < READ_MOST ? len : READ_MOST, have;

	if (try.short_read)
		return PARSE_MORE;
	if (len > RECORD_MOST || len < 12)
		return PARSE_WRONG;
	if (cur_left(&try) < want)
		return PARSE_MORE;
	if (!read_message(p, st, cur_sub(&try, want)))
		return PARSE_WRONG;
	have = cur_left(&try) < len - want ? cur_left(&try) : len - want;
	cur_skip(&try, have);
	p->skip = len - want - have;
	*in = try;
	/* the rest of a message of several fragments cannot be told apart */
	return (mark & LAST_FRAGMENT) == 0 ? PARSE_WRONG : PARSE_DONE;
}

static enum parse_result
rpc_parse(struct parse *p, struct cursor *in)
{
	struct rpc_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	if (p->datagram) {
		bool read = read_message(p, st, *in);

		cur_skip(in, cur_left(in));
		if (!read)
			return PARSE_WRONG;
		return ++st->messages >= MESSAGES_ENOUGH ? PARSE_DONE : PARSE_MORE;
	}
	while (cur_left(in) != 0) {
		enum parse_result result = read_record(p, st, in);

		if (result != PARSE_DONE)
			return result;
		if (++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser rpc_parser = {
	.name = "rpc", .spec = "RFC 5531",
	.tcp = true, .udp = true, .ports = { 111, 2049 },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 50, .state_size = sizeof(struct rpc_state),
	.probe = rpc_probe, .parse = rpc_parse,
	.fields = rpc_fields, .n_fields = ARRAY_LEN(rpc_fields),
};
