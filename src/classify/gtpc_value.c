/* SPDX-License-Identifier: Apache-2.0 */
/* gtpc_value.c - values that GTPv1-C and GTPv2-C code alike: digits, APN, addresses. */
#include <string.h>

#include "gtpc.h"

enum {
	IPV4_OCTETS = 4, IPV6_OCTETS = 16, ADDR_BITS = 128,
	UE_PREFIX_BITS = 64,	/* a PDN connection's prefix (TS 23.401, 5.3.1.2.2) */
	IMSI_DIGITS_MIN = 6,	/* MCC, MNC and something (TS 23.003, 2.2) */
	MSISDN_DIGITS_MAX = 15,	/* E.164, 6.2.1 */
	DIGITS_OCTETS_MAX = DIGITS_MAX / 2
};

static bool
all_zero(digits d)
{
	for (unsigned i = 0; i < digits_count(d); i++)
		if (digits_at(d, i) != 0)
			return false;
	return true;
}

/* TBCD of so many digits; others, and all zeros (left unset), are not told. */
static bool
read_digits(struct cursor in, digits *d, unsigned least, unsigned most)
{
	size_t octets = cur_left(&in);
	digits value = digits_from_tbcd(in);
	unsigned n = digits_count(value);

	if (*d == DIGITS_NONE && n >= least && n <= most && !all_zero(value))
		*d = value;
	return octets != 0 && octets <= DIGITS_OCTETS_MAX;
}

bool
gtpc_read_imsi(struct cursor in, struct signalling *s)
{
	return read_digits(in, &s->imsi, IMSI_DIGITS_MIN, IMSI_DIGITS_MAX);
}

bool
gtpc_read_imei(struct cursor in, struct signalling *s)
{
	return read_digits(in, &s->imei, IMEI_KEY_DIGITS, IMEISV_DIGITS);
}

/* The receiver of a message without MSISDN gets an IE without digits from some cores. */
bool
gtpc_read_msisdn(struct cursor in, struct signalling *s)
{
	(void)read_digits(in, &s->msisdn, 1, MSISDN_DIGITS_MAX);
	return true;
}

bool
gtpc_read_apn(struct cursor in, struct signalling *s)
{
	size_t n = cur_left(&in);

	return s->apn[0] != '\0' || signalling_set_apn(s, cur_take(&in, n), n);
}

bool
gtpc_read_node(struct cursor in, struct addr *node)
{
	switch (cur_left(&in)) {
	case IPV4_OCTETS:
		*node = addr_from_ipv4(cur_take(&in, IPV4_OCTETS));
		return true;
	case IPV6_OCTETS:
		*node = addr_from_ipv6(cur_take(&in, IPV6_OCTETS));
		return true;
	default:
		return false;
	}
}

bool
gtpc_read_prefix(struct cursor *in, uint8_t len, struct signalling *s)
{
	const uint8_t *octets = cur_take(in, IPV6_OCTETS);
	struct addr a;

	if (octets == NULL || len > ADDR_BITS)
		return false;
	if (len == 0)
		len = UE_PREFIX_BITS;
	a = addr_from_ipv6(octets);
	for (unsigned bit = len; bit < ADDR_BITS; bit++)
		a.octet[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
	signalling_add_addr(s, &a, len);
	return true;
}

bool
gtpc_read_ue(struct cursor in, struct signalling *s)
{
	size_t n = cur_left(&in);

	if (n == IPV4_OCTETS || n == IPV4_OCTETS + IPV6_OCTETS) {
		struct addr a = addr_from_ipv4(cur_take(&in, IPV4_OCTETS));

		signalling_add_addr(s, &a, ADDR_BITS);
	}
	if (n == IPV6_OCTETS || n == IPV4_OCTETS + IPV6_OCTETS)
		return gtpc_read_prefix(&in, UE_PREFIX_BITS, s);
	return n == IPV4_OCTETS || n == 0;
}
