/* SPDX-License-Identifier: Apache-2.0 */
/* test_config.c - presets, --set, checks across options, home networks and groups. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "config.h"
#include "macros.h"
#include "run_suite.h"

static struct config cfg;	/* of the running test */

static void
setup(void)
{
	ck_assert_int_eq(config_init(&cfg), 0);
}

static void
teardown(void)
{
	config_done(&cfg);
}

static void
set(const char *assignment)
{
	struct config_error err = { "" };

	ck_assert_msg(config_set(&cfg, assignment, &err) == 0, "%s", err.text);
}

START_TEST(presets_are_set_and_consistent)
{
	struct config_error err = { "" };

	ck_assert_msg(config_check(&cfg, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(cfg.flow_max, 1048576);
	ck_assert_uint_eq(cfg.buffer_octets, 64 << 20);
	ck_assert_uint_eq(cfg.name_age_s, 86400);
	ck_assert_uint_eq(cfg.active_s, 0);
	ck_assert(cfg.emit_flows && cfg.emit_devices && cfg.promiscuous && !cfg.quiet);
	ck_assert_uint_eq(cfg.home_nets.n, 9);
	ck_assert_uint_eq(cfg.n_groups, 0);
	ck_assert_ptr_null(cfg.log_dir);
	ck_assert_ptr_null(cfg.filter);
	ck_assert_uint_eq(cfg.read.n, 0);
	ck_assert_uint_eq(cfg.knowledge_paths.n, 1);	/* the pack that came with picketd */
	ck_assert_ptr_nonnull(cfg.sensor);
	ck_assert_uint_gt(strlen(cfg.sensor), 0);
}
END_TEST

START_TEST(done_leaves_nothing)
{
	set("capture.read=a,b");
	set("groups=[{name: a, vlans: [5]}]");
	config_done(&cfg);
	ck_assert_uint_eq(cfg.read.n, 0);
	ck_assert_ptr_null(cfg.groups);
	ck_assert_ptr_null(cfg.sensor);	/* and a second done, by teardown, is harmless */
}
END_TEST

START_TEST(sets_each_type)
{
	set("flow.max=4096");
	ck_assert_uint_eq(cfg.flow_max, 4096);
	set("emit.flows=no");
	ck_assert(!cfg.emit_flows);
	set("flow.stream_memcap=2GiB");
	ck_assert_uint_eq(cfg.stream_memcap, UINT64_C(2) << 30);
	set("detect.fold=2d");
	ck_assert_uint_eq(cfg.fold_s, 172800);
	set("capture.filter=tcp port 80 or host = 1");
	ck_assert_str_eq(cfg.filter, "tcp port 80 or host = 1");
	set("capture.filter=");
	ck_assert_ptr_null(cfg.filter);
	set("capture.read= a.pcap, b.pcap ");
	ck_assert_uint_eq(cfg.read.n, 2);
	ck_assert_str_eq(cfg.read.text[0], "a.pcap");
	ck_assert_str_eq(cfg.read.text[1], "b.pcap");
	set("capture.read=");
	ck_assert_uint_eq(cfg.read.n, 0);
	set("home_nets=192.0.2.0/24,2001:db8::/32");
	ck_assert_uint_eq(cfg.home_nets.n, 2);
	set("sensor=south");
	set("sensor=");
	ck_assert_str_ne(cfg.sensor, "south");	/* the host's name again */
	set("knowledge.paths=/a,/b");
	ck_assert_str_eq(cfg.knowledge_paths.text[1], "/b");
	set("groups=[{name: pumps, subnets: [10.9.0.0/16]}]");
	ck_assert_str_eq(cfg.groups[0].name, "pumps");
}
END_TEST

static const struct {
	const char *assignment, *want;
} bad_sets[] = {
	{ "flow.max", "wants KEY=VALUE, not 'flow.max'" },
	{ "=5", "wants KEY=VALUE, not '=5'" },
	{ "flow.maxx=5", "unknown key 'flow.maxx'; nearest is 'flow.max'" },
	{ "flow=5", "'flow' is a section; name an option in it" },
	{ "flow.max=5", "'flow.max' must be from 16 to 67108864 flows, not 5" },
	{ "home_nets=10.0.0.0/8,x", "'home_nets' wants address blocks without host bits, like 10.0.0.0/8; not 'x'" },
	{ "capture.read=a,,b", "'capture.read' has an empty entry" },
	{ "groups=a", "'groups': wants a list" },
	{ "groups=", "'groups' wants a list in YAML" },
	{ "groups=[", "'groups' not YAML: did not find expected node content while parsing a flow node" },
};

START_TEST(refuses_a_bad_set)
{
	struct config_error err = { "" };

	ck_assert_int_eq(config_set(&cfg, bad_sets[_i].assignment, &err), -EINVAL);
	ck_assert_str_eq(err.text, bad_sets[_i].want);
	/* what was there stays */
	ck_assert_uint_eq(cfg.flow_max, 1048576);
	ck_assert_uint_eq(cfg.home_nets.n, 9);
}
END_TEST

START_TEST(lists_from_arguments_may_hold_commas)
{
	static const char *const files[] = { "a,b.pcap", "c.pcap" };
	struct config_error err = { "" };

	ck_assert_int_eq(config_set_list(&cfg, "capture.read", files, 2, &err), 0);
	ck_assert_str_eq(cfg.read.text[0], "a,b.pcap");
	ck_assert_int_eq(config_set_list(&cfg, "capture.raed", files, 2, &err), -EINVAL);
	ck_assert_str_eq(err.text, "unknown key 'capture.raed'; nearest is 'capture.read'");
}
END_TEST

static const struct {
	const char *set[2], *want;
} clashes[] = {
	{ { "capture.read=a", "capture.interfaces=b" }, "both files" },
	{ { "flow.stream_memcap=64KiB", "flow.stream_max=1MiB" }, "flow.stream_memcap is less" },
	{ { "classify.record_max=32KiB", "classify.record_memcap=64KiB" }, NULL },
	{ { "flow.timeout.active=10s", "flow.timeout.new=20s" }, "flow.timeout.active is shorter" },
	{ { "group=nogroup", "quiet=on" }, "group is set, but no user" },
	{ { "group=nogroup", "user=nobody" }, NULL },
};

START_TEST(checks_options_against_each_other)
{
	struct config_error err = { "" };

	set(clashes[_i].set[0]);
	set(clashes[_i].set[1]);
	ck_assert_int_eq(config_check(&cfg, &err), clashes[_i].want == NULL ? 0 : -EINVAL);
	if (clashes[_i].want != NULL)
		ck_assert_msg(strstr(err.text, clashes[_i].want) == err.text, "%s", err.text);
}
END_TEST

static const struct {
	const char *address;
	bool home;
	uint16_t vlan, group;
} devices[] = {
	{ "10.8.3.4", true, 0, 1 }, { "10.8.9.4", true, 0, 2 }, { "10.8.9.4", true, 30, 2 },
	{ "100.127.255.255", true, 0, 0 }, { "100.128.0.0", false, 0, 0 },
	{ "172.31.0.1", true, 30, 3 }, { "172.32.0.1", false, 0, 0 },
	{ "192.168.1.1", true, 31, 0 }, { "127.0.0.1", true, 0, 0 }, { "169.254.1.1", true, 0, 0 },
	{ "8.8.8.8", false, 30, 3 }, { "fd00::1", true, 0, 4 }, { "fe80::1", true, 0, 4 },
	{ "::1", true, 0, 4 }, { "2001:db8::1", false, 0, 4 },
};

START_TEST(knows_home_and_group)
{
	uint16_t vlans[2] = { 7, devices[_i].vlan };
	struct addr a;

	set("groups=[{name: a, subnets: [10.8.0.0/16]}, {name: b, subnets: [10.8.8.0/21]},"
	    "{name: c, vlans: [30]}, {name: d, subnets: ['::/0']}]");
	ck_assert_int_eq(addr_parse(&a, devices[_i].address), 0);
	ck_assert_msg(config_is_home(&cfg, &a) == devices[_i].home, "%s", devices[_i].address);
	ck_assert_msg(config_group_of(&cfg, &a, vlans, 2) == devices[_i].group, "%s",
	    devices[_i].address);
}
END_TEST

static const struct {
	const char *apn, *maker, *entity;
	uint16_t group;
} known[] = {
	{ "meters.example", NULL, NULL, 1 },
	{ "Meters.Example", NULL, NULL, 1 },	/* TS 23.003, 9.1: case means nothing */
	{ "meters.example.org", NULL, NULL, 0 },
	{ "pumps", "Maker One", "one", 2 },	/* an APN goes before a maker */
	{ NULL, "Maker One", "one", 3 },
	{ NULL, "maker one", NULL, 3 },
	{ NULL, "Maker Two Ltd", "two", 4 },	/* by its entity */
	{ NULL, "two", NULL, 4 },
	{ "other", "Maker Three", "three", 0 },
	{ NULL, NULL, NULL, 0 },
};

START_TEST(knows_the_group_of_a_module)
{
	set("groups=[{name: a, apns: [meters.example]}, {name: b, apns: [x, pumps]},"
	    "{name: c, makers: ['Maker One']}, {name: d, makers: [two], vlans: [5]}]");
	ck_assert_uint_eq(config_group_of_device(&cfg, known[_i].apn, known[_i].maker, known[_i].entity),
	    known[_i].group);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, presets_are_set_and_consistent);
	tcase_add_test(t, done_leaves_nothing);
	tcase_add_test(t, sets_each_type);
	tcase_add_loop_test(t, refuses_a_bad_set, 0, ARRAY_LEN(bad_sets));
	tcase_add_test(t, lists_from_arguments_may_hold_commas);
	tcase_add_loop_test(t, checks_options_against_each_other, 0, ARRAY_LEN(clashes));
	tcase_add_loop_test(t, knows_home_and_group, 0, ARRAY_LEN(devices));
	tcase_add_loop_test(t, knows_the_group_of_a_module, 0, ARRAY_LEN(known));
	return run_suite(s);
}
