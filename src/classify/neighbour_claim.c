/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour_claim.c - one claim of one address as a signalling message. */
#include <string.h>

#include "dhcp_text.h"
#include "flow.h"
#include "neighbour_claim.h"

static bool
is_loopback(const struct addr *a)
{
	static const struct addr loopback6 = { .octet = { [15] = 1 } };

	return addr_equal(a, &loopback6) || (addr_is_ipv4(a) && a->octet[12] == 127);
}

enum neighbour_result
neighbour_claim(struct signalling *s, const struct packet *pkt, enum signalling_source source,
    uint16_t type, const uint8_t mac[static 6], const struct addr *a)
{
	signalling_init(s);
	signalling_add_addr(s, a, 128);	/* leaves out unspecified and multicast ones */
	if (s->n_ue == 0 || is_loopback(a) || !dhcp_mac_sound(mac))
		return NEIGHBOUR_SILENT;
	s->time_us = pkt->time_us;
	s->tenant = flow_tenant(pkt);
	s->source = (uint8_t)source;
	s->act = SIGNALLING_TELL;
	s->phase = SIGNALLING_NOTICE;
	s->type = type;
	s->has_mac = true;
	memcpy(s->mac, mac, sizeof(s->mac));
	return NEIGHBOUR_TOLD;
}
