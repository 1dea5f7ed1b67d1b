/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the members of a record, each checked as it is read, with the file and line in
 * every complaint. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static void
tell(struct loader *l, const char *file, unsigned line, const char *fmt, va_list ap)
{
	char text[1024];

	l->errors++;
	if (l->complain == NULL || l->errors > ERRORS_MAX + 1)
		return;
	if (l->errors > ERRORS_MAX) {
		l->complain(l->arg, true, file, line, "there are more errors; these come first");
		return;
	}
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	l->complain(l->arg, true, file, line, text);
}

void
complain(struct loader *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(l, l->file, l->line, fmt, ap);
	va_end(ap);
}

void
complain_at(struct loader *l, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(l, file, line, fmt, ap);
	va_end(ap);
}

void
warn(struct loader *l, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (l->complain == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	l->complain(l->arg, false, l->file, l->line, text);
}

int
fatal(struct loader *l, int error)
{
	if (l->fatal == 0) {
		l->fatal = error;
		complain(l, "%s", strerror(-error));
	}
	return error;
}

bool
known_keys(struct loader *l, const struct json_value *r, const char *const *keys, size_t n)
{
	const char *unknown = json_unknown_key(r, keys, n);

	if (unknown != NULL)
		complain(l, "unknown key '%.64s'", unknown);
	return unknown == NULL;
}

static bool
has_controls(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

const char *
read_text(struct loader *l, const struct json_value *r, const char *key, int required,
    size_t max)
{
	const struct json_value *member = json_get(r, key);
	const char *text = json_value_text(member);

	if (text == NULL && json_value_is_null(member)) {
		if (required)
			complain(l, "'%s' is missing", key);
	} else if (text == NULL) {
		complain(l, "'%s' is no text", key);
	} else if (*text == '\0' || strlen(text) > max) {
		complain(l, "'%s' is empty or longer than %zu octets", key, max);
	} else if (has_controls(text)) {
		complain(l, "'%s' holds a control character", key);
	} else {
		return text;
	}
	return NULL;
}

const char *
own_text(struct loader *l, const char *text)
{
	const char *copy = text == NULL ? NULL : arena_text(l->k->arena, text, strlen(text));

	if (text != NULL && copy == NULL)
		(void)fatal(l, -ENOMEM);
	return copy;
}

const char *
shared_text(struct loader *l, const char *text)
{
	const char *there;

	if (text == NULL)
		return NULL;
	there = text_set_find(&l->shared, &l->k->seed, text);
	if (there != NULL)
		return there;
	there = own_text(l, text);
	if (there != NULL && text_set_add(&l->shared, &l->k->seed, there) != 0)
		(void)fatal(l, -ENOMEM);
	return there;
}

const char *
read_shared(struct loader *l, const struct json_value *r, const char *key, int required,
    size_t max)
{
	return shared_text(l, read_text(l, r, key, required, max));
}

bool
read_bool(struct loader *l, const struct json_value *r, const char *key)
{
	if (!json_is_bool(r, key))
		complain(l, "'%s' is missing or neither true nor false", key);
	return json_bool(r, key, false);
}

const char *
read_date(struct loader *l, const struct json_value *r, const char *key, int required)
{
	const char *text = read_text(l, r, key, required, 10);
	uint64_t first, last;

	if (text == NULL)
		return NULL;
	if (date_parse(text, &first, &last) != 0) {
		complain(l, "'%s': '%s' is no date (YYYY, YYYY-MM or YYYY-MM-DD)", key, text);
		return NULL;
	}
	return shared_text(l, text);
}

int
read_word(struct loader *l, const struct json_value *r, const char *key, int required,
    const char *const *words, size_t n)
{
	const char *text = read_text(l, r, key, required, ID_MAX);

	if (text == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], text) == 0)
			return (int)i;
	complain(l, "'%s': '%s' is no known value", key, text);
	return -1;
}

bool
id_is_good(const char *id)
{
	size_t len = strlen(id);

	return len != 0 && len <= ID_MAX &&
	    strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

const char *
read_sources(struct loader *l, const struct json_value *r, int required)
{
	const struct json_value *sources = json_member(r, "sources");
	size_t n = json_array_len(sources);

	if (!json_value_is_array(sources) || n > SOURCES_MAX || (required && n == 0)) {
		complain(l, "'sources' must be an array of 1 to %d texts", SOURCES_MAX);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		const char *text = json_value_text(json_array_at(sources, i));

		if (text == NULL || *text == '\0' || strlen(text) > SOURCE_MAX || has_controls(text)) {
			complain(l, "'sources' holds something that is no source");
			return NULL;
		}
	}
	return n == 0 ? NULL : shared_text(l, json_value_text(json_array_at(sources, 0)));
}

bool
read_dates(struct loader *l, const struct json_value *r, const char *key,
    const struct list_date **out, size_t *out_n)
{
	static const char *const keys[] = { "date", "what" };
	const struct json_value *array = json_member(r, key);
	size_t n = json_array_len(array);
	struct list_date *dates;

	if (!json_has(r, key))
		return true;
	if (!json_value_is_array(array) || n > DATES_MAX) {
		complain(l, "'%s' must be an array of at most %d dates", key, DATES_MAX);
		return false;
	}
	if (n == 0)
		return true;
	dates = arena_alloc(l->k->arena, n * sizeof(*dates));
	if (dates == NULL)
		return fatal(l, -ENOMEM) == 0;
	for (size_t i = 0; i < n; i++) {
		const struct json_value *date = json_array_at(array, i);

		if (!json_value_is_object(date)) {
			complain(l, "'%s' holds something that is no date", key);
			return false;
		}
		(void)known_keys(l, date, keys, 2);
		dates[i].date = read_date(l, date, "date", REQUIRED);
		dates[i].what = read_shared(l, date, "what", REQUIRED, SENTENCE_MAX);
		if (dates[i].date == NULL || dates[i].what == NULL)
			return false;
		if (i > 0 && strcmp(dates[i - 1].date, dates[i].date) > 0)
			complain(l, "'%s' is not in the order of dates", key);
	}
	*out = dates;
	*out_n = n;
	return true;
}
