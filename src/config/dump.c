/* SPDX-License-Identifier: Apache-2.0 */
/* dump.c - what is written from the option table: the configuration as YAML, the commented
 * sample, the manual's list. */
#include <string.h>

#include "config/option.h"

enum { SECTION_OCTETS_MAX = 64, SAMPLE_COLUMNS = 90 };

static int
depth_of(const char *name)
{
	int depth = 0;

	for (; *name != '\0'; name++)
		depth += *name == '.';
	return depth;
}

static const char *
last_part(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot == NULL ? name : dot + 1;
}

/* Comment lines, broken between words. */
static void
print_comment(const char *text, int indent, FILE *out)
{
	int room = SAMPLE_COLUMNS - indent - 2;

	while (*text != '\0') {
		int n = (int)strlen(text);

		if (n > room) {
			for (n = room; n > 0 && text[n] != ' '; n--)
				;
			if (n == 0)
				n = room;
		}
		(void)fprintf(out, "%*s# %.*s\n", indent, "", n, text);
		text += n;
		text += strspn(text, " ");
	}
}

/* Open the sections between the last option's and this one's: each is a key of its own. */
static void
open_sections(const char *name, char *open, bool comments, FILE *out)
{
	for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
		size_t n = (size_t)(dot - name);
		char section[SECTION_OCTETS_MAX];

		(void)snprintf(section, sizeof(section), "%.*s", (int)n, name);
		if (strncmp(open, section, n) == 0 && (open[n] == '\0' || open[n] == '.'))
			continue;
		(void)snprintf(open, SECTION_OCTETS_MAX, "%s", section);
		if (comments) {
			const struct option_section *s = option_section_find(section);

			(void)fputc('\n', out);
			print_comment(s->help, 2 * depth_of(section), out);
		}
		(void)fprintf(out, "%*s%s:\n", 2 * depth_of(section), "", last_part(section));
	}
	if (strchr(name, '.') == NULL)
		open[0] = '\0';
}

void
config_dump(const struct config *cfg, FILE *out)
{
	char open[SECTION_OCTETS_MAX] = "";

	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];

		open_sections(o->name, open, false, out);
		(void)fprintf(out, "%*s%s: ", 2 * depth_of(o->name), "", last_part(o->name));
		option_print(cfg, o, out);
		(void)fputc('\n', out);
	}
}

/* The preset as YAML. Those that depend on the host are shown empty. */
static void
print_preset(const struct config *presets, const struct option *o, FILE *out)
{
	if (o->type == OPTION_HOST_NAME)
		yaml_print_text("", out);
	else if (o->type == OPTION_PACK)
		(void)fputs("[]", out);
	else
		option_print(presets, o, out);
}

void
config_sample(FILE *out)
{
	char open[SECTION_OCTETS_MAX] = "";
	struct config presets;

	if (config_init(&presets) != 0)
		return;
	(void)fputs("# picket.yaml - configuration of picketd(8); see picket.yaml(5).\n"
	    "#\n"
	    "# Every option with its preset, as picketd --sample-config writes it. To change one,\n"
	    "# take away its '#'. picketd -T -c FILE checks the result.\n", out);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];
		int indent = 2 * depth_of(o->name);

		open_sections(o->name, open, true, out);
		if (indent == 0)
			(void)fputc('\n', out);
		print_comment(o->help, indent, out);
		(void)fprintf(out, "%*s#%s: ", indent, "", last_part(o->name));
		print_preset(&presets, o, out);
		(void)fputc('\n', out);
	}
	config_done(&presets);
}

/* Plain text for mdoc: a backslash would start an escape, a leading dot a macro, and each
 * sentence goes on a line of its own. */
static void
print_mdoc(const char *text, FILE *out)
{
	bool begin = true;

	for (; *text != '\0'; text++) {
		if (begin && (*text == '.' || *text == '\''))
			(void)fputs("\\&", out);
		begin = false;
		if (*text == '\\')
			(void)fputs("\\e", out);
		else if (strncmp(text, ". ", 2) == 0) {
			(void)fputs(".\n", out);
			text++;
			begin = true;
		} else
			(void)fputc(*text, out);
	}
	(void)fputc('\n', out);
}

static void
print_manual_row(const struct config *presets, const struct option *o, FILE *out)
{
	(void)fprintf(out, ".It Cm %s\n", o->name);
	print_mdoc(o->help, out);
	(void)fprintf(out, "Type: %s", option_type_name(o));
	if (option_is_number(o)) {
		(void)fputs(", from ", out);
		option_print_number(o, o->min, out);
		(void)fputs(" to ", out);
		option_print_number(o, o->max, out);
	}
	(void)fprintf(out, "%s%s.\nPreset: ", o->unit != NULL ? " " : "", o->unit != NULL ? o->unit : "");
	print_preset(presets, o, out);
	(void)fputs(".\n", out);
}

void
config_manual(FILE *out)
{
	struct config presets;

	if (config_init(&presets) != 0)
		return;
	(void)fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < option_count; i++)
		print_manual_row(&presets, &option_table[i], out);
	(void)fputs(".El\n", out);
	config_done(&presets);
}
