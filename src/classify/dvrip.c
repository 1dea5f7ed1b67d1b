/* SPDX-License-Identifier: Apache-2.0 */
/* dvrip.c - DVRIP (Sofia, NETsurveillance) of Xiongmai cameras and recorders: who logs in, what is
 * asked for, and what a device says of itself. Spec: Xiongmai "Digital Video Recorder Interface
 * Protocol" 1.0, clauses 3 and 4; ids as in github.com/OpenIPC/python-dvr. */
#include <string.h>

#include "json_text.h"
#include "macros.h"
#include "parser.h"
#include "text.h"

/* | ff | version 0 or 1 | 0 16 | session 32 | sequence 32 | packets 8 | packet 8 | id 16 | length 32 |,
 * little endian, then JSON that ends in a line feed and mostly a zero, or data. */
enum {
	MAGIC = 0xff, VERSION_MOST = 1, LENGTH_MOST = 1 << 20,
	JSON_MOST = 2048,	/* octets of it that are read */
	NEWS_ENOUGH = 64, MESSAGES_ENOUGH = 1024,
};
enum message_id { LOGIN = 1000, SEARCH = 1530 };

enum { F_MESSAGE, F_USER, F_CLIENT, F_OPERATION, F_TYPE, F_SOFTWARE, F_HARDWARE, F_SERIAL, F_MAC };

static const struct field dvrip_fields[] = {
	[F_MESSAGE] = { "dvrip.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "login, keepalive, system_info, config_set, live, upgrade ..." },
	[F_USER] = { "dvrip.user", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "user name of a login" },
	[F_CLIENT] = { "dvrip.client", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "kind of client that logs in: DVRIP-Web, DVRIP-Mobile ..." },
	[F_OPERATION] = { "dvrip.operation", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name of what is asked for: OPMonitor, OPMachine, OPSystemUpgrade ..." },
	[F_TYPE] = { "dvrip.device_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "kind of device that answers: DVR, IPC ..." },
	[F_SOFTWARE] = { "dvrip.software", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "software version of the device" },
	[F_HARDWARE] = { "dvrip.hardware", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hardware of the device" },
	[F_SERIAL] = { "dvrip.serial", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "serial number of the device: the name it has in its maker's cloud" },
	[F_MAC] = { "dvrip.mac", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hardware address that the device tells" },
};
#define ID(row) FIELD_ID(PARSER_dvrip, row)

struct dvrip_state {
	uint8_t news;
	uint16_t messages;
};

/* Ids come in pairs, a question and its answer; first and last id of each kind. */
static const struct kind {
	uint16_t first, last;
	bool binary;		/* what follows is no JSON, or need not be */
	const char *name;
} kinds[] = {
	{ 1000, 1001, false, "login" }, { 1002, 1003, false, "logout" },
	{ 1004, 1005, false, "force_logout" }, { 1006, 1007, false, "keepalive" },
	{ 1020, 1029, false, "system_info" }, { 1040, 1041, false, "config_set" },
	{ 1042, 1045, false, "config_get" }, { 1046, 1047, false, "timezone" },
	{ 1048, 1049, false, "ability_get" }, { 1360, 1361, false, "ability_get" },
	{ 1400, 1401, false, "ptz" }, { 1410, 1411, false, "live" }, { 1412, 1412, true, "live_data" },
	{ 1413, 1414, false, "live" }, { 1420, 1421, false, "playback" }, { 1422, 1426, true, "playback_data" },
	{ 1430, 1431, false, "talk" }, { 1432, 1433, true, "talk_data" }, { 1434, 1435, false, "talk" },
	{ 1440, 1443, false, "file_search" }, { 1446, 1447, false, "file_search" },
	{ 1450, 1451, false, "machine" }, { 1452, 1455, false, "time" }, { 1460, 1461, false, "disk" },
	{ 1470, 1489, false, "users" }, { 1500, 1507, false, "alarm" }, { 1520, 1521, false, "upgrade" },
	{ 1522, 1523, true, "upgrade_data" }, { 1524, 1525, false, "upgrade" },
	{ 1530, 1531, false, "search" }, { 1532, 1533, false, "network_set" },
	{ 1540, 1545, true, "config_file" }, { 1550, 1551, false, "keyboard" },
	{ 1560, 1561, false, "snapshot" }, { 1562, 1562, true, "snapshot_data" },
	{ 1590, 1591, false, "time" }, { 1600, 1607, true, "serial_port" },
	{ 1644, 1646, false, "account" }, { 1650, 1671, false, "account" },
	{ 2012, 2013, false, "log" }, { 2060, 2061, true, "upgrade_cloud" },
};

struct message {
	const struct kind *kind;
	uint16_t id;
	uint32_t len;
};

static const struct kind *
kind_of(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (id >= kinds[i].first && id <= kinds[i].last)
			return &kinds[i];
	return NULL;
}

static enum parse_result
read_head(struct cursor *in, struct message *m)
{
	uint8_t magic = cur_u8(in), version = cur_u8(in);
	uint16_t zero = cur_le16(in);

	if (magic != MAGIC || version > VERSION_MOST || zero != 0)
		return PARSE_WRONG;
	cur_skip(in, 10);	/* session, sequence, packets */
	m->id = cur_le16(in);
	m->len = cur_le32(in);
	if (in->short_read)
		return PARSE_MORE;
	m->kind = kind_of(m->id);
	return m->len <= LENGTH_MOST ? PARSE_DONE : PARSE_WRONG;
}

/* A question that names itself: JSON, or a search, which has nothing behind its head. */
static enum probe_result
dvrip_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;

	switch (read_head(&in, &m)) {
	case PARSE_WRONG:	return PROBE_NO;
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	case PARSE_DONE:	break;
	}
	if (m.kind == NULL || (p->datagram && m.len != cur_left(&in) && !p->truncated))
		return PROBE_NO;
	if (m.len == 0)
		return on_port && (m.id == SEARCH || !p->datagram) ? PROBE_YES : PROBE_NO;
	if (cur_left(&in) < 2)
		return p->datagram ? PROBE_NO : PROBE_MORE;
	if (cur_peek(&in, 0) == '{')
		return memchr(" \t\r\n\"", cur_peek(&in, 1), 5) != NULL ? PROBE_YES : PROBE_NO;
	return on_port && m.kind->binary ? PROBE_YES : PROBE_NO;
}

static bool
put_member(struct parse *p, unsigned row, struct cursor json, const char *quoted)
{
	struct cursor value;

	if (!json_text_find(json, quoted, &value) || !text_printable(value))
		return false;
	parse_cursor(p, ID(row), value);
	return true;
}

static void
read_json(struct parse *p, const struct message *m, struct cursor json)
{
	if (cur_peek(&json, 0) != '{')
		return;
	if (m->id == LOGIN) {
		put_member(p, F_USER, json, "\"UserName\"");
		put_member(p, F_CLIENT, json, "\"LoginType\"");
		return;			/* the rest is a password */
	}
	put_member(p, F_OPERATION, json, "\"Name\"");
	if (!put_member(p, F_TYPE, json, "\"DeviceType\""))
		put_member(p, F_TYPE, json, "\"DeviceType \"");	/* as firmware has it */
	put_member(p, F_SOFTWARE, json, "\"SoftWareVersion\"");
	put_member(p, F_HARDWARE, json, "\"HardWare\"");
	if (!put_member(p, F_SERIAL, json, "\"SerialNo\""))
		put_member(p, F_SERIAL, json, "\"SN\"");
	put_member(p, F_MAC, json, "\"MAC\"");
}

static enum parse_result
read_message(struct parse *p, struct dvrip_state *st, struct cursor *in)
{
	struct message m;
	enum parse_result result = read_head(in, &m);
	size_t want, rest;

	if (result != PARSE_DONE)
		return result;
	want = m.kind == NULL || m.kind->binary ? 0 : m.len < JSON_MOST ? m.len : JSON_MOST;
	if (p->datagram && want > cur_left(in))
		want = cur_left(in);
	if (cur_left(in) < want)
		return PARSE_MORE;
	if (m.kind != NULL)
		parse_text(p, ID(F_MESSAGE), m.kind->name, strlen(m.kind->name));
	if (m.id == LOGIN && p->dir == TO_CLIENT)
		p->reversed = true;
	read_json(p, &m, cur_sub(in, want));
	st->news += want != 0 && st->news < UINT8_MAX;
	st->messages++;
	rest = cur_left(in) < m.len - want ? cur_left(in) : m.len - want;
	cur_skip(in, rest);
	if (!p->datagram)
		p->skip = m.len - want - rest;
	return PARSE_DONE;
}

static enum parse_result
dvrip_parse(struct parse *p, struct cursor *in)
{
	struct dvrip_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		enum parse_result result = read_message(p, st, &try);

		if (result == PARSE_MORE && p->datagram)
			return p->truncated ? PARSE_MORE : PARSE_WRONG;
		if (result != PARSE_DONE)
			return result;
		*in = try;
		if (st->news >= NEWS_ENOUGH || st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser dvrip_parser = {
	.name = "dvrip", .spec = "Xiongmai DVRIP 1.0",
	.tcp = true, .udp = true, .ports = { 34567, 34569 }, .begins = { { MAGIC, MAGIC } },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 80, .state_size = sizeof(struct dvrip_state),
	.probe = dvrip_probe, .parse = dvrip_parse,
	.fields = dvrip_fields, .n_fields = ARRAY_LEN(dvrip_fields),
};
