/* SPDX-License-Identifier: Apache-2.0 */
/* json_walk.c - steps through a document along a path. Recursion is as deep as the path has
 * steps; what is stepped over is counted, not recursed into. */
#include <stdint.h>
#include <string.h>

#include "json_walk.h"

struct walk {
	const char *octets;
	size_t at, len;
	unsigned line;
	const char *wrong;
	json_found_fn found;
	void *arg;
	const char *key;
	size_t key_len;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct walk *w)
{
	for (; w->at < w->len && is_space(w->octets[w->at]); w->at++)
		w->line += w->octets[w->at] == '\n';
}

static bool
fail(struct walk *w, const char *wrong)
{
	if (w->wrong == NULL)
		w->wrong = wrong;
	return false;
}

/* After any space: is `c` next? Steps over it. */
static bool
take(struct walk *w, char c)
{
	skip_space(w);
	if (w->at == w->len || w->octets[w->at] != c)
		return false;
	w->at++;
	return true;
}

/* From the opening quote to behind the closing one. */
static bool
skip_string(struct walk *w)
{
	for (w->at++; w->at < w->len; w->at++) {
		char c = w->octets[w->at];

		if (c == '"') {
			w->at++;
			return true;
		}
		if ((unsigned char)c < 0x20)
			return fail(w, "control character in a text");
		w->at += c == '\\';
	}
	w->at = w->len;
	return fail(w, "a text that is not closed");
}

/* Number or word. */
static bool
skip_word(struct walk *w)
{
	size_t start = w->at;

	while (w->at < w->len && w->octets[w->at] != '\0' &&
	    strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", w->octets[w->at]) != NULL)
		w->at++;
	return w->at > start || fail(w, "a value is missing here");
}

/* One value, whatever it is. */
static bool
skip_value(struct walk *w)
{
	char open[JSON_WALK_DEPTH_MAX];
	unsigned depth = 0;

	do {
		char c;

		skip_space(w);
		if (w->at == w->len)
			return fail(w, "the document ends early");
		c = w->octets[w->at];
		if (c == '{' || c == '[') {
			if (depth == JSON_WALK_DEPTH_MAX)
				return fail(w, "nested too deep");
			open[depth++] = c == '{' ? '}' : ']';
			w->at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0 || open[--depth] != c)
				return fail(w, "a bracket that nothing opened");
			w->at++;
		} else if (depth != 0 && (c == ',' || c == ':')) {
			w->at++;
		} else if (!(c == '"' ? skip_string(w) : skip_word(w))) {
			return false;
		}
	} while (depth != 0);
	return true;
}

static bool walk_value(struct walk *w, const char *path);

static bool
report(struct walk *w)
{
	struct json_span span = { .line = w->line, .key = w->key, .key_len = w->key_len };
	size_t start = w->at;

	if (!skip_value(w))
		return false;
	span.at = w->octets + start;
	span.len = w->at - start;
	w->found(w->arg, &span);
	return true;
}

static bool
walk_array(struct walk *w, const char *path)
{
	w->at++;
	if (take(w, ']'))
		return true;
	do {
		skip_space(w);
		if (!walk_value(w, path))
			return false;
	} while (take(w, ','));
	return take(w, ']') || fail(w, "a comma or closing bracket is missing here");
}

/* The key that begins here; its value is next. */
static bool
read_key(struct walk *w)
{
	skip_space(w);
	if (w->at == w->len || w->octets[w->at] != '"')
		return fail(w, "a key is missing here");
	w->key = w->octets + w->at + 1;
	if (!skip_string(w))
		return false;
	w->key_len = (size_t)(w->octets + w->at - 1 - w->key);
	if (!take(w, ':'))
		return fail(w, "a colon is missing here");
	skip_space(w);
	return true;
}

static bool
walk_object(struct walk *w, const char *path)
{
	size_t step = strcspn(path, ".[");
	const char *rest = path + step + (path[step] == '.');

	w->at++;
	if (take(w, '}'))
		return true;
	do {
		if (!read_key(w))
			return false;
		if ((step == 1 && path[0] == '*') ||
		    (w->key_len == step && memcmp(w->key, path, step) == 0)) {
			if (!walk_value(w, rest))
				return false;
		} else if (!skip_value(w)) {
			return false;
		}
	} while (take(w, ','));
	return take(w, '}') || fail(w, "a comma or closing bracket is missing here");
}

static bool
walk_value(struct walk *w, const char *path)
{
	char c = w->at < w->len ? w->octets[w->at] : '\0';

	if (path[0] == '\0')
		return report(w);
	if (path[0] == '[' && c == '[')
		return walk_array(w, path + 2 + (path[2] == '.'));
	if (path[0] != '[' && c == '{')
		return walk_object(w, path);
	return skip_value(w);
}

const char *
json_walk(const char *octets, size_t len, unsigned first_line, const char *path,
    json_found_fn found, void *arg, unsigned *line)
{
	struct walk w = { .octets = octets, .len = len, .line = first_line, .found = found, .arg = arg };

	skip_space(&w);
	if (walk_value(&w, path)) {
		skip_space(&w);
		if (w.at != w.len)
			(void)fail(&w, "something follows the document");
	}
	*line = w.line;
	return w.wrong;
}
