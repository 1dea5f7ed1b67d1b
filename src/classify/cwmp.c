/* SPDX-License-Identifier: Apache-2.0 */
/* cwmp.c - TR-069 (CPE WAN Management Protocol, amendment 6): a device informs its server who it
 * is, and is told what to do; what is to be downloaded from where. SOAP 1.1 in HTTP: of the XML
 * only names of elements and the text behind them are read. */
#include <string.h>

#include "cwmp.h"
#include "macros.h"
#include "text.h"

#define ID(row) FIELD_ID(PARSER_http, row)
#define NAMESPACE "urn:dslforum-org:cwmp-"	/* A.3.1; then 1-0 to 1-4 */

enum { TAGS_MAX = 1024, VALUE_MOST = 512, VERSION_MOST = 4 };

struct tag {
	struct cursor name;	/* without its prefix */
	struct cursor text;	/* up to the next tag */
	bool closes;
};

/* What has been read of the body so far. */
struct place {
	bool in_body;		/* the next element is the method */
	bool in_download;
	struct cursor parameter;	/* its name */
};

/* Elements whose text is told; those of `download` only in that method. */
static const struct {
	const char *name;
	uint8_t row;
	bool download;
} elements[] = {
	{ "manufacturer", CWMP_MANUFACTURER, false }, { "oui", CWMP_OUI, false },
	{ "productclass", CWMP_PRODUCT_CLASS, false }, { "serialnumber", CWMP_SERIAL, false },
	{ "eventcode", CWMP_EVENT, false }, { "url", CWMP_DOWNLOAD, true },
	{ "filetype", CWMP_FILE_TYPE, true }, { "faultcode", CWMP_FAULT, false },
};

/* Ends of the names of parameters that an Inform must have (TR-098, 2.4; TR-181, A). */
static const struct {
	const char *end;
	uint8_t row;
} parameters[] = {
	{ ".deviceinfo.softwareversion", CWMP_SOFTWARE },
	{ ".deviceinfo.hardwareversion", CWMP_HARDWARE },
	{ ".managementserver.connectionrequesturl", CWMP_CALL_BACK },
};

/* Up to the next element. False at the end, or when the tag is cut off. */
static bool
next_tag(struct cursor *in, struct tag *t)
{
	for (;;) {
		struct cursor tag, rest;

		(void)text_until(in, '<');
		rest = *in;
		tag = text_until(in, '>');
		if (cur_left(&tag) == 0 || cur_left(&tag) == cur_left(&rest))
			return false;
		t->closes = cur_peek(&tag, 0) == '/';
		if (cur_peek(&tag, 0) == '?' || cur_peek(&tag, 0) == '!')
			continue;
		if (t->closes)
			cur_skip(&tag, 1);
		t->name = tag;
		for (size_t n = 0; n < cur_left(&tag); n++) {
			uint8_t c = cur_peek(&tag, n);

			if (c == ':')
				t->name.at = tag.at + n + 1;
			if (c <= ' ' || c == '/') {
				t->name.end = tag.at + n;
				break;
			}
		}
		rest = *in;
		t->text = text_until(&rest, '<');
		return true;
	}
}

/* Character references that addresses have: &amp; */
static size_t
unescape(struct cursor text, char out[static VALUE_MOST])
{
	size_t len = 0;

	while (cur_left(&text) != 0 && len < VALUE_MOST) {
		uint8_t c = cur_u8(&text);

		if (c == '&' && text_begins(text, "amp;") == PROBE_YES)
			cur_skip(&text, 4);
		out[len++] = (char)c;
	}
	return len;
}

static void
put_value(struct parse *p, unsigned row, struct cursor text)
{
	char value[VALUE_MOST];

	while (cur_left(&text) != 0 && text.at[0] <= ' ')
		cur_skip(&text, 1);
	while (cur_left(&text) != 0 && text.end[-1] <= ' ')
		text.end--;
	if (text_printable(text))
		parse_text(p, ID(row), value, unescape(text, value));
}

static void
read_parameter(struct parse *p, const struct place *at, struct cursor value)
{
	for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
		size_t len = strlen(parameters[i].end);
		struct cursor end = at->parameter;

		if (cur_left(&end) <= len)
			continue;
		cur_skip(&end, cur_left(&end) - len);
		if (text_is(end, parameters[i].end))
			put_value(p, parameters[i].row, value);
	}
}

static void
read_element(struct parse *p, struct place *at, const struct tag *t)
{
	if (at->in_body) {
		at->in_body = false;
		at->in_download = text_is(t->name, "download");
		put_value(p, CWMP_RPC, t->name);
	} else if (text_is(t->name, "body")) {
		at->in_body = true;
	} else if (text_is(t->name, "name")) {
		at->parameter = text_trim(t->text);
	} else if (text_is(t->name, "value")) {
		read_parameter(p, at, t->text);
	} else {
		for (size_t i = 0; i < ARRAY_LEN(elements); i++)
			if (text_is(t->name, elements[i].name)
			    && (!elements[i].download || at->in_download))
				put_value(p, elements[i].row, t->text);
	}
}

/* Where the namespace is declared; its version behind it. */
static bool
find_version(struct cursor body, struct cursor *version)
{
	static const char *const quotes = "\"'";
	const uint8_t *at = cur_left(&body) == 0 ? NULL
	    : memmem(body.at, cur_left(&body), NAMESPACE, sizeof(NAMESPACE) - 1);

	if (at == NULL)
		return false;
	cur_skip(&body, (size_t)(at - body.at) + sizeof(NAMESPACE) - 1);
	*version = body;
	while (cur_left(&body) != 0 && strchr(quotes, cur_peek(&body, 0)) == NULL)
		cur_skip(&body, 1);
	version->end = body.at;
	return cur_left(&body) != 0 && cur_left(version) <= VERSION_MOST
	    && text_printable(*version);
}

void
cwmp_body(struct parse *p, struct cursor body)
{
	struct place at = { .in_body = false };
	struct cursor version;
	struct tag t;

	if (!find_version(body, &version))
		return;
	parse_cursor(p, ID(CWMP_VERSION), version);
	for (unsigned i = 0; i < TAGS_MAX && next_tag(&body, &t); i++)
		if (!t.closes)
			read_element(p, &at, &t);
}
