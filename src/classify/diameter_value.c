/* SPDX-License-Identifier: Apache-2.0 */
/* diameter_value.c - identities in the many codings that Diameter has for them. */
#include <string.h>

#include "diameter.h"
#include "subscriber.h"

enum { EUI64_OCTETS = 8, IMSI_NAME_LEAST = 14, MSISDN_LEAST = 5, MSISDN_MOST = 15 };

static bool
all_between(struct cursor in, uint8_t least, uint8_t most)
{
	while (cur_left(&in) != 0) {
		uint8_t octet = cur_u8(&in);

		if (octet < least || octet > most)
			return false;
	}
	return true;
}

/* Digits that are ASCII here and TBCD there. An octet of two digits seldom looks like ASCII. */
static digits
digits_of(struct cursor value, unsigned least, unsigned most)
{
	digits d;

	if (cur_left(&value) >= least && all_between(value, '0', '9'))
		d = digits_from_text(value.at, cur_left(&value));
	else
		d = digits_from_tbcd(value);
	return digits_count(d) >= least && digits_count(d) <= most ? d : DIGITS_NONE;
}

digits
diameter_imei(struct cursor value)
{
	size_t len = cur_left(&value);
	char text[DIGITS_MAX];

	if (len < IMEI_KEY_DIGITS || len > IMEISV_DIGITS || !all_between(value, 0, 9))
		return digits_of(value, IMEI_KEY_DIGITS, IMEISV_DIGITS);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('0' + cur_u8(&value));
	return digits_from_text(text, len);
}

digits
diameter_imsi(struct cursor name)
{
	size_t len = cur_left(&name);

	if (len != 0 && memchr(name.at, '@', len) != NULL)
		return subscriber_imsi_of_nai(name);
	return len < IMSI_NAME_LEAST || len > IMSI_DIGITS_MAX ? DIGITS_NONE
	    : digits_from_text(name.at, len);
}

digits
diameter_msisdn(struct cursor value)
{
	static const char scheme[] = "tel:";

	if (cur_left(&value) >= sizeof(scheme) - 1
	    && memcmp(value.at, scheme, sizeof(scheme) - 1) == 0)
		cur_skip(&value, sizeof(scheme) - 1);
	if (cur_peek(&value, 0) == '+')
		cur_skip(&value, 1);
	return digits_of(value, MSISDN_LEAST, MSISDN_MOST);
}

bool
diameter_mac(struct cursor value, bool modified, uint8_t mac[static MAC_OCTETS])
{
	size_t len = cur_left(&value);
	const uint8_t *octet;

	if (len != MAC_OCTETS && len != EUI64_OCTETS)
		return subscriber_mac_of_text(value, mac);
	octet = cur_take(&value, len);
	if (len == MAC_OCTETS) {
		memcpy(mac, octet, MAC_OCTETS);
		return true;
	}
	if (octet[3] != 0xff || octet[4] != 0xfe)
		return false;
	memcpy(mac, octet, 3);
	memcpy(mac + 3, octet + 5, 3);
	mac[0] ^= modified ? 2 : 0;
	return true;
}
