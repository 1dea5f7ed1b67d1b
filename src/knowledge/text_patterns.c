/* SPDX-License-Identifier: Apache-2.0 */
/* text_patterns.c - the only file that knows libhs, or where it is absent PCRE2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_patterns.h"

enum { DATABASE_OCTETS_MAX = 256 << 20 };

#ifdef PICKET_HAVE_HS

#include <hs.h>

struct text_patterns {
	hs_database_t *db;
	uint32_t *ids;		/* by place: the library wants them unique to tell each once */
};

static unsigned
flags_of(const struct text_pattern *p)
{
	return HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | (p->caseless ? HS_FLAG_CASELESS : 0);
}

bool
text_pattern_compiles(const struct text_pattern *p, char err[static TEXT_PATTERNS_ERROR_MAX])
{
	hs_compile_error_t *error = NULL;
	hs_expr_info_t *info = NULL;
	hs_error_t rc = hs_expression_info(p->expression, flags_of(p), &info, &error);

	if (rc == HS_SUCCESS && info != NULL && info->min_width == 0) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "it matches the empty text");
		rc = HS_INVALID;
	} else if (rc != HS_SUCCESS) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "%s",
		    error == NULL ? "out of memory" : error->message);
	}
	if (error != NULL)
		(void)hs_free_compile_error(error);
	free(info);
	return rc == HS_SUCCESS;
}

static int
compile(struct text_patterns *t, const struct text_pattern *p, size_t n, size_t *which,
    char err[static TEXT_PATTERNS_ERROR_MAX])
{
	const char **expressions = calloc(n, sizeof(*expressions));
	unsigned *flags = calloc(n, sizeof(*flags)), *places = calloc(n, sizeof(*places));
	hs_compile_error_t *error = NULL;
	int rc = -ENOMEM;

	*which = n;
	if (expressions != NULL && flags != NULL && places != NULL) {
		for (size_t i = 0; i < n; i++) {
			expressions[i] = p[i].expression;
			flags[i] = flags_of(&p[i]);
			places[i] = (unsigned)i;
			t->ids[i] = p[i].id;
		}
		rc = hs_compile_multi(expressions, flags, places, (unsigned)n, HS_MODE_BLOCK, NULL,
		    &t->db, &error) == HS_SUCCESS ? 0 : -EINVAL;
	}
	if (error != NULL) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "%s", error->message);
		if (error->expression >= 0)
			*which = (size_t)error->expression;
		(void)hs_free_compile_error(error);
	}
	free(expressions);
	free(flags);
	free(places);
	return rc;
}

int
text_patterns_new(struct text_patterns **out, const struct text_pattern *p, size_t n,
    size_t *which, char err[static TEXT_PATTERNS_ERROR_MAX])
{
	struct text_patterns *t = calloc(1, sizeof(*t));
	int rc = -ENOMEM;

	*which = n;
	(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "cannot be compiled");
	if (t != NULL)
		t->ids = calloc(n, sizeof(t->ids[0]));
	if (hs_valid_platform() != HS_SUCCESS) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "libhs does not run on this processor "
		    "(it wants SSSE3): build with -Dtext_patterns=pcre2");
		rc = -EINVAL;
	} else if (t != NULL && t->ids != NULL) {
		rc = compile(t, p, n, which, err);
	}
	if (rc == 0 && text_patterns_octets(t) > DATABASE_OCTETS_MAX) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "together they need more than %d octets",
		    DATABASE_OCTETS_MAX);
		rc = -EINVAL;
	}
	if (rc == 0)
		*out = t;
	else
		text_patterns_free(t);
	return rc;
}

void
text_patterns_free(struct text_patterns *t)
{
	if (t == NULL)
		return;
	(void)hs_free_database(t->db);
	free(t->ids);
	free(t);
}

size_t
text_patterns_octets(const struct text_patterns *t)
{
	size_t octets = 0;

	return hs_database_size(t->db, &octets) == HS_SUCCESS ? octets : 0;
}

struct text_scratch {
	hs_scratch_t *hs;
};

int
text_scratch_fit(struct text_scratch **s, const struct text_patterns *t)
{
	if (*s == NULL && (*s = calloc(1, sizeof(**s))) == NULL)
		return -ENOMEM;
	return hs_alloc_scratch(t->db, &(*s)->hs) == HS_SUCCESS ? 0 : -ENOMEM;
}

void
text_scratch_free(struct text_scratch *s)
{
	if (s == NULL)
		return;
	(void)hs_free_scratch(s->hs);
	free(s);
}

struct scan {
	const uint32_t *ids;
	void (*found)(void *arg, uint32_t id);
	void *arg;
};

static int
on_match(unsigned place, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	const struct scan *scan = arg;

	(void)from;
	(void)to;
	(void)flags;
	scan->found(scan->arg, scan->ids[place]);
	return 0;
}

void
text_patterns_find(const struct text_patterns *t, struct text_scratch *s, const void *octets,
    size_t len, void (*found)(void *arg, uint32_t id), void *arg)
{
	struct scan scan = { t->ids, found, arg };

	if (len != 0)
		(void)hs_scan(t->db, octets, (unsigned)len, 0, s->hs, on_match, &scan);
}

const char *
text_patterns_library(void)
{
	static char text[64];

	if (text[0] == '\0')
		(void)snprintf(text, sizeof(text), "libhs %.24s, all at once", hs_version());
	return text;
}

#else /* without libhs */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { STEPS_MAX = 20000, HEAP_KIB_MAX = 256, DEPTH_MAX = 500 };

struct text_patterns {
	size_t n;
	pcre2_code **code;
	uint32_t *ids;
};

struct text_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static pcre2_code *
compile_one(const struct text_pattern *p, char err[static TEXT_PATTERNS_ERROR_MAX])
{
	uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NO_AUTO_CAPTURE
	    | (p->caseless ? PCRE2_CASELESS : 0);
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)p->expression, PCRE2_ZERO_TERMINATED, options,
	    &error, &at, NULL);

	if (code == NULL)
		(void)pcre2_get_error_message(error, (PCRE2_UCHAR *)err, TEXT_PATTERNS_ERROR_MAX);
	return code;
}

bool
text_pattern_compiles(const struct text_pattern *p, char err[static TEXT_PATTERNS_ERROR_MAX])
{
	pcre2_code *code = compile_one(p, err);
	uint32_t empty = 0;

	if (code == NULL)
		return false;
	(void)pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &empty);
	pcre2_code_free(code);
	if (empty != 0)
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "it matches the empty text");
	return empty == 0;
}

int
text_patterns_new(struct text_patterns **out, const struct text_pattern *p, size_t n,
    size_t *which, char err[static TEXT_PATTERNS_ERROR_MAX])
{
	struct text_patterns *t = calloc(1, sizeof(*t));

	*which = n;
	if (t == NULL || (t->code = calloc(n, sizeof(t->code[0]))) == NULL
	    || (t->ids = calloc(n, sizeof(t->ids[0]))) == NULL) {
		text_patterns_free(t);
		return -ENOMEM;
	}
	for (; t->n < n; t->n++) {
		t->ids[t->n] = p[t->n].id;
		t->code[t->n] = compile_one(&p[t->n], err);
		if (t->code[t->n] == NULL) {
			*which = t->n;
			text_patterns_free(t);
			return -EINVAL;
		}
	}
	if (text_patterns_octets(t) > DATABASE_OCTETS_MAX) {
		(void)snprintf(err, TEXT_PATTERNS_ERROR_MAX, "together they need more than %d octets",
		    DATABASE_OCTETS_MAX);
		text_patterns_free(t);
		return -EINVAL;
	}
	*out = t;
	return 0;
}

void
text_patterns_free(struct text_patterns *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		pcre2_code_free(t->code[i]);
	free(t->code);
	free(t->ids);
	free(t);
}

size_t
text_patterns_octets(const struct text_patterns *t)
{
	size_t octets = 0, one = 0;

	for (size_t i = 0; i < t->n; i++)
		if (pcre2_pattern_info(t->code[i], PCRE2_INFO_SIZE, &one) == 0)
			octets += one;
	return octets;
}

int
text_scratch_fit(struct text_scratch **s, const struct text_patterns *t)
{
	(void)t;
	if (*s != NULL)
		return 0;
	*s = calloc(1, sizeof(**s));
	if (*s == NULL)
		return -ENOMEM;
	(*s)->data = pcre2_match_data_create(1, NULL);
	(*s)->context = pcre2_match_context_create(NULL);
	if ((*s)->data == NULL || (*s)->context == NULL)
		return -ENOMEM;	/* the caller frees it */
	(void)pcre2_set_match_limit((*s)->context, STEPS_MAX);
	(void)pcre2_set_depth_limit((*s)->context, DEPTH_MAX);
	(void)pcre2_set_heap_limit((*s)->context, HEAP_KIB_MAX);
	return 0;
}

void
text_scratch_free(struct text_scratch *s)
{
	if (s == NULL)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	free(s);
}

/* One that runs into its limits is not found. */
void
text_patterns_find(const struct text_patterns *t, struct text_scratch *s, const void *octets,
    size_t len, void (*found)(void *arg, uint32_t id), void *arg)
{
	for (size_t i = 0; i < t->n && len != 0; i++)
		if (pcre2_match(t->code[i], octets, len, 0, 0, s->data, s->context) >= 0)
			found(arg, t->ids[i]);
}

const char *
text_patterns_library(void)
{
	static char text[64];
	char version[32] = "";

	(void)pcre2_config(PCRE2_CONFIG_VERSION, version);
	if (text[0] == '\0')
		(void)snprintf(text, sizeof(text), "PCRE2 %.24s, one after the other", version);
	return text;
}

#endif
