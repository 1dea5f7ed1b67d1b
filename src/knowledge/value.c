/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - canonical forms: how a value is written in the table, and how what comes off the
 * wire is brought to that form. */
#include <errno.h>
#include <idn2.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { NAME_OCTETS_MAX = 253, LABEL_OCTETS_MAX = 63 };	/* RFC 1035, 2.3.4 */

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters, digits and hyphen (RFC 952), and the underscore that devices use regardless. */
static inline bool
is_name_octet(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

size_t
domain_from_wire(const char *name, size_t len, char out[static VALUE_MAX])
{
	size_t label = 0;

	if (len != 0 && name[len - 1] == '.')
		len--;
	if (len == 0 || len > NAME_OCTETS_MAX)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char c = lower(name[i]);

		if (c == '.') {
			if (label == 0)
				return 0;
			label = 0;
		} else if (!is_name_octet(c) || ++label > LABEL_OCTETS_MAX) {
			return 0;
		}
		out[i] = c;
	}
	return label == 0 ? 0 : len;
}

/* Where the labels begin that only hold what host names do. Whoever owns a domain answers for
 * odd labels below it, too; they must not hide it. */
size_t
domain_odd_labels(const char *name, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len; i++)
		if (name[i] != '.' && !is_name_octet(lower(name[i]))) {
			const char *dot = memchr(name + i, '.', len - i);

			if (dot == NULL)
				return len;
			at = i = (size_t)(dot - name);
			at++;
		}
	return at;
}

/* Labels of a canonical name that data may not hold, though the wire may. */
static const char *
labels_wrong(const char *name)
{
	const char *last = strrchr(name, '.');

	if (last == NULL)
		return "a name of one label is no domain";
	for (const char *p = name; p != NULL; p = strchr(p, '.')) {
		size_t len;

		p += *p == '.';
		len = strcspn(p, ".");
		if (p[0] == '-' || p[len - 1] == '-')
			return "a label begins or ends with a hyphen";
	}
	if (strspn(last + 1, "0123456789") == strlen(last + 1))
		return "an address is no domain";
	return NULL;
}

const char *
domain_canonical(const char *text, char out[static VALUE_MAX])
{
	char *ascii = NULL;
	size_t len = strlen(text);

	for (const char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x80)
			continue;
		if (idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
			return "not a name that IDNA2008 allows";
		text = ascii;
		len = strlen(text);
		break;
	}
	if (len != 0 && text[len - 1] == '.')
		len = 0;	/* in data one form is enough */
	len = domain_from_wire(text, len, out);
	if (ascii != NULL)
		idn2_free(ascii);
	if (len == 0)
		return "not a domain name";
	out[len] = '\0';
	return labels_wrong(out);
}

const char *
address_canonical(const char *text, bool block, struct cidr *out)
{
	bool slash = strchr(text, '/') != NULL;

	if (slash != block)
		return block ? "a block needs a prefix length" : "an address has no prefix length";
	if (cidr_parse(out, text) != 0)
		return block ? "not an address block, or host bits are set" : "not an address";
	if (out->len == 0 || (addr_is_ipv4(&out->base) && out->len <= 96))
		return "a block of all addresses";
	return NULL;
}

const char *
address_port_canonical(const char *text, struct cidr *out, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	char address[ADDR_TEXT_MAX + 2];
	size_t len;
	unsigned long number;
	char *end;

	if (colon == NULL || !is_digit(colon[1]) || colon[1] == '0')
		return "not address:port";
	number = strtoul(colon + 1, &end, 10);
	len = (size_t)(colon - text);
	if (*end != '\0' || number > 65535 || len >= sizeof(address))
		return "not address:port";
	if (text[0] == '[') {	/* RFC 3986, 3.2.2 */
		if (len < 2 || text[len - 1] != ']')
			return "not [address]:port";
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL) {
		return "an IPv6 address with a port needs brackets";
	}
	memcpy(address, text, len);
	address[len] = '\0';
	*port = (uint16_t)number;
	return address_canonical(address, false, out);
}

const char *
port_canonical(const char *text, uint8_t *proto, uint16_t *port)
{
	bool tcp = strncmp(text, "tcp/", 4) == 0;
	unsigned long number;
	char *end;

	if ((!tcp && strncmp(text, "udp/", 4) != 0) || !is_digit(text[4]) || text[4] == '0')
		return "not tcp/port or udp/port";
	number = strtoul(text + 4, &end, 10);
	if (*end != '\0' || number > 65535)
		return "not tcp/port or udp/port";
	*proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	*port = (uint16_t)number;
	return NULL;
}

/* --- texts ---------------------------------------------------------------------------- */

static size_t
lower_copy(const char *text, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++)
		out[i] = lower(text[i]);
	return len;
}

/* Octets of a hash as hexadecimal; a text that is hexadecimal already, in lower case. */
static size_t
hash_text(const char *text, size_t len, bool is_octets, char *out)
{
	static const char hex[] = "0123456789abcdef";

	if (!is_octets)
		return lower_copy(text, len, out);
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = hex[(unsigned char)text[i] >> 4];
		out[2 * i + 1] = hex[(unsigned char)text[i] & 15];
	}
	return 2 * len;
}

size_t
text_canonical(enum field_match match, const char *text, size_t len,
    char out[static TEXT_SEEN_MAX])
{
	if (len > TEXT_SEEN_MAX || (len > VALUE_MAX && match == MATCH_CERT_HASH))
		return SIZE_MAX;
	switch (match) {
	case MATCH_CERT_HASH:
		return hash_text(text, len, len == 20 || len == 32, out);
	case MATCH_JA3:
		return hash_text(text, len, len == 16, out);
	case MATCH_CERT_NAME:
		if (len > 2 && memcmp(text, "*.", 2) == 0) {	/* a certificate for all below it */
			text += 2;
			len -= 2;
		}
		if (len != 0 && text[len - 1] == '.')
			len--;
		return lower_copy(text, len, out);
	case MATCH_JA4:
	case MATCH_LWM2M_ENDPOINT:	/* mostly URNs, whose head has no case (RFC 8141, 3.1) */
		return lower_copy(text, len, out);
	case MATCH_COAP_PATH:	/* Uri-Path options joined, with or without a leading slash */
		if (len != 0 && text[0] == '/') {
			text++;
			len--;
		}
		break;
	default:
		break;
	}
	if (len != 0)
		memcpy(out, text, len);
	return len;
}

const char *
hash_wrong(const char *text, size_t digits_a, size_t digits_b)
{
	size_t len = strlen(text);

	if (strspn(text, "0123456789abcdefABCDEF") != len)
		return "a hash is written in hexadecimal";
	return len == digits_a || len == digits_b ? NULL : "a hash of another length";
}

const char *
ja4_wrong(const char *text)
{
	/* a_b_c of 10, 12 and 12 characters (JA4 specification, FoxIO) */
	if (strlen(text) != 36 || text[10] != '_' || text[23] != '_')
		return "not a JA4 fingerprint";
	return NULL;
}
