/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m_value.c - values in LwM2M: of the objects that say what the device is and what becomes of
 * its firmware (Core 1.2, E.4 and E.6), from plain text, TLV and SenML in CBOR (7.4.2, 7.4.5 and
 * 7.4.7; RFC 8428, 6). No measurement and no position is kept. */
#include "lwm2m.h"
#include "macros.h"
#include "text.h"

#define ID(row) FIELD_ID(PARSER_coap, row)

enum { TLVS_MAX = 64, RECORDS_MAX = 64, PAIRS_MAX = 16, NAME_MOST = 64 };
enum { OBJECT_SECURITY = 0, OBJECT_DEVICE = 3, OBJECT_FIRMWARE = 5 };

/* Resources whose values are told. */
static const struct known_value {
	uint8_t object, resource;
	uint8_t row;
	bool number;
} known_values[] = {
	{ OBJECT_SECURITY, 0, LWM2M_SERVER_URI, false },
	{ OBJECT_DEVICE, 0, LWM2M_MANUFACTURER, false },
	{ OBJECT_DEVICE, 1, LWM2M_MODEL, false },
	{ OBJECT_DEVICE, 2, LWM2M_SERIAL, false },
	{ OBJECT_DEVICE, 3, LWM2M_FIRMWARE_VERSION, false },
	{ OBJECT_DEVICE, 18, LWM2M_HARDWARE_VERSION, false },
	{ OBJECT_DEVICE, 19, LWM2M_SOFTWARE_VERSION, false },
	{ OBJECT_FIRMWARE, 1, LWM2M_FIRMWARE_URI, false },
	{ OBJECT_FIRMWARE, 3, LWM2M_FIRMWARE_STATE, true },
	{ OBJECT_FIRMWARE, 5, LWM2M_FIRMWARE_RESULT, true },
	{ OBJECT_FIRMWARE, 6, LWM2M_PACKAGE_NAME, false },
	{ OBJECT_FIRMWARE, 7, LWM2M_PACKAGE_VERSION, false },
};

static const struct known_value *
find_value(const struct lwm2m_path *path)
{
	for (size_t i = 0; i < ARRAY_LEN(known_values) && path->n >= 3; i++)
		if (known_values[i].object == path->number[0]
		    && known_values[i].resource == path->number[2])
			return &known_values[i];
	return NULL;
}

static void
put_text_value(struct parse *p, const struct lwm2m_path *path, struct cursor value)
{
	const struct known_value *k = find_value(path);
	uint64_t number;

	if (k == NULL)
		return;
	if (!k->number && text_printable(value))
		parse_cursor(p, ID(k->row), value);
	else if (k->number && text_number(value, UINT8_MAX, &number))
		parse_uint(p, ID(k->row), number);
}

static void
put_binary_value(struct parse *p, const struct lwm2m_path *path, struct cursor value)
{
	const struct known_value *k = find_value(path);

	if (k == NULL || !k->number) {
		put_text_value(p, path, value);
		return;
	}
	if (cur_left(&value) != 1 && cur_left(&value) != 2 && cur_left(&value) != 4)
		return;
	while (cur_left(&value) > 1)
		if (cur_u8(&value) != 0)
			return;
	parse_uint(p, ID(k->row), cur_u8(&value));
}

enum tlv_kind { TLV_INSTANCE, TLV_RESOURCE_INSTANCE, TLV_MULTIPLE, TLV_RESOURCE };

struct tlv {
	enum tlv_kind kind;
	uint16_t id;
	struct cursor value;
};

/* Type (kind 2, long id 1, octets of length 2, length 3), id, length, value (Core, 7.4.5). */
static bool
read_tlv(struct cursor *in, struct tlv *t)
{
	uint8_t type = cur_u8(in), wide = type >> 3 & 3;
	uint32_t len = type & 7;

	t->kind = (enum tlv_kind)(type >> 6);
	t->id = (type & 0x20) != 0 ? cur_be16(in) : cur_u8(in);
	if (wide != 0)
		len = wide == 1 ? cur_u8(in) : wide == 2 ? cur_be16(in) : cur_be24(in);
	t->value = cur_sub(in, len);
	return !in->short_read;
}

/* Resources of one instance. */
static void
read_resources(struct parse *p, struct lwm2m_path path, struct cursor in)
{
	struct tlv t;

	path.n = 3;
	for (unsigned i = 0; i < TLVS_MAX && cur_left(&in) != 0 && read_tlv(&in, &t); i++) {
		path.number[2] = t.id;
		if (t.kind == TLV_RESOURCE)
			put_binary_value(p, &path, t.value);
	}
}

static void
read_tlvs(struct parse *p, struct lwm2m_path path, struct cursor in)
{
	struct cursor first = in;
	struct tlv t;

	if (!read_tlv(&first, &t) || t.kind != TLV_INSTANCE) {
		read_resources(p, path, in);
		return;
	}
	for (unsigned i = 0; i < TLVS_MAX && cur_left(&in) != 0 && read_tlv(&in, &t); i++)
		if (t.kind == TLV_INSTANCE) {
			path.number[1] = t.id;
			read_resources(p, path, t.value);
		}
}

/* --- SenML in CBOR: a list of maps; a name goes on where the base name of an earlier one ends --- */

enum cbor_kind { CBOR_UINT, CBOR_NEGATIVE, CBOR_OCTETS, CBOR_TEXT, CBOR_LIST, CBOR_MAP, CBOR_TAG };
enum { BASE_NAME = 1, NAME = 0, VALUE = 2, TEXT_VALUE = 3 };

/* Head of an item (RFC 8949, 3): kind, and the number in it. Items without a length are not read. */
static bool
read_head(struct cursor *in, enum cbor_kind *kind, uint64_t *number)
{
	uint8_t first = cur_u8(in), size = first & 0x1f;

	*kind = (enum cbor_kind)(first >> 5);
	switch (size) {
	case 24:	*number = cur_u8(in); break;
	case 25:	*number = cur_be16(in); break;
	case 26:	*number = cur_be32(in); break;
	case 27:	*number = cur_be64(in); break;
	default:	*number = size; break;
	}
	return size < 28 && !in->short_read;
}

/* An item that is neither list nor map; `text`: its octets when it has any. */
static bool
read_item(struct cursor *in, enum cbor_kind *kind, uint64_t *number, struct cursor *text)
{
	*text = cursor_over(NULL, 0);
	if (!read_head(in, kind, number) || *kind == CBOR_LIST || *kind == CBOR_MAP
	    || *kind == CBOR_TAG)
		return false;
	if (*kind == CBOR_OCTETS || *kind == CBOR_TEXT)
		*text = cur_sub(in, *number < SIZE_MAX ? (size_t)*number : SIZE_MAX);
	return !in->short_read;
}

/* "/3/0/" and "1": where both are, or one alone. */
static bool
join_name(struct cursor base, struct cursor name, struct lwm2m_path *path)
{
	char text[NAME_MOST];
	size_t len = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct cursor part = i == 0 ? base : name;

		if (len == 0 && cur_peek(&part, 0) == '/')
			cur_skip(&part, 1);
		if (cur_left(&part) > sizeof(text) - len)
			return false;
		while (cur_left(&part) != 0)
			text[len++] = (char)cur_u8(&part);
	}
	return lwm2m_read_path(cursor_over(text, len), path);
}

/* What a map says of one resource. */
struct senml {
	struct cursor name, text;
	bool has_text, has_number;
	uint64_t number;
};

/* Labels are small numbers; -1 - n is written as n with another kind (RFC 8428, table 4). */
static bool
read_pair(struct cursor *in, struct cursor *base, struct senml *r)
{
	enum cbor_kind sign, kind;
	uint64_t label, number;
	struct cursor text;

	if (!read_head(in, &sign, &label) || !read_item(in, &kind, &number, &text))
		return false;
	if (sign == CBOR_NEGATIVE && label == BASE_NAME && kind == CBOR_TEXT)
		*base = text;
	else if (sign == CBOR_UINT && label == NAME && kind == CBOR_TEXT)
		r->name = text;
	else if (sign == CBOR_UINT && label == TEXT_VALUE && kind == CBOR_TEXT) {
		r->text = text;
		r->has_text = true;
	} else if (sign == CBOR_UINT && label == VALUE && kind == CBOR_UINT) {
		r->number = number;
		r->has_number = true;
	}
	return true;
}

static void
put_senml(struct parse *p, struct cursor base, const struct senml *r)
{
	const struct known_value *k;
	struct lwm2m_path path;

	if (!join_name(base, r->name, &path) || (k = find_value(&path)) == NULL)
		return;
	if (r->has_text && !k->number)
		put_text_value(p, &path, r->text);
	else if (r->has_number && k->number && r->number <= UINT8_MAX)
		parse_uint(p, ID(k->row), r->number);
}

static void
read_senml(struct parse *p, struct cursor in)
{
	struct cursor base = cursor_over(NULL, 0);
	enum cbor_kind kind;
	uint64_t n, pairs;

	if (!read_head(&in, &kind, &n) || kind != CBOR_LIST)
		return;
	for (uint64_t i = 0; i < n && i < RECORDS_MAX; i++) {
		struct senml r = { .has_text = false };

		if (!read_head(&in, &kind, &pairs) || kind != CBOR_MAP || pairs > PAIRS_MAX)
			return;
		for (; pairs > 0; pairs--)
			if (!read_pair(&in, &base, &r))
				return;
		put_senml(p, base, &r);
	}
}

void
lwm2m_values(struct parse *p, const struct lwm2m_path *path, const struct coap_message *m)
{
	if (m->later_block || cur_left(&m->payload) == 0)
		return;
	if (m->format == LWM2M_FORMAT_SENML_CBOR)
		read_senml(p, m->payload);
	if (path->n == 0)
		return;
	if (m->format == LWM2M_FORMAT_TLV || m->format == LWM2M_FORMAT_OLD_TLV)
		read_tlvs(p, *path, m->payload);
	else if ((m->format == LWM2M_FORMAT_TEXT || m->format == COAP_NO_FORMAT) && !m->cut)
		put_text_value(p, path, m->payload);
}
