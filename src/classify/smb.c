/* SPDX-License-Identifier: Apache-2.0 */
/* smb.c - SMB 1, 2 and 3 ([MS-CIFS], [MS-SMB2], [MS-NLMP]): which host and user, which shares. File
 * contents are stepped over. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* | 0 8 | length 24 | message (RFC 1002, 4.3.1: 17 bits of length; all 24 on port 445)
 * Messages begin with ff (SMB 1), fe (SMB 2), fd (encrypted) or fc (compressed), and "SMB". */
enum {
	SESSION_MESSAGE = 0, SESSION_REQUEST = 0x81, SESSION_KEEPALIVE = 0x85,
	SMB1 = 0xff, SMB2 = 0xfe, SMB3_ENCRYPTED = 0xfd, SMB3_COMPRESSED = 0xfc,
	SMB1_HEADER = 32, SMB2_HEADER = 64,
	READ_MOST = 2048,		/* octets of a message that are looked at */
	SMB1_TREE = 0x75, SMB2_TREE = 3, SMB2_NEGOTIATE = 0, SMB2_FLAG_REPLY = 1,
	SMB1_FLAG_REPLY = 0x80, SMB1_UNICODE = 0x80,
	NTLM_AUTHENTICATE = 3,
	MESSAGES_ENOUGH = 32, NAME_MOST = 256,
};

enum { F_VERSION, F_DIALECT, F_TREE, F_HOST, F_USER, F_DOMAIN };

static const struct field smb_fields[] = {
	[F_VERSION] = { "smb.version", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL, "1, 2 or 3" },
	[F_DIALECT] = { "smb.dialect", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "SMB 2 dialect that the server took: 514 is 2.0.2, 785 is 3.1.1" },
	[F_TREE] = { "smb.tree", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "shares that are connected to: \\\\server\\share" },
	[F_HOST] = { "smb.host", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "workstation name in NTLM ([MS-NLMP], 2.2.1.3)" },
	[F_USER] = { "smb.user", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "user name in NTLM" },
	[F_DOMAIN] = { "smb.domain", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "domain of the user in NTLM" },
};
#define ID(row) FIELD_ID(PARSER_smb, row)

struct smb_state {
	uint8_t messages;
};

static bool
is_message(struct cursor in)
{
	uint8_t first = cur_u8(&in);

	return first >= SMB3_COMPRESSED && text_begins(in, "SMB") == PROBE_YES;
}

static enum probe_result
smb_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t type = cur_u8(&in);
	uint32_t len = cur_be24(&in);

	(void)p;
	if (type == SESSION_REQUEST && on_port) {	/* two names of 34 octets */
		if (in.short_read || cur_left(&in) == 0)
			return PROBE_MORE;
		return len == 68 && cur_u8(&in) == 32 ? PROBE_YES : PROBE_NO;
	}
	if (type != SESSION_MESSAGE)
		return PROBE_NO;
	if (in.short_read || cur_left(&in) < 4)
		return PROBE_MORE;
	return len >= SMB1_HEADER && is_message(in) ? PROBE_YES : PROBE_NO;
}

/* UTF-16, little endian, of which the ASCII is kept and anything else is a question mark. */
static void
put_utf16(struct parse *p, unsigned row, struct cursor text)
{
	char out[NAME_MOST];
	size_t n = 0;

	while (cur_left(&text) >= 2 && n < sizeof(out)) {
		uint16_t c = cur_le16(&text);

		if (c == 0)
			break;
		out[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	if (n != 0)
		parse_text(p, ID(row), out, n);
}

/* Length, room, offset from the start of the NTLM message. */
static struct cursor
ntlm_text(struct cursor *in, struct cursor message)
{
	size_t len = cur_le16(in), offset;

	cur_skip(in, 2);
	offset = cur_le32(in);
	cur_skip(&message, offset);
	return cur_sub(&message, len);
}

/* An AUTHENTICATE_MESSAGE anywhere in a session setup, whatever wraps it. */
static void
find_ntlm(struct parse *p, struct cursor in)
{
	static const uint8_t magic[] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };
	struct cursor message, domain, user, host;

	while (cur_left(&in) >= sizeof(magic) && memcmp(in.at, magic, sizeof(magic)) != 0)
		cur_skip(&in, 1);
	message = in;
	cur_skip(&in, sizeof(magic));
	if (cur_le32(&in) != NTLM_AUTHENTICATE)
		return;
	cur_skip(&in, 16);	/* LM and NT responses */
	domain = ntlm_text(&in, message);
	user = ntlm_text(&in, message);
	host = ntlm_text(&in, message);
	if (in.short_read)
		return;
	put_utf16(p, F_DOMAIN, domain);
	put_utf16(p, F_USER, user);
	put_utf16(p, F_HOST, host);
}

/* [MS-CIFS], 2.2.4.55.1, 2.2.4.53.1: words, then octets. */
static void
read_smb1(struct parse *p, struct cursor in)
{
	uint8_t command, flags, flags2;
	size_t password;
	struct cursor all = in;

	cur_skip(&in, 4);
	command = cur_u8(&in);
	cur_skip(&in, 4);
	flags = cur_u8(&in);
	cur_skip(&in, 1);
	flags2 = cur_u8(&in);
	cur_skip(&in, SMB1_HEADER - 12);
	parse_uint(p, ID(F_VERSION), 1);
	if ((flags & SMB1_FLAG_REPLY) != 0)
		return;
	find_ntlm(p, all);
	if (command != SMB1_TREE || cur_u8(&in) != 4)
		return;
	cur_skip(&in, 6);
	password = cur_le16(&in);
	cur_skip(&in, 2 + password);
	if ((flags2 & SMB1_UNICODE) == 0) {
		struct cursor path = text_until(&in, '\0');

		if (text_printable(path))
			parse_cursor(p, ID(F_TREE), path);
		return;
	}
	if ((in.at - all.at) % 2 != 0)
		cur_skip(&in, 1);
	put_utf16(p, F_TREE, in);
}

/* [MS-SMB2], 2.2.1, 2.2.4, 2.2.9. */
static void
read_smb2(struct parse *p, struct cursor in)
{
	struct cursor all = in, path;
	uint16_t command, dialect;
	size_t offset, len;
	bool reply;

	cur_skip(&in, 12);
	command = cur_le16(&in);
	cur_skip(&in, 2);
	reply = (cur_le32(&in) & SMB2_FLAG_REPLY) != 0;
	cur_skip(&in, SMB2_HEADER - 20);
	if (command == SMB2_NEGOTIATE && reply && cur_le16(&in) == 65) {
		cur_skip(&in, 2);
		dialect = cur_le16(&in);
		if (!in.short_read && dialect != 0x02ff)
			parse_uint(p, ID(F_DIALECT), dialect);
		if (!in.short_read)
			parse_uint(p, ID(F_VERSION), dialect >= 0x0300 && dialect < 0x0400 ? 3 : 2);
	} else if (command == SMB2_TREE && !reply && cur_le16(&in) == 9) {
		cur_skip(&in, 2);
		offset = cur_le16(&in);
		len = cur_le16(&in);
		cur_skip(&all, offset);
		path = cur_sub(&all, len);
		if (!in.short_read && !path.short_read)
			put_utf16(p, F_TREE, path);
	} else if (command == 1 && !reply) {	/* SESSION_SETUP */
		find_ntlm(p, in);
	}
}

static void
read_message(struct parse *p, struct cursor in)
{
	uint8_t first = cur_peek(&in, 0);

	if (first == SMB1 && cur_left(&in) >= SMB1_HEADER)
		read_smb1(p, in);
	else if (first == SMB2 && cur_left(&in) >= SMB2_HEADER)
		read_smb2(p, in);
	else if (first == SMB3_ENCRYPTED)
		p->reasons |= REASON_ENCRYPTED;
}

static enum parse_result
smb_parse(struct parse *p, struct cursor *in)
{
	struct smb_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		uint8_t type = cur_u8(&try);
		size_t len = cur_be24(&try), want = len < READ_MOST ? len : READ_MOST, have;
		bool encrypted;

		if (try.short_read)
			return PARSE_MORE;
		if (type != SESSION_MESSAGE && (type < SESSION_REQUEST || type > SESSION_KEEPALIVE))
			return PARSE_WRONG;
		if (cur_left(&try) < want)
			return PARSE_MORE;
		if (type == SESSION_MESSAGE && len != 0 && !is_message(try))
			return PARSE_WRONG;
		encrypted = len != 0 && cur_peek(&try, 0) == SMB3_ENCRYPTED;
		if (type == SESSION_MESSAGE)
			read_message(p, cur_sub(&try, want));
		else
			cur_skip(&try, want);
		have = cur_left(&try) < len - want ? cur_left(&try) : len - want;
		cur_skip(&try, have);
		p->skip = len - want - have;
		*in = try;
		if (encrypted || ++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser smb_parser = {
	.name = "smb", .spec = "[MS-SMB2], [MS-CIFS]",
	.tcp = true, .ports = { 445, 139 },
	.begins = { { 0, SESSION_MESSAGE + 1 }, { SESSION_REQUEST, SESSION_REQUEST } },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 60, .state_size = sizeof(struct smb_state),
	.probe = smb_probe, .parse = smb_parse,
	.fields = smb_fields, .n_fields = ARRAY_LEN(smb_fields),
};
