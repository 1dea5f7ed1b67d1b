/* SPDX-License-Identifier: Apache-2.0 */
/* option.h - one row per option of the configuration, and what can be done with a row.
 *
 * Loader, --set, --dump-config, sample file and manual all walk the same table; a new
 * option is one row in options.c and one member of struct config. */
#ifndef PICKET_CONFIG_OPTION_H
#define PICKET_CONFIG_OPTION_H

#include <stdint.h>
#include <stdio.h>

#include "config.h"

struct node;

enum option_type {
	OPTION_BOOL,		/* bool */
	OPTION_U32,		/* uint32_t */
	OPTION_SECONDS,		/* uint32_t; s, m, h, d may follow the number */
	OPTION_OCTETS32,	/* uint32_t; KiB, MiB, GiB may follow the number */
	OPTION_OCTETS64,	/* uint64_t; likewise, and TiB */
	OPTION_TEXT,		/* char *, NULL when empty */
	OPTION_HOST_NAME,	/* char *; empty: this host's name */
	OPTION_TEXTS,		/* struct text_list */
	OPTION_PACK,		/* struct text_list; empty: the signatures that came with picketd */
	OPTION_CIDRS,		/* struct cidr_list */
	OPTION_WORD,		/* uint32_t: which of the words in `unit`, "one|two" */
	OPTION_GROUPS,		/* struct group * and its count */
	OPTION_INTEL,		/* struct intel_source * and its count */
	OPTION_SUPPRESS		/* struct suppression * and its count */
};

struct option {
	const char *name;	/* dotted path of YAML keys */
	enum option_type type;
	size_t at;		/* offset in struct config */
	const char *preset;	/* as --set takes it */
	uint64_t min, max;	/* numbers: legal range; text: octets; lists: entries (max only) */
	const char *unit;	/* what OPTION_U32 counts, words of OPTION_WORD; else NULL */
	const char *help;	/* sentences for sample and manual, without markup */
};

/* A YAML key that only holds other keys. */
struct option_section {
	const char *name;
	const char *help;
};

extern const struct option option_table[];
extern const size_t option_count;
extern const struct option_section option_sections[];
extern const size_t option_section_count;

/** NULL when there is no such option. */
const struct option *option_find(const char *name);
const struct option_section *option_section_find(const char *name);
/** The option or section whose name takes the fewest edits; never NULL. */
const char *option_nearest(const char *name);

/* Why a value was refused, for the person who wrote it; `entry` says which of a list. */
struct refusal {
	char text[320];
	size_t entry;
};

bool option_is_list(const struct option *o);
bool option_is_number(const struct option *o);
/** Is it a list of mappings? Those are set from YAML only. */
bool option_is_mappings(const struct option *o);
/** What to write for an option, in words: "number", "list of address blocks" ... */
const char *option_type_name(const struct option *o);

/** Is it a list of mappings, which only YAML can write? */
bool option_is_mappings(const struct option *o);
/** Set from `n` texts: one for a scalar, any number for a list (not for mappings). The
 * old value is freed only when the new one is complete. 0, -EINVAL or -ENOMEM with `why`. */
int option_set(struct config *cfg, const struct option *o, const char *const *texts, size_t n,
    struct refusal *why);
/** Set from `key=value` text: a list takes commas, mappings take YAML. */
int option_set_text(struct config *cfg, const struct option *o, const char *text,
    struct refusal *why);
/** Set a list of mappings from a YAML list; *line: where it went wrong. */
int option_set_mappings(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line);
int option_set_groups(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line);
/* intel.c */
int option_set_intel(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line);
void intel_sources_free(struct config *cfg);
void intel_sources_print(const struct config *cfg, FILE *out);
/* suppress.c */
int option_set_suppress(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line);
/** Free the value; it is then empty. */
void option_free(struct config *cfg, const struct option *o);

/** Write the value as YAML on the rest of a line. Groups: a list in flow style. */
void option_print(const struct config *cfg, const struct option *o, FILE *out);
/* suppress.c */
void suppress_free(struct config *cfg);
void suppress_print(const struct config *cfg, FILE *out);

/** Write a number with the largest unit that leaves no rest. */
void option_print_number(const struct option *o, uint64_t value, FILE *out);

/** A text as a YAML scalar that reads back to the same: plain, or in double quotes. */
void yaml_print_text(const char *text, FILE *out);

/** As config_load(), from memory; `name` stands for FILE in errors. For tests and fuzzing. */
int config_load_memory(struct config *cfg, const char *name, const void *data, size_t size,
    struct config_error *err);

#endif
