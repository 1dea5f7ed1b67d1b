/* SPDX-License-Identifier: Apache-2.0 */
/* test_lan.c - hosts by MAC; and never against the core network. */
#include <stdio.h>

#include "whole.h"

static void
lan(struct world *w, uint8_t source, uint8_t act, uint8_t mac, const char *ue, uint32_t vlan,
    int64_t ms)
{
	struct signalling s = message(source, act, SIGNALLING_NOTICE, "0.0.0.0", "255.255.255.255", ms);

	s.has_mac = true;
	s.mac[0] = 0x02;
	s.mac[5] = mac;
	s.tenant = vlan << 20;
	if (ue != NULL)
		add_ue(&s, ue, 128);
	if (source == SIGNALLED_DHCPV4)
		signalling_copy_name(s.host_name, SIGNALLING_NAME_MAX, "pump-7", 6);
	tell(w, &s);
}

/* Of a flow in a VLAN; 0: not named. */
static uint8_t
mac_of(struct world *w, const char *ue, uint32_t vlan, int64_t ms)
{
	struct packet pkt = { .time_us = at_ms(ms) };
	struct flow flow = { .first_us = at_ms(ms), .key = { .addr = { ip(ue), ip(HOST) },
		.tenant_proto = vlan << 20 | 17 } };
	struct device_view v = { 0 };

	identity_flow_new(w->reg, &flow, &pkt, TO_SERVER);
	if (flow.device != 0)
		identity_view(w->reg, flow.device, &flow, &v);
	identity_flow_end(w->reg, &flow);
	return v.mac[5];
}

START_TEST(a_lease_names_the_host)
{
	struct world *w = world_new();
	struct device_view v;
	char id[DEVICE_ID_MAX];
	struct addr a = ip("192.168.0.7");

	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 7, "192.168.0.7", 0, 0);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 0, 1000), 7);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 12, 1000), 0);	/* another LAN */
	identity_view(w->reg, identity_by_addr(w->reg, &a), NULL, &v);
	ck_assert_str_eq(called(&v, id), "mac-02:00:00:00:00:07");
	ck_assert_str_eq(v.host_name, "pump-7");
	/* another lease replaces it; another host gets the first */
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 7, "192.168.0.8", 0, 10000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 0, 11000), 0);
	ck_assert_uint_eq(mac_of(w, "192.168.0.8", 0, 11000), 7);
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 9, "192.168.0.7", 0, 12000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 0, 13000), 9);
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_DELETE, 9, "192.168.0.7", 0, 14000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 0, 15000), 0);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	check_whole(w);
	world_free(w);
}
END_TEST

START_TEST(the_same_address_in_two_vlans)
{
	struct world *w = world_new();

	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 1, "192.168.0.7", 10, 0);
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 2, "192.168.0.7", 20, 0);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 10, 1000), 1);
	ck_assert_uint_eq(mac_of(w, "192.168.0.7", 20, 1000), 2);
	world_free(w);
}
END_TEST

START_TEST(arp_names_what_no_lease_does)
{
	struct world *w = world_new();

	lan(w, SIGNALLED_ARP, SIGNALLING_TELL, 3, "192.168.0.3", 0, 1000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.3", 0, 500), 3);		/* it was there before */
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 4, "192.168.0.4", 0, 2000);
	lan(w, SIGNALLED_ARP, SIGNALLING_TELL, 3, "192.168.0.4", 0, 3000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.4", 0, 4000), 4);	/* a lease is better word */
	lan(w, SIGNALLED_ARP, SIGNALLING_TELL, 5, "192.168.0.3", 0, 5000);
	ck_assert_uint_eq(mac_of(w, "192.168.0.3", 0, 6000), 5);
	check_whole(w);
	world_free(w);
}
END_TEST

START_TEST(a_router_is_no_device)
{
	struct world *w = world_new();

	for (unsigned i = 1; i <= 20; i++) {
		char ue[32];

		(void)snprintf(ue, sizeof(ue), "192.168.0.%u", i);
		lan(w, SIGNALLED_ARP, SIGNALLING_TELL, 3, ue, 0, 100 * (int64_t)i);
	}
	ck_assert_uint_eq(mac_of(w, "192.168.0.1", 0, 3000), 0);
	ck_assert_uint_eq(mac_of(w, "192.168.0.20", 0, 3000), 0);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	world_free(w);
}
END_TEST

START_TEST(the_core_is_never_overruled)
{
	struct world *w = world_new();

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	lan(w, SIGNALLED_ARP, SIGNALLING_TELL, 3, "10.8.0.1", 0, 1000);
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 4, "10.8.0.1", 0, 1000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 2000), 1);
	/* and the other way round the core takes the address */
	lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, 5, "10.8.0.2", 0, 2000);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.2", NAS, 3000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 4000), 2);
	check_whole(w);
	world_free(w);
}
END_TEST

/* The same address in each of many VLANs: not all of them can be kept. */
START_TEST(one_address_in_many_networks_is_bounded)
{
	enum { NETWORKS = 200 };
	struct world *w = world_new();
	struct addr a = ip("192.168.0.7");
	unsigned n = 0;

	for (uint32_t vlan = 1; vlan <= NETWORKS; vlan++) {
		lan(w, SIGNALLED_DHCPV4, SIGNALLING_CREATE, (uint8_t)vlan, "192.168.0.7", vlan, 10 * vlan);
		ck_assert_uint_eq(mac_of(w, "192.168.0.7", vlan, 10 * vlan + 5), vlan);
	}
	for (uint32_t ref = claim_first(w->reg, &a, 128); ref != 0; ref = claim_next(w->reg, ref))
		n++;
	ck_assert_uint_le(n, CANDIDATES_MAX);
	check_whole(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lan");
	TCase *t = tcase_create("lan");

	tcase_add_test(t, a_lease_names_the_host);
	tcase_add_test(t, the_same_address_in_two_vlans);
	tcase_add_test(t, arp_names_what_no_lease_does);
	tcase_add_test(t, a_router_is_no_device);
	tcase_add_test(t, the_core_is_never_overruled);
	tcase_add_test(t, one_address_in_many_networks_is_bounded);
	suite_add_tcase(s, t);
	return run_suite(s);
}
