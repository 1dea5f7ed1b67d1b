/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - jansson's door: a JSON array of records, handed out one by one. The brackets and
 * commas between the records are stepped over here, each record is jansson's. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "file.h"
#include "json.h"

enum {
	RECORD_OCTETS_MAX = 1 << 16,
	UTF8_OCTETS_MAX = 4
};

struct json_file {
	char *owned;		/* NULL when the octets are borrowed */
	const char *octets;
	size_t len;
	size_t at;
	unsigned line;		/* of `at`, from 1 */
	enum { BEFORE_ARRAY, AFTER_RECORD, AFTER_ARRAY } place;
	json_t *record;		/* the one handed out last */
	char problem[JSON_ERROR_TEXT_LENGTH + 32];	/* empty: none so far */
};

/* struct json_value is never defined: it is json_t under a name that callers can have
 * without jansson's header. */
static const json_t *
theirs(const struct json_value *v)
{
	return (const json_t *)v;
}

static const struct json_value *
ours(const json_t *v)
{
	return (const struct json_value *)v;
}

static void
say(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
}

int
json_file_open(struct json_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size)
{
	char *octets = NULL;
	size_t len = 0;
	int rc = file_read(path, max_octets, &octets, &len, err, err_size);

	if (rc != 0)
		return rc;
	rc = json_file_over(out, octets, len);
	if (rc != 0) {
		free(octets);
		say(err, err_size, "out of memory");
		return rc;
	}
	(*out)->owned = octets;
	return 0;
}

int
json_file_over(struct json_file **out, const void *octets, size_t len)
{
	struct json_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -ENOMEM;
	f->octets = octets;
	f->len = len;
	f->line = 1;
	*out = f;
	return 0;
}

void
json_file_close(struct json_file *f)
{
	if (f == NULL)
		return;
	json_decref(f->record);
	free(f->owned);
	free(f);
}

const void *
json_file_octets(const struct json_file *f, size_t *len)
{
	*len = f->len;
	return f->octets;
}

/* --- from record to record ------------------------------------------------------------ */

static int
malformed(struct json_file *f, const char *problem)
{
	say(f->problem, sizeof(f->problem), "malformed JSON: %s", problem);
	return -EINVAL;
}

static void
advance(struct json_file *f, size_t n)
{
	for (; n > 0; n--)
		f->line += f->octets[f->at++] == '\n';
}

static void
skip_space(struct json_file *f)
{
	while (f->at < f->len && f->octets[f->at] != '\0' &&
	    strchr(" \t\r\n", f->octets[f->at]) != NULL)
		advance(f, 1);
}

/* Is `c` what comes next, after any space? */
static bool
comes(struct json_file *f, char c)
{
	skip_space(f);
	return f->at < f->len && f->octets[f->at] == c;
}

static bool
take(struct json_file *f, char c)
{
	bool there = comes(f, c);

	f->at += there;
	return there;
}

/* To the opening bracket. jansson 2.14 reads over a NUL that follows a number or a word, and
 * its positions are off by one from there: no file may hold one. */
static int
step_into_array(struct json_file *f)
{
	const char *nul = memchr(f->octets, '\0', f->len);

	if (nul != NULL) {
		advance(f, (size_t)(nul - f->octets));
		return malformed(f, "NUL octet");
	}
	return take(f, '[') ? 0 : malformed(f, "the file is no array of records");
}

/* To where the next record begins. 1: it is there, 0: the array has ended, or -EINVAL. */
static int
step_to_record(struct json_file *f)
{
	bool comma = false;

	if (f->place == AFTER_ARRAY)
		return 0;
	if (f->place == BEFORE_ARRAY && step_into_array(f) != 0)
		return -EINVAL;
	if (f->place == AFTER_RECORD)
		comma = take(f, ',');
	if (!comma && take(f, ']')) {
		f->place = AFTER_ARRAY;
		skip_space(f);
		return f->at == f->len ? 0 : malformed(f, "something follows the array");
	}
	if (f->place == AFTER_RECORD && !comma)
		return malformed(f, "a comma or closing bracket is missing here");
	return comes(f, '{') ? 1 : malformed(f, "a record (an object) is missing here");
}

/* The record that begins here. 1, or -EINVAL. */
static int
read_record(struct json_file *f)
{
	size_t left = f->len - f->at;
	size_t seen = left < RECORD_OCTETS_MAX ? left : RECORD_OCTETS_MAX;
	json_error_t e;

	f->record = json_loadb(f->octets + f->at, seen,
	    JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &e);
	if (f->record != NULL) {
		advance(f, (size_t)e.position);
		f->place = AFTER_RECORD;
		return 1;
	}
	if (e.text[0] == '\0') {
		say(f->problem, sizeof(f->problem), "out of memory");
		return -EINVAL;
	}
	/* it stumbles over the end of what it sees, or over a UTF-8 sequence cut there */
	if (seen < left && (size_t)e.position + UTF8_OCTETS_MAX > seen)
		return malformed(f, "record too long");
	f->line += (unsigned)e.line - 1;
	return malformed(f, e.text);
}

int
json_file_next(struct json_file *f, const struct json_value **record, unsigned *line,
    char *err, size_t err_size)
{
	int rc = f->problem[0] != '\0' ? -EINVAL : step_to_record(f);

	json_decref(f->record);
	f->record = NULL;
	*line = f->line;
	if (rc > 0)
		rc = read_record(f);
	*record = ours(f->record);
	if (rc < 0) {
		*line = f->line;
		say(err, err_size, "%s", f->problem);
	}
	return rc;
}

struct json_value *
json_parse(const char *octets, size_t len)
{
	json_error_t e;
	json_t *v = NULL;

	if (len != 0 && memchr(octets, '\0', len) == NULL)
		v = json_loadb(octets, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	return (struct json_value *)v;
}

void
json_free(struct json_value *v)
{
	json_decref((json_t *)v);
}

/* --- looking at a record -------------------------------------------------------------- */

const struct json_value *
json_get(const struct json_value *object, const char *key)
{
	return ours(json_object_get(theirs(object), key));
}

bool
json_has(const struct json_value *object, const char *key)
{
	return json_get(object, key) != NULL;
}

const struct json_value *
json_member(const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);

	return json_value_is_object(v) || json_value_is_array(v) ? v : NULL;
}

bool
json_is_bool(const struct json_value *object, const char *key)
{
	return json_is_boolean(theirs(json_get(object, key)));
}

bool
json_bool(const struct json_value *object, const char *key, bool preset)
{
	return json_is_bool(object, key) ? json_is_true(theirs(json_get(object, key))) : preset;
}

size_t
json_array_len(const struct json_value *array)
{
	return json_array_size(theirs(array));
}

const struct json_value *
json_array_at(const struct json_value *array, size_t i)
{
	return ours(json_array_get(theirs(array), i));
}

bool
json_value_is_null(const struct json_value *v)
{
	return v == NULL || json_is_null(theirs(v));
}

bool
json_value_is_object(const struct json_value *v)
{
	return json_is_object(theirs(v));
}

bool
json_value_is_array(const struct json_value *v)
{
	return json_is_array(theirs(v));
}

bool
json_value_is_bool(const struct json_value *v)
{
	return json_is_boolean(theirs(v));
}

const char *
json_value_text(const struct json_value *v)
{
	return json_string_value(theirs(v));
}

int64_t
json_value_int(const struct json_value *v, int64_t preset)
{
	return json_is_integer(theirs(v)) ? json_integer_value(theirs(v)) : preset;
}

const char *
json_unknown_key(const struct json_value *object, const char *const *keys, size_t n)
{
	json_t *o = (json_t *)(uintptr_t)object;	/* iterators want it writable; it stays as it is */
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value) {
		size_t i = 0;

		while (i < n && strcmp(keys[i], key) != 0)
			i++;
		if (i == n)
			return key;
	}
	return NULL;
}
