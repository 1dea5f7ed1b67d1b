/* SPDX-License-Identifier: Apache-2.0 */
/* intel_word.c - words, dates and degrees as the formats of outside intelligence write them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "intel.h"
#include "macros.h"

/* One row per word: of MISP (attribute types), Zeek (Intel::Type), STIX (object types), Open Threat
 * Exchange and abuse.ch (columns of CSV), Suricata (dataset types). Case does not matter. A name
 * is one host where the format says so, else the name and all below it. */
static const struct {
	const char *word;
	enum intel_kind kind;
} words[] = {
	{ "domain", INTEL_DOMAIN }, { "fqdn", INTEL_HOST }, { "hostname", INTEL_HOST },
	{ "host", INTEL_NAME }, { "domain-name", INTEL_HOST }, { "domain|ip", INTEL_DOMAIN },
	{ "Intel::DOMAIN", INTEL_HOST }, { "dns", INTEL_HOST },
	{ "ip", INTEL_ADDR_OR_BLOCK }, { "ipv4", INTEL_ADDR_OR_BLOCK }, { "ipv6", INTEL_ADDR_OR_BLOCK },
	{ "ip-dst", INTEL_ADDR_OR_BLOCK }, { "ip-src", INTEL_ADDR_OR_BLOCK },
	{ "ip_address", INTEL_ADDR_OR_BLOCK }, { "ipaddress", INTEL_ADDR_OR_BLOCK },
	{ "dst_ip", INTEL_ADDR_OR_BLOCK }, { "src_ip", INTEL_ADDR_OR_BLOCK },
	{ "address", INTEL_ADDR_OR_BLOCK }, { "ipv4-addr", INTEL_ADDR_OR_BLOCK },
	{ "ipv6-addr", INTEL_ADDR_OR_BLOCK }, { "Intel::ADDR", INTEL_ADDR },
	{ "cidr", INTEL_BLOCK }, { "network", INTEL_BLOCK }, { "subnet", INTEL_BLOCK },
	{ "netblock", INTEL_BLOCK }, { "Intel::SUBNET", INTEL_BLOCK },
	{ "ip:port", INTEL_ADDR_PORT }, { "ip-dst|port", INTEL_ADDR_PORT }, { "ip-src|port", INTEL_ADDR_PORT },
	{ "url", INTEL_URL }, { "uri", INTEL_URL }, { "link", INTEL_OTHER }, { "Intel::URL", INTEL_URL },
	{ "Intel::CERT_HASH", INTEL_CERT_SHA1 }, { "x509-fingerprint-sha1", INTEL_CERT_SHA1 },
	{ "x509-fingerprint-sha256", INTEL_CERT_SHA256 }, { "cert_sha1", INTEL_CERT_SHA1 },
	{ "cert_sha256", INTEL_CERT_SHA256 }, { "x509-fingerprint-md5", INTEL_OTHER },
	{ "ja3-fingerprint-md5", INTEL_JA3 }, { "ja3", INTEL_JA3 }, { "ja4", INTEL_JA4 },
	{ "user-agent", INTEL_USER_AGENT }, { "Intel::SOFTWARE", INTEL_USER_AGENT },
	{ "md5", INTEL_FILE }, { "sha1", INTEL_FILE }, { "sha224", INTEL_FILE }, { "sha256", INTEL_FILE },
	{ "sha384", INTEL_FILE }, { "sha512", INTEL_FILE }, { "sha3-256", INTEL_FILE }, { "ssdeep", INTEL_FILE },
	{ "tlsh", INTEL_FILE }, { "imphash", INTEL_FILE }, { "hash", INTEL_FILE },
	{ "md5_hash", INTEL_FILE }, { "sha1_hash", INTEL_FILE }, { "sha256_hash", INTEL_FILE },
	{ "filehash-md5", INTEL_FILE }, { "filehash-sha1", INTEL_FILE }, { "filehash-sha256", INTEL_FILE },
	{ "filename|md5", INTEL_FILE }, { "filename|sha1", INTEL_FILE }, { "filename|sha256", INTEL_FILE },
	{ "Intel::FILE_HASH", INTEL_FILE }, { "hostname|port", INTEL_OTHER },
	{ "Intel::EMAIL", INTEL_OTHER }, { "Intel::USER_NAME", INTEL_OTHER },
	{ "Intel::FILE_NAME", INTEL_OTHER }, { "Intel::PUBKEY_HASH", INTEL_OTHER },
	{ "email", INTEL_OTHER }, { "email-src", INTEL_OTHER }, { "email-dst", INTEL_OTHER },
	{ "filename", INTEL_OTHER }, { "mutex", INTEL_OTHER }, { "cve", INTEL_OTHER }, { "yara", INTEL_OTHER },
	{ "AS", INTEL_OTHER }, { "port", INTEL_OTHER }, { "text", INTEL_OTHER }, { "comment", INTEL_OTHER },
};

enum intel_kind
intel_kind_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].word) == len && strncasecmp(words[i].word, word, len) == 0)
			return words[i].kind;
	return INTEL_UNKNOWN;
}

/* "12" of exactly `n` digits; -1 when they are not there. */
static int
number(const char *text, unsigned n)
{
	int value = 0;

	for (unsigned i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + text[i] - '0';
	}
	return value;
}

/* "hh:mm:ss", maybe with a fraction and an offset, in microseconds; INT64_MIN: it is none. */
static int64_t
time_of_day(const char *text)
{
	int h = number(text, 2), m = -1, s = -1, oh = 0, om = 0;
	const char *rest;

	if (h >= 0 && text[2] == ':' && (m = number(text + 3, 2)) >= 0 && text[5] == ':')
		s = number(text + 6, 2);
	if (h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
		return INT64_MIN;
	rest = text + 8;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if ((*rest == '+' || *rest == '-') && (oh = number(rest + 1, 2)) >= 0 && rest[3] == ':')
		om = number(rest + 4, 2);
	if (oh < 0 || om < 0)
		return INT64_MIN;
	s += 60 * (m + 60 * h) - (*rest == '-' ? -1 : 1) * 60 * (om + 60 * oh);
	return (int64_t)s * 1000000;
}

uint64_t
intel_time(const char *text)
{
	size_t n_digits = strspn(text, "0123456789");
	uint64_t first, last;
	int64_t us = 0;
	char day[11];

	if (text[n_digits] == '\0' && n_digits >= 9 && n_digits <= 11)
		return strtoull(text, NULL, 10) * 1000000;
	if (n_digits != 4 || strlen(text) < 10)
		return 0;
	memcpy(day, text, 10);
	day[10] = '\0';
	if (date_parse(day, &first, &last) != 0)
		return 0;
	if (text[10] == 'T' || text[10] == ' ')
		us = strlen(text) >= 19 ? time_of_day(text + 11) : INT64_MIN;
	else if (text[10] != '\0')
		us = INT64_MIN;
	if (us == INT64_MIN || (us < 0 && (uint64_t)-us > first))
		return 0;
	return first + (uint64_t)us;
}

uint64_t
intel_member_time(const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);
	const char *text = json_value_text(v);
	int64_t seconds = json_value_int(v, 0);

	if (text != NULL)
		return intel_time(text);
	return seconds > 0 && seconds < INT64_MAX / 1000000 ? (uint64_t)seconds * 1000000 : 0;
}

enum verdict_confidence
intel_confidence(unsigned percent)
{
	return percent == 0 ? CONFIDENCE_NONE : percent < 30 ? CONFIDENCE_LOW
	    : percent < 70 ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH;
}

/* --- making readable again what was made harmless --- */

size_t
intel_refang(char *text, size_t len)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "[.]", "." }, { "(.)", "." }, { "{.}", "." }, { "[dot]", "." }, { "(dot)", "." },
		{ "[://]", "://" }, { "[:]", ":" },
	};
	size_t n = 0;

	if (len > 4 && (strncasecmp(text, "hxxp", 4) == 0))
		text[1] = text[2] = 't';
	if (strpbrk(text, "[({") == NULL)
		return len;
	for (size_t at = 0; at < len;) {
		size_t row = 0;

		while (row < ARRAY_LEN(rows) && strncasecmp(text + at, rows[row].from, strlen(rows[row].from)) != 0)
			row++;
		if (row == ARRAY_LEN(rows)) {
			text[n++] = text[at++];
			continue;
		}
		memcpy(text + n, rows[row].to, strlen(rows[row].to));
		n += strlen(rows[row].to);
		at += strlen(rows[row].from);
	}
	text[n] = '\0';
	return n;
}
