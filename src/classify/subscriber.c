/* SPDX-License-Identifier: Apache-2.0 */
/* subscriber.c - identities of subscribers and modules, from digits and from text. */
#include <string.h>
#include <strings.h>

#include "signalling.h"
#include "subscriber.h"

enum {
	IMSI_DIGITS_LEAST = 6,	/* MCC, MNC of two digits, one of the MSIN */
	MSISDN_DIGITS_LEAST = 5, MSISDN_DIGITS_MAX = 15,
	PLMN_LABEL = 6,		/* "mnc001", "mcc262" */
	MAC_OCTETS = 6
};

static bool
is_zero(digits d)
{
	for (unsigned i = 0; i < digits_count(d); i++)
		if (digits_at(d, i) != 0)
			return false;
	return true;
}

static bool
set(digits *to, digits d, unsigned least, unsigned most)
{
	unsigned n = digits_count(d);

	if (n < least || n > most || is_zero(d))
		return false;
	*to = d;
	return true;
}

bool
subscriber_set_imsi(struct signalling *s, digits imsi)
{
	return set(&s->imsi, imsi, IMSI_DIGITS_LEAST, IMSI_DIGITS_MAX);
}

bool
subscriber_set_imei(struct signalling *s, digits imei)
{
	return set(&s->imei, imei, IMEI_KEY_DIGITS, IMEISV_DIGITS);
}

bool
subscriber_set_msisdn(struct signalling *s, digits msisdn)
{
	return set(&s->msisdn, msisdn, MSISDN_DIGITS_LEAST, MSISDN_DIGITS_MAX);
}

bool
subscriber_set_mac(struct signalling *s, const uint8_t mac[6])
{
	static const uint8_t none[MAC_OCTETS];

	if ((mac[0] & 1) != 0 || memcmp(mac, none, sizeof(none)) == 0)
		return false;
	memcpy(s->mac, mac, sizeof(s->mac));
	s->has_mac = true;
	return true;
}

/* --- network access identifiers --- */

/* Step over the text up to `mark` and the mark itself. False when there is none. */
static bool
take_until(struct cursor *in, uint8_t mark, struct cursor *part)
{
	const uint8_t *at = cur_left(in) == 0 ? NULL : memchr(in->at, mark, cur_left(in));

	if (at == NULL)
		return false;
	*part = cur_sub(in, (size_t)(at - in->at));
	cur_skip(in, 1);
	return true;
}

static bool
is_text(const struct cursor *in, const char *text)
{
	size_t len = strlen(text);

	return cur_left(in) == len && strncasecmp((const char *)in->at, text, len) == 0;
}

static bool
begins_with(const struct cursor *in, const char *text)
{
	size_t len = strlen(text);

	return cur_left(in) >= len && strncasecmp((const char *)in->at, text, len) == 0;
}

/* "mnc001.mcc262.3gppnetwork.org", with labels before it: the digits of both codes. */
static bool
read_realm(struct cursor realm, digits *mnc, digits *mcc)
{
	struct cursor label;

	while (take_until(&realm, '.', &label))
		if (begins_with(&label, "mnc") && cur_left(&label) == PLMN_LABEL) {
			*mnc = digits_from_text(label.at + 3, 3);
			break;
		}
	return *mnc != DIGITS_NONE && take_until(&realm, '.', &label) && begins_with(&label, "mcc")
	    && cur_left(&label) == PLMN_LABEL
	    && (*mcc = digits_from_text(label.at + 3, 3)) != DIGITS_NONE
	    && is_text(&realm, "3gppnetwork.org");
}

/* A network code of two digits has a zero before it in the realm. */
static bool
is_home(digits imsi, digits mnc, digits mcc)
{
	bool three = true, two = digits_at(mnc, 0) == 0;

	for (unsigned i = 0; i < 3; i++) {
		if (digits_at(imsi, i) != digits_at(mcc, i))
			return false;
		three &= digits_at(imsi, 3 + i) == digits_at(mnc, i);
		two &= i == 0 || digits_at(imsi, 2 + i) == digits_at(mnc, i);
	}
	return two || three;
}

digits
subscriber_imsi_of_nai(struct cursor nai)
{
	digits mnc = DIGITS_NONE, mcc = DIGITS_NONE, imsi;
	struct cursor user;

	if (!take_until(&nai, '@', &user) || !read_realm(nai, &mnc, &mcc))
		return DIGITS_NONE;
	/* as it stands first: an IMSI that begins with 0, 1 or 6 is its own */
	for (unsigned i = 0; i < 2; i++) {
		uint8_t method = cur_peek(&user, 0);

		imsi = digits_from_text(user.at, cur_left(&user));
		if (digits_count(imsi) >= IMSI_DIGITS_LEAST
		    && digits_count(imsi) <= IMSI_DIGITS_MAX && is_home(imsi, mnc, mcc))
			return imsi;
		if (method != '0' && method != '1' && method != '6')
			break;
		cur_skip(&user, 1);
	}
	return DIGITS_NONE;
}

/* --- the names of TS 29.571 --- */

static digits
digits_behind(struct cursor text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (!begins_with(&text, prefix))
		return DIGITS_NONE;
	cur_skip(&text, len);
	return digits_from_text(text.at, cur_left(&text));
}

bool
subscriber_set_supi(struct signalling *s, struct cursor supi)
{
	if (begins_with(&supi, "nai-"))
		cur_skip(&supi, 4);
	return subscriber_set_imsi(s, digits_behind(supi, "imsi-"))
	    || subscriber_set_imsi(s, subscriber_imsi_of_nai(supi));
}

bool
subscriber_set_gpsi(struct signalling *s, struct cursor gpsi)
{
	return subscriber_set_msisdn(s, digits_behind(gpsi, "msisdn-"));
}

bool
subscriber_set_pei(struct signalling *s, struct cursor pei)
{
	uint8_t mac[MAC_OCTETS];

	if (begins_with(&pei, "mac-")) {
		cur_skip(&pei, 4);
		return subscriber_mac_of_text(pei, mac) && subscriber_set_mac(s, mac);
	}
	return subscriber_set_imei(s, digits_behind(pei, "imeisv-"))
	    || subscriber_set_imei(s, digits_behind(pei, "imei-"));
}

/* --- MAC --- */

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
subscriber_mac_of_text(struct cursor text, uint8_t mac[6])
{
	uint8_t mark = 0;
	size_t group = cur_peek(&text, 2) == '-' || cur_peek(&text, 2) == ':' ? 2
	    : cur_peek(&text, 4) == '-' || cur_peek(&text, 4) == '.' || cur_peek(&text, 4) == ':' ? 4
	    : 0;

	if (group != 0)
		mark = cur_peek(&text, group);
	for (unsigned i = 0; i < 2 * MAC_OCTETS; i++) {
		int half;

		if (group != 0 && i != 0 && i % group == 0 && cur_u8(&text) != mark)
			return false;
		half = hex_value(cur_u8(&text));
		if (half < 0 || text.short_read)
			return false;
		mac[i / 2] = (uint8_t)(i % 2 == 0 ? half << 4 : mac[i / 2] | half);
	}
	/* bare digits are a MAC only when they are all there is */
	return cur_left(&text) == 0
	    || (group != 0 && (cur_peek(&text, 0) == ':' || cur_peek(&text, 0) == ' '));
}
