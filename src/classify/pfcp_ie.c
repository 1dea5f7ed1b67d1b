/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp_ie.c - values of information elements of PFCP (TS 29.244, 8.2). */
#include <stdio.h>
#include <string.h>

#include "pfcp_ie.h"
#include "signalling.h"
#include "subscriber.h"

enum { IPV4_OCTETS = 4, IPV6_OCTETS = 16, WHOLE = 128, DEFAULT_PREFIX = 64 };

bool
pfcp_next_ie(struct cursor *in, struct pfcp_ie *ie)
{
	if (cur_left(in) == 0)
		return false;
	ie->type = cur_be16(in);
	ie->value = cur_sub(in, cur_be16(in));
	return !in->short_read;
}

static void
read_ipv4(struct cursor *in, bool present, struct pfcp_nodes *to)
{
	const uint8_t *octets = present ? cur_take(in, IPV4_OCTETS) : NULL;

	if (octets != NULL)
		to->at[to->n++] = addr_from_ipv4(octets);
}

static void
read_ipv6(struct cursor *in, bool present, struct pfcp_nodes *to)
{
	const uint8_t *octets = present ? cur_take(in, IPV6_OCTETS) : NULL;

	if (octets != NULL)
		to->at[to->n++] = addr_from_ipv6(octets);
}

/* | spare 4 | CHID | CH | V6 | V4 |, then TEID, IPv4, IPv6; with CH only a CHOOSE ID. */
bool
pfcp_read_f_teid(struct cursor in, struct pfcp_f_teid *f)
{
	enum { V4 = 1, V6 = 2, CH = 4 };
	uint8_t flags = cur_u8(&in);

	*f = (struct pfcp_f_teid){ .choose = (flags & CH) != 0 };
	if (f->choose)
		return !in.short_read;
	f->teid = cur_be32(&in);
	read_ipv4(&in, (flags & V4) != 0, &f->node);
	read_ipv6(&in, (flags & V6) != 0, &f->node);
	return !in.short_read;
}

/* | spare 6 | V4 | V6 |, SEID, IPv4, IPv6 */
bool
pfcp_read_f_seid(struct cursor in, struct pfcp_f_seid *f)
{
	enum { V6 = 1, V4 = 2 };
	uint8_t flags = cur_u8(&in);

	*f = (struct pfcp_f_seid){ .seid = cur_be64(&in) };
	read_ipv4(&in, (flags & V4) != 0, &f->node);
	read_ipv6(&in, (flags & V6) != 0, &f->node);
	return !in.short_read;
}

/* Two octets of flags; the first: | S-TAG | C-TAG | IPv6 | IPv4 | UDP/IPv6 | UDP/IPv4 |
 * GTP-U/UDP/IPv6 | GTP-U/UDP/IPv4 |. Then TEID, IPv4, IPv6, as they apply. */
bool
pfcp_read_outer_header(struct cursor in, struct pfcp_f_teid *f)
{
	enum { GTPU_IPV4 = 0x0100, GTPU_IPV6 = 0x0200 };
	uint16_t flags = cur_be16(&in);

	*f = (struct pfcp_f_teid){ .choose = false };
	if ((flags & (GTPU_IPV4 | GTPU_IPV6)) == 0)
		return false;
	f->teid = cur_be32(&in);
	read_ipv4(&in, (flags & GTPU_IPV4) != 0, &f->node);
	read_ipv6(&in, (flags & GTPU_IPV6) != 0, &f->node);
	return !in.short_read;
}

/* | spare | IP6PL | CHV6 | CHV4 | IPv6D | S/D | V4 | V6 |, IPv4, IPv6, then one octet each: bits
 * delegated beyond the /64, length of the prefix. */
bool
pfcp_read_ue_ip(struct cursor in, struct pfcp_ue_ip *ue)
{
	enum { V6 = 1, V4 = 2, SD = 4, IPV6D = 8, CHV4 = 16, CHV6 = 32, IP6PL = 64 };
	uint8_t flags = cur_u8(&in), delegated, prefix = DEFAULT_PREFIX;
	bool v4 = (flags & (V4 | CHV4)) == V4, v6 = (flags & (V6 | CHV6)) == V6;
	struct pfcp_nodes at = { .n = 0 };

	*ue = (struct pfcp_ue_ip){ .destination = (flags & SD) != 0 };
	read_ipv4(&in, v4, &at);
	read_ipv6(&in, v6, &at);
	if ((flags & IPV6D) != 0) {
		delegated = cur_u8(&in);
		prefix = delegated < DEFAULT_PREFIX ? DEFAULT_PREFIX - delegated : 0;
	}
	if ((flags & IP6PL) != 0)
		prefix = cur_u8(&in);
	if (in.short_read)
		return false;
	for (; ue->n < at.n; ue->n++)
		ue->at[ue->n] = (struct cidr){ at.at[ue->n],
			v4 && ue->n == 0 ? WHOLE : prefix };
	return true;
}

/* A field with its length before it, empty when its flag is not set. */
static struct cursor
field(struct cursor *in, bool present)
{
	return cur_sub(in, present ? cur_u8(in) : 0);
}

/* | spare | PEIF | GPSIF | SUPIF | NAIF | MSISDNF | IMEIF | IMSIF |, then the fields, IMSI first */
void
pfcp_read_user_id(struct cursor in, struct signalling *s)
{
	enum { IMSIF = 1, IMEIF = 2, MSISDNF = 4, NAIF = 8, SUPIF = 16, GPSIF = 32, PEIF = 64 };
	uint8_t flags = cur_u8(&in);
	struct cursor imsi = field(&in, (flags & IMSIF) != 0);
	struct cursor imei = field(&in, (flags & IMEIF) != 0);
	struct cursor msisdn = field(&in, (flags & MSISDNF) != 0);
	struct cursor nai = field(&in, (flags & NAIF) != 0);
	struct cursor supi = field(&in, (flags & SUPIF) != 0);
	struct cursor gpsi = field(&in, (flags & GPSIF) != 0);
	struct cursor pei = field(&in, (flags & PEIF) != 0);

	if (in.short_read)
		return;
	if (!subscriber_set_imsi(s, digits_from_tbcd(imsi)) && !subscriber_set_supi(s, supi))
		(void)subscriber_set_imsi(s, subscriber_imsi_of_nai(nai));
	if (!subscriber_set_imei(s, digits_from_tbcd(imei)))
		(void)subscriber_set_pei(s, pei);
	if (!subscriber_set_msisdn(s, digits_from_tbcd(msisdn)))
		(void)subscriber_set_gpsi(s, gpsi);
}

static bool
is_printable(struct cursor in)
{
	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in);

		if (c <= 0x20 || c >= 0x7f)
			return false;
	}
	return true;
}

/* Labels joined by dots. 0: the lengths do not add up, or a label is not text. */
static size_t
read_labels(struct cursor in, char *text)
{
	size_t n = 0;

	while (cur_left(&in) != 0) {
		struct cursor label = cur_sub(&in, cur_u8(&in));
		size_t len = cur_left(&label);

		if (len == 0 && n != 0 && cur_left(&in) == 0 && !label.short_read)
			break;			/* closed with the root label */
		if (label.short_read || len == 0 || n + len + 2 > PFCP_NAME_MAX
		    || !is_printable(label))
			return 0;
		if (n != 0)
			text[n++] = '.';
		memcpy(text + n, cur_take(&label, len), len);
		n += len;
	}
	return n;
}

size_t
pfcp_read_name(struct cursor in, char text[static PFCP_NAME_MAX])
{
	size_t n = read_labels(in, text);

	if (n == 0 && is_printable(in) && cur_left(&in) < PFCP_NAME_MAX) {
		n = cur_left(&in);
		if (n != 0)
			memcpy(text, in.at, n);
	}
	text[n] = '\0';
	return n;
}

size_t
pfcp_read_s_nssai(struct cursor in, char text[static PFCP_NAME_MAX])
{
	enum { NO_SD = 0xffffff };	/* TS 23.003, 28.4.2 */
	uint8_t sst = cur_u8(&in);
	uint32_t sd = cur_left(&in) == 0 ? NO_SD : cur_be24(&in);
	int n;

	if (in.short_read)
		return 0;
	n = sd == NO_SD ? snprintf(text, PFCP_NAME_MAX, "%u", sst)
	    : snprintf(text, PFCP_NAME_MAX, "%u-%06x", sst, (unsigned)sd);
	return (size_t)n;
}
