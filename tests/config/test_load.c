/* SPDX-License-Identifier: Apache-2.0 */
/* test_load.c - what picket.yaml may say, and how each mistake is reported. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/option.h"
#include "macros.h"
#include "run_suite.h"

static const struct {
	const char *what, *yaml, *want;
} refused[] = {
	{ "unknown key", "flow:\n  maxx: 5\n", "f:2: unknown key 'flow.maxx'; nearest is 'flow.max'" },
	{ "swapped letters", "hoem_nets: []\n", "f:1: unknown key 'hoem_nets'; nearest is 'home_nets'" },
	{ "key without its section", "\nmax_layers: 5\n",
	  "f:2: unknown key 'max_layers'; nearest is 'decode.max_layers'" },
	{ "key in the wrong section", "detect:\n  line_max: 8KiB\n",
	  "f:2: unknown key 'detect.line_max'; nearest is 'emit.line_max'" },
	{ "unknown section", "flwo:\n  max: 100\n", "f:1: unknown key 'flwo'; nearest is 'flow'" },
	{ "key below an option", "flow:\n  max:\n    tcp: 5\n", "f:3: 'flow.max' wants one value, a number" },
	{ "text for a number", "flow:\n  max: many\n", "f:2: 'flow.max' wants a number, not 'many'" },
	{ "negative", "flow:\n  max: -5\n", "f:2: 'flow.max' wants a number, not '-5'" },
	{ "fraction", "flow:\n  max: 1.5\n", "f:2: 'flow.max' wants a number, not '1.5'" },
	{ "hexadecimal", "flow:\n  max: 0x100\n", "f:2: 'flow.max' wants a number, not '0x100'" },
	{ "unit of another type", "flow:\n  max: 5m\n", "f:2: 'flow.max' wants a number, not '5m'" },
	{ "nothing for a number", "flow:\n  max:\n", "f:2: 'flow.max' wants a number, not ''" },
	{ "more than 64 bits", "flow:\n  max: 99999999999999999999\n",
	  "f:2: 'flow.max' wants a number, not '99999999999999999999'" },
	{ "more than 64 bits with its unit", "capture:\n  buffer: 99999999999TiB\n",
	  "f:2: 'capture.buffer' wants a size (KiB, MiB, GiB), not '99999999999TiB'" },
	{ "too small", "flow:\n  max: 5\n", "f:2: 'flow.max' must be from 16 to 67108864 flows, not 5" },
	{ "32 bits overrun", "flow:\n  max: 4294967312\n",
	  "f:2: 'flow.max' must be from 16 to 67108864 flows, not 4294967312" },
	{ "too large", "emit:\n  line_max: 2GiB\n",
	  "f:2: 'emit.line_max' must be from 32KiB to 1MiB, not 2GiB" },
	{ "not a bool", "emit:\n  flows: maybe\n", "f:2: 'emit.flows' wants true or false, not 'maybe'" },
	{ "list for a text", "sensor: [a]\n", "f:1: 'sensor' wants one value, a text" },
	{ "text for a list", "home_nets: 10.0.0.0/8\n", "f:1: 'home_nets' wants a list, like [a, b]" },
	{ "list in a list", "home_nets:\n  - 10.0.0.0/8\n  - [a]\n",
	  "f:3: 'home_nets' wants a list of address blocks" },
	{ "bad block", "home_nets:\n  - 10.0.0.0/8\n  - 10.0.0.1/8\n",
	  "f:3: 'home_nets' wants address blocks without host bits, like 10.0.0.0/8; not '10.0.0.1/8'" },
	{ "empty entry", "capture:\n  read: [a, '']\n", "f:2: 'capture.read' has an empty entry" },
	{ "option twice", "sensor: a\nsensor: b\n", "f:2: 'sensor' is given twice, first in line 1" },
	{ "option twice, two spellings", "flow.max: 100\nflow:\n  max: 100\n",
	  "f:3: 'flow.max' is given twice, first in line 1" },
	{ "section twice", "flow:\n  max: 100\nflow:\n", "f:3: 'flow' is given twice" },
	{ "value for a section", "flow: 5\n", "f:1: 'flow' is a section and wants keys below it" },
	{ "no map", "- a\n", "f:1: wants keys and values, like 'sensor: north'" },
	{ "only a word", "sensor\n", "f:1: wants keys and values, like 'sensor: north'" },
	{ "tab", "flow:\n\tmax: 100\n", "f:2: a tab in the indentation: YAML wants spaces" },
	{ "open bracket", "sensor: a\nhome_nets: [10.0.0.0/8\n", "f:3: not YAML: " },
	{ "anchor", "home_nets: &a [10.0.0.0/8]\n",
	  "f:1: anchors and aliases (& and *) are not accepted here" },
	{ "alias", "sensor: *a\n", "f:1: anchors and aliases (& and *) are not accepted here" },
	{ "tag", "sensor: !!str a\n", "f:1: tags (!) are not accepted here" },
	{ "second document", "sensor: a\n---\nsensor: b\n", "f:2: a second document begins" },
	{ "NUL", "sensor: \"a\\0b\"\n", "f:1: text with a NUL character" },
	{ "not UTF-8", "sensor: a\nuser: \xff\n", "f:2: not YAML: invalid leading UTF-8 octet" },
	{ "deep", "a: [[[[[[[[[[[[[[[[[[[[[[[[\n", "f:1: nested too deeply" },
	{ "map as a key", "{a: b}: c\n", "f:1: a key must be plain text" },
	{ "group without a name", "groups:\n  - vlans: [5]\n", "f:2: 'groups': a group without a name" },
	{ "group of nothing", "groups:\n  - name: a\n",
	  "f:2: 'groups': group 'a' has none of subnets, vlans, apns, makers" },
	{ "group key", "groups:\n  - name: a\n    vlan: 5\n",
	  "f:3: 'groups': unknown key 'vlan'; known are name, subnets, vlans, apns, makers" },
	{ "group key twice", "groups:\n  - name: a\n    name: b\n", "f:3: 'groups': 'name' is given twice" },
	{ "APN without text", "groups:\n  - {name: a, apns: [x, ~]}\n",
	  "f:2: 'groups': 'apns' wants a list of texts" },
	{ "makers not a list", "groups:\n  - {name: a, makers: x}\n",
	  "f:2: 'groups': 'makers' wants a list of texts" },
	{ "APN of 101 octets", "groups:\n  - {name: a, apns: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}\n",
	  "f:2: 'groups': 'apns' has an entry longer than 100 octets" },
	{ "group twice", "groups:\n  - {name: a, vlans: [5]}\n  - {name: a, vlans: [6]}\n",
	  "f:3: 'groups': two groups named 'a'" },
	{ "VLAN id", "groups:\n  - {name: a, vlans: [4095]}\n",
	  "f:2: 'groups': 'vlans' wants numbers from 1 to 4094, not '4095'" },
	{ "group subnet", "groups:\n  - name: a\n    subnets:\n      - 10.0.0.0/8\n      - x\n",
	  "f:5: 'groups': 'subnets' wants address blocks without host bits, like 10.8.0.0/16; not 'x'" },
	{ "feed without a path", "intel:\n  - name: a\n", "f:2: 'intel': a feed without a path" },
	{ "feed key", "intel:\n  - path: a\n    colour: b\n",
	  "f:3: 'intel': unknown key 'colour'; known are path, name, format, entity, list, role, severity, "
	  "confidence, use, allow, expires_days, max_age_days, max_shrink_percent, on_bad" },
	{ "feed word", "intel:\n  - {path: a, severity: info}\n",
	  "f:2: 'intel': 'severity' wants one of critical, high, medium, low, not 'info'" },
	{ "feed percent", "intel:\n  - {path: a, max_shrink_percent: 101}\n",
	  "f:2: 'intel': 'max_shrink_percent' wants a number up to 100, not '101'" },
	{ "feed days", "intel:\n  - {path: a, max_age_days: -1}\n",
	  "f:2: 'intel': 'max_age_days' wants a number up to 36500, not '-1'" },
	{ "feed twice", "intel:\n  - path: x/a\n  - path: y/a\n",
	  "f:3: 'intel': two feeds named 'a'; give one another 'name'" },
	{ "feed of entity and list", "intel:\n  - {path: a, entity: x, list: y}\n",
	  "f:2: 'intel': 'list' has no meaning beside 'entity': its listings are in the pack" },
	{ "allow-list that accuses", "intel:\n  - {path: a, allow: true, severity: high}\n",
	  "f:2: 'intel': an allow-list accuses nobody: no entity, list or severity" },
	{ "feed key twice", "intel:\n  - path: a\n    path: b\n", "f:3: 'intel': 'path' is given twice" },
	{ "feed of a list", "intel:\n  - path: [a]\n", "f:2: 'intel': 'path' wants one value" },
	{ "groups no list", "groups: a\n", "f:1: 'groups': wants a list" },
};

START_TEST(reports_the_mistake)
{
	struct config_error err = { "" };
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_msg(config_load_memory(&cfg, "f", refused[_i].yaml, strlen(refused[_i].yaml), &err) ==
	    -EINVAL, "%s", refused[_i].what);
	ck_assert_msg(strncmp(err.text, refused[_i].want, strlen(refused[_i].want)) == 0,
	    "%s: got '%s'", refused[_i].what, err.text);
	config_done(&cfg);
}
END_TEST

static const char full[] =
    "# comment\n"
    "sensor: north\n"
    "flow.max: 4096\n"
    "flow:\n"
    "  stream_max: 8 KiB\n"
    "  timeout:\n"
    "    tcp: 2h\n"
    "    udp: 90\n"
    "emit:\n"
    "  flows: off\n"
    "decode:\n"
    "capture:\n"
    "  filter: null\n"
    "  read: [\"a,b\", 'c d']\n"
    "home_nets: []\n"
    "groups:\n"
    "  - name: meters\n"
    "    subnets: [10.8.0.0/16, 2001:db8::/32]\n"
    "    vlans: [120, 121]\n";

START_TEST(takes_all_that_is_legal)
{
	struct config_error err = { "" };
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_msg(config_load_memory(&cfg, "f", full, strlen(full), &err) == 0, "%s", err.text);
	ck_assert_str_eq(cfg.sensor, "north");
	ck_assert_uint_eq(cfg.flow_max, 4096);
	ck_assert_uint_eq(cfg.stream_max, 8192);
	ck_assert_uint_eq(cfg.idle_tcp_s, 7200);
	ck_assert_uint_eq(cfg.idle_udp_s, 90);
	ck_assert(!cfg.emit_flows);
	ck_assert_ptr_null(cfg.filter);
	ck_assert_uint_eq(cfg.read.n, 2);
	ck_assert_str_eq(cfg.read.text[0], "a,b");
	ck_assert_str_eq(cfg.read.text[1], "c d");
	ck_assert_uint_eq(cfg.home_nets.n, 0);
	ck_assert_uint_eq(cfg.n_groups, 1);
	ck_assert_str_eq(cfg.groups[0].name, "meters");
	ck_assert_uint_eq(cfg.groups[0].subnets.n, 2);
	ck_assert_uint_eq(cfg.groups[0].vlans[1], 121);
	config_done(&cfg);
}
END_TEST

START_TEST(takes_nothing_at_all)
{
	static const char *const empty[] = { "", "\n\n", "# only this\n", "---\n", "~\n", "\xef\xbb\xbfquiet: no\n" };
	struct config_error err = { "" };
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++)
		ck_assert_msg(config_load_memory(&cfg, "f", empty[i], strlen(empty[i]), &err) == 0,
		    "%s", err.text);
	config_done(&cfg);
}
END_TEST

/* Caps: octets of the file, values in it. */
START_TEST(refuses_what_is_too_large)
{
	enum { SIZE = 2 << 20 };
	char *big = malloc(SIZE);
	struct config_error err;
	struct config cfg;
	size_t n;

	ck_assert_ptr_nonnull(big);
	ck_assert_int_eq(config_init(&cfg), 0);
	memset(big, '\n', SIZE);
	ck_assert_int_eq(config_load_memory(&cfg, "f", big, SIZE, &err), -EINVAL);
	ck_assert_str_eq(err.text, "f:1: larger than 1048576 octets");
	n = (size_t)sprintf(big, "capture:\n  read: [");
	for (int i = 0; i < DOCUMENT_NODES_MAX + 1; i++, n += 2)
		memcpy(big + n, "a,", 2);
	big[n++] = ']';
	ck_assert_int_eq(config_load_memory(&cfg, "f", big, n, &err), -EINVAL);
	ck_assert_str_eq(err.text, "f:2: too many values");
	n = (size_t)sprintf(big, "capture:\n  read: [");
	for (int i = 0; i < 4097; i++, n += 2)
		memcpy(big + n, "a,", 2);
	big[n++] = ']';
	ck_assert_int_eq(config_load_memory(&cfg, "f", big, n, &err), -EINVAL);
	ck_assert_str_eq(err.text, "f:2: 'capture.read' has more than 4096 entries");
	config_done(&cfg);
	free(big);
}
END_TEST

START_TEST(says_why_a_file_cannot_be_read)
{
	struct config_error err;
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_load(&cfg, "/nonexistent/x.yaml", &err), -ENOENT);
	ck_assert_str_eq(err.text, "cannot read '/nonexistent/x.yaml': No such file or directory");
	ck_assert_int_eq(config_load(&cfg, "/", &err), -EISDIR);
	config_done(&cfg);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("load");
	TCase *t = tcase_create("load");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, reports_the_mistake, 0, ARRAY_LEN(refused));
	tcase_add_test(t, takes_all_that_is_legal);
	tcase_add_test(t, takes_nothing_at_all);
	tcase_add_test(t, refuses_what_is_too_large);
	tcase_add_test(t, says_why_a_file_cannot_be_read);
	return run_suite(s);
}
