/* SPDX-License-Identifier: Apache-2.0 */
/* test_dump.c - what is written reads back to the same; the committed sample and manual are
 * what the table says. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "macros.h"
#include "run_suite.h"

static char *
written(void (*write)(const struct config *, FILE *), const struct config *cfg)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	write(cfg, out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

static void
load(struct config *cfg, const char *yaml)
{
	struct config_error err = { "" };

	ck_assert_int_eq(config_init(cfg), 0);
	ck_assert_msg(config_load_memory(cfg, "f", yaml, strlen(yaml), &err) == 0, "%s\n%s", err.text,
	    yaml);
}

/* Everything away from its preset, texts that are hard to quote. */
static const char *const configs[] = {
	"",
	"sensor: \"a\\\"b\\\\c\\n\\x01 \\u2028 Zürich €\"\n"
	"user: \"null\"\ngroup: '~'\nlog_dir: '- a'\nquiet: true\n"
	"home_nets: ['::/0', 0.0.0.0/0, 2001:db8::1, 192.0.2.1/32]\n"
	"groups: [{name: 'a: b, [c]', subnets: [10.8.0.0/16]}, {name: \"#d\", vlans: [1, 4094]}]\n",
	"groups: [{name: a, apns: ['x y', b.example], makers: ['#c, Ltd']}]\n",
	"capture:\n  read: [' lead', 'trail ', \"tab\\t\", '*', '&a', '!x', '%', '@', 'a#b', 'a: b', -, --, '{']\n"
	"  snaplen: 65535\n  buffer: 1048577\n  promiscuous: off\n  filter: tcp or (udp and port 53)\n"
	"  timestamp_type: adapter\n"
	"flow:\n  max: 1000\n  timeout: {tcp: 61, udp: 3600, new: 1, active: 90000}\n"
	"  stream_memcap: 1TiB\n"
	"emit: {flows: false, stats_interval: 0, line_max: 50000}\n"
	"knowledge:\n  paths: [/x, 'y z']\n",
	"intel:\n  - {path: 'a: b/c#d', format: csv, entity: x, role: c2, severity: high, confidence: low, use: context,\n"
	"     expires_days: 3, max_age_days: 7, max_shrink_percent: 0, on_bad: warn}\n"
	"  - {path: /d/, name: n, allow: true}\n  - {path: /e, list: l}\n",
};

START_TEST(dump_reads_back_to_the_same)
{
	struct config first, second;
	char *one, *two;

	load(&first, configs[_i]);
	one = written(config_dump, &first);
	load(&second, one);
	two = written(config_dump, &second);
	ck_assert_str_eq(one, two);
	ck_assert_str_eq(first.sensor, second.sensor);
	ck_assert_uint_eq(first.read.n, second.read.n);
	for (size_t i = 0; i < first.read.n; i++)
		ck_assert_str_eq(first.read.text[i], second.read.text[i]);
	ck_assert_uint_eq(first.n_groups, second.n_groups);
	ck_assert_uint_eq(first.n_intel, second.n_intel);
	for (size_t i = 0; i < first.n_intel; i++) {
		ck_assert_str_eq(first.intel[i].name, second.intel[i].name);
		ck_assert_uint_eq(first.intel[i].severity, second.intel[i].severity);
		ck_assert_uint_eq(first.intel[i].max_shrink_percent, second.intel[i].max_shrink_percent);
		ck_assert(first.intel[i].refuse_bad == second.intel[i].refuse_bad);
		ck_assert(first.intel[i].allow == second.intel[i].allow);
	}
	ck_assert_uint_eq(first.buffer_octets, second.buffer_octets);
	ck_assert_uint_eq(first.active_s, second.active_s);
	config_done(&first);
	config_done(&second);
	free(one);
	free(two);
}
END_TEST

static void
write_sample(const struct config *unused, FILE *out)
{
	(void)unused;
	config_sample(out);
}

static void
write_manual(const struct config *unused, FILE *out)
{
	(void)unused;
	config_manual(out);
}

/* Take away the '#' of every option: "  #max: 5" is one, "  # words" is not. */
static void
uncomment(char *sample)
{
	char *to = sample;

	for (char *at = sample; *at != '\0'; at++) {
		bool begins = at == sample || at[-1] == '\n' || (at[-1] == ' ' && (at - sample < 2 ||
		    strchr("\n ", at[-2]) != NULL));

		if (*at == '#' && begins && at[1] >= 'a' && at[1] <= 'z')
			continue;
		*to++ = *at;
	}
	*to = '\0';
}

START_TEST(sample_says_the_presets)
{
	char *sample = written(write_sample, NULL), *presets, *as_is, *all;
	struct config preset, given, uncommented;
	size_t options = 0;

	load(&preset, "");
	load(&given, sample);
	for (const char *at = sample; (at = strchr(at, '#')) != NULL; at++)
		options += at[1] >= 'a' && at[1] <= 'z';
	ck_assert_uint_eq(options, option_count);
	uncomment(sample);
	load(&uncommented, sample);
	presets = written(config_dump, &preset);
	as_is = written(config_dump, &given);
	all = written(config_dump, &uncommented);
	ck_assert_str_eq(as_is, presets);
	ck_assert_str_eq(all, presets);
	config_done(&preset);
	config_done(&given);
	config_done(&uncommented);
	free(sample);
	free(presets);
	free(as_is);
	free(all);
}
END_TEST

static char *
committed(const char *name)
{
	char path[4096], *text = calloc(1, 1 << 20);
	FILE *in;

	ck_assert_ptr_nonnull(text);
	(void)snprintf(path, sizeof(path), "%s/conf/%s", getenv("PICKET_SOURCE"), name);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "%s", path);
	ck_assert_uint_lt(fread(text, 1, (1 << 20) - 1, in), (1 << 20) - 1);
	ck_assert_int_eq(fclose(in), 0);
	return text;
}

START_TEST(committed_sample_is_current)
{
	char *want = written(write_sample, NULL), *have = committed("picket.yaml");

	ck_assert_msg(strcmp(want, have) == 0,
	    "conf/picket.yaml is old: picketd --sample-config > conf/picket.yaml");
	free(want);
	free(have);
}
END_TEST

START_TEST(committed_manual_is_current)
{
	char *want = written(write_manual, NULL), *have = committed("picket.yaml.5");

	ck_assert_msg(strstr(have, want) != NULL,
	    "the list in conf/picket.yaml.5 is old: picketd --manual-options writes it");
	free(want);
	free(have);
}
END_TEST

START_TEST(rows_are_whole)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];
		size_t len = strlen(o->help);

		ck_assert_msg(len > 0 && (o->help[len - 1] == '.'), "%s: help is no sentence", o->name);
		ck_assert_msg(option_find(o->name) == o, "%s is there twice", o->name);
		ck_assert_msg(option_section_find(o->name) == NULL, "%s is a section too", o->name);
		for (const char *dot = strchr(o->name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
			char section[64];

			(void)snprintf(section, sizeof(section), "%.*s", (int)(dot - o->name), o->name);
			ck_assert_msg(option_section_find(section) != NULL, "%s: no section", o->name);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("dump");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, dump_reads_back_to_the_same, 0, ARRAY_LEN(configs));
	tcase_add_test(t, sample_says_the_presets);
	tcase_add_test(t, committed_sample_is_current);
	tcase_add_test(t, committed_manual_is_current);
	tcase_add_test(t, rows_are_whole);
	return run_suite(s);
}
