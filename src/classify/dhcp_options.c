/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_options.c - DHCPv4 options, overloaded and split. */
#include <string.h>

#include "dhcp_options.h"
#include "macros.h"

enum { CODE_PAD = 0, CODE_END = 255 };		/* RFC 2132, 3.1 and 3.2: no length follows */
enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };	/* RFC 2132, 9.3 */

/* RFC 3396, 5: the values of all instances are one, in their order. */
static void
append(struct dhcp_options *o, uint8_t code, struct cursor value)
{
	static const uint8_t codes[] = {
#define X(id, code) [id] = code,
		DHCP_OPTIONS(X)
#undef X
	};

	for (unsigned i = 0; i < ARRAY_LEN(codes); i++) {
		size_t room = DHCP_VALUE_MAX - (size_t)o->len[i], n = cur_left(&value);

		if (codes[i] != code)
			continue;
		if (n > room)
			n = room;
		if (n != 0)
			memcpy(o->octets[i] + o->len[i], cur_take(&value, n), n);
		o->len[i] = (uint8_t)(o->len[i] + n);
		return;
	}
}

/* One field. Each turn takes at least its code. */
static bool
read_field(struct dhcp_options *o, struct cursor in)
{
	while (cur_left(&in) != 0) {
		uint8_t code = cur_u8(&in);
		struct cursor value;

		if (code == CODE_PAD)
			continue;
		if (code == CODE_END)
			return true;
		value = cur_sub(&in, cur_u8(&in));
		if (in.short_read)
			return false;
		append(o, code, value);
	}
	return true;		/* without its end, as many senders leave it */
}

bool
dhcp_options_read(struct dhcp_options *o, struct cursor options, struct cursor file,
    struct cursor sname)
{
	struct cursor overload;
	uint8_t which;
	bool sound;

	memset(o->len, 0, sizeof(o->len));
	sound = read_field(o, options);
	/* Read before the other two: what they say of overloading says nothing (RFC 2131, 4.1). */
	overload = dhcp_option(o, DHCP_OVERLOAD);
	which = cur_u8(&overload);
	if (sound && (which & OVERLOAD_FILE) != 0)
		sound = read_field(o, file);
	if (sound && (which & OVERLOAD_SNAME) != 0)
		sound = read_field(o, sname);
	return sound;
}

struct cursor
dhcp_option(const struct dhcp_options *o, enum dhcp_option which)
{
	return cursor_over(o->octets[which], o->len[which]);
}

struct cursor
dhcp_option_text(const struct dhcp_options *o, enum dhcp_option which)
{
	size_t len = o->len[which];

	while (len != 0 && o->octets[which][len - 1] == '\0')
		len--;
	return cursor_over(o->octets[which], len);
}
