/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_text.c - a text as a YAML scalar that reads back to the same octets. */
#include <string.h>

#include "config/option.h"

/* Letters that mean nothing to YAML wherever they stand. */
static bool
is_plain(const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";

	/* A dash first would be a list; "null" would be nothing. */
	return text[0] != '\0' && text[0] != '-' && strspn(text, safe) == strlen(text) &&
	    strcmp(text, "null") != 0;
}

/* One UTF-8 character (RFC 3629, 4). Returns its octets, 0 when malformed. */
static size_t
utf8_decode(const unsigned char *at, uint32_t *c)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;

	if (n <= 1) {
		*c = at[0];
		return n;
	}
	*c = at[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)	/* the closing NUL stops here too */
			return 0;
		*c = *c << 6 | (at[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff) ? 0 : n;
}

/* May it stand in double quotes as it is (YAML 1.1, 5.1, without line breaks)? */
static bool
is_printable(uint32_t c)
{
	if (c == '"' || c == '\\')
		return false;
	return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c != 0x2028 && c != 0x2029 &&
	    c != 0xfeff && c != 0xfffe && c != 0xffff);
}

void
yaml_print_text(const char *text, FILE *out)
{
	const unsigned char *at = (const unsigned char *)text;
	uint32_t c;

	if (is_plain(text)) {
		(void)fputs(text, out);
		return;
	}
	(void)fputc('"', out);
	while (*at != '\0') {
		size_t n = utf8_decode(at, &c);

		if (n != 0 && is_printable(c))
			(void)fwrite(at, 1, n, out);
		else if (n == 0)	/* YAML holds no such octet: shown, but another one */
			(void)fprintf(out, "\\x%02x", at[0]);
		else
			(void)fprintf(out, "\\U%08x", c);
		at += n == 0 ? 1 : n;
	}
	(void)fputc('"', out);
}
