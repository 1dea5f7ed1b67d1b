/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - a strict reader of JSON arrays, one record at a time.
 *
 * Why not jansson, as elsewhere: it allocates for every key and value and takes 5.6 us for an
 * indicator of 250 octets; a million of them have to load in 2 s. Here the values of one
 * record live in two blocks that the next record reuses. tests/base/test_json.c holds this
 * reader to jansson's verdict on every document it tries. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

enum {
	RECORD_OCTETS_MAX = 1 << 16,
	RECORD_VALUES_MAX = 2048,
	DEPTH_MAX = 8
};

enum json_type {
	JSON_TYPE_NULL, JSON_TYPE_BOOL, JSON_TYPE_INT, JSON_TYPE_REAL, JSON_TYPE_TEXT,
	JSON_TYPE_ARRAY, JSON_TYPE_OBJECT
};

struct json_value {
	const char *key;	/* as a member of an object, else NULL */
	uint32_t key_len;
	uint32_t n;		/* values in an array or object */
	enum json_type type;
	struct json_value *next;	/* in the same array or object */
	union {
		bool truth;
		int64_t number;
		const char *text;
		struct json_value *first;
	};
	/* Where the last search in this object ended: keys are mostly asked for in the order
	 * in which they are written, so the next is found at once. */
	const struct json_value *found;
};

struct json_file {
	char *owned;		/* NULL when the octets are borrowed */
	const char *octets;
	size_t len;
	size_t at;
	unsigned line;		/* of `at`, from 1 */
	bool begun, ended, some;
	const char *problem;	/* first reason why the record is malformed */
	size_t record_at;
	size_t n_values, text_used;
	struct json_value values[RECORD_VALUES_MAX];
	char text[RECORD_OCTETS_MAX + 16];	/* decoded texts: never longer than written */
};

static struct json_value *parse_value(struct json_file *f, unsigned depth);

static void
say(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
}

/* Read a whole regular file. 0 or -errno. */
static int
read_all(int fd, size_t max, char **out, size_t *out_len)
{
	struct stat st;
	size_t len = 0, size;
	char *octets;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	size = (size_t)st.st_size;
	octets = malloc(size + 1);
	if (octets == NULL)
		return -ENOMEM;
	while (len < size) {
		ssize_t n = read(fd, octets + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int error = errno;

			free(octets);
			return -error;
		}
		if (n == 0)
			break;	/* it shrank meanwhile: what there is must parse */
		len += (size_t)n;
	}
	*out = octets;
	*out_len = len;
	return 0;
}

int
json_file_open(struct json_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *octets = NULL;
	size_t len = 0;
	int rc;

	if (fd < 0) {
		rc = -errno;
		say(err, err_size, "cannot open: %s", strerror(-rc));
		return rc;
	}
	rc = read_all(fd, max_octets, &octets, &len);
	(void)close(fd);
	if (rc == -EFBIG)
		say(err, err_size, "larger than %zu octets", max_octets);
	else if (rc == -EINVAL)
		say(err, err_size, "not a regular file");
	else if (rc != 0)
		say(err, err_size, "cannot read: %s", strerror(-rc));
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
	struct json_file *f = malloc(sizeof(*f));	/* blocks stay untouched until used */

	if (f == NULL)
		return -ENOMEM;
	memset(f, 0, offsetof(struct json_file, values));
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
	free(f->owned);
	free(f);
}

const void *
json_file_octets(const struct json_file *f, size_t *len)
{
	*len = f->len;
	return f->octets;
}

/* --- the grammar of RFC 8259 ---------------------------------------------------------- */

static void *
wrong(struct json_file *f, const char *problem)
{
	if (f->problem == NULL)
		f->problem = problem;
	return NULL;
}

/* The next octet, or -1 at the end. */
static int
peek(const struct json_file *f)
{
	return f->at < f->len ? (unsigned char)f->octets[f->at] : -1;
}

static inline void
skip_space(struct json_file *f)
{
	for (; f->at < f->len; f->at++) {
		switch (f->octets[f->at]) {
		case '\n':
			f->line++;
			break;
		case ' ': case '\t': case '\r':
			break;
		default:
			return;
		}
	}
}

/* Step over `c` and the space before it. */
static inline bool
take(struct json_file *f, char c)
{
	skip_space(f);
	if (peek(f) != c)
		return false;
	f->at++;
	return true;
}

static struct json_value *
new_value(struct json_file *f, enum json_type type)
{
	struct json_value *v;

	if (f->n_values == RECORD_VALUES_MAX)
		return wrong(f, "too many values in one record");
	v = &f->values[f->n_values++];
	memset(v, 0, sizeof(*v));
	v->type = type;
	return v;
}

/* Octets of the well-formed UTF-8 sequence at `s` (Unicode, table 3-7), 0 when malformed. */
static size_t
utf8_sequence(const unsigned char *s, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (left < n)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;	/* no overlong form */
	else if (s[0] == 0xed)
		high = 0x9f;	/* no surrogate */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;	/* not past U+10FFFF */
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Four hexadecimal digits after \u; -1 when they are not there. */
static int32_t
take_hex4(struct json_file *f)
{
	int32_t code = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(f);

		if (c >= '0' && c <= '9')
			code = code * 16 + c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			code = code * 16 + (c | 0x20) - 'a' + 10;
		else
			return -1;
		f->at++;
	}
	return code;
}

static size_t
put_utf8(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* After "\u". Returns octets written to `out`, 0 when malformed. */
static size_t
take_unicode_escape(struct json_file *f, char *out)
{
	int32_t code = take_hex4(f), low;

	if (code == 0)
		(void)wrong(f, "\\u0000 in a text");
	if (code <= 0)
		return 0;
	if (code >= 0xd800 && code <= 0xdbff) {	/* first half of a surrogate pair */
		if (peek(f) != '\\')
			return 0;
		f->at++;
		if (peek(f) != 'u')
			return 0;
		f->at++;
		low = take_hex4(f);
		if (low < 0xdc00 || low > 0xdfff)
			return 0;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code >= 0xdc00 && code <= 0xdfff) {
		return 0;
	}
	return put_utf8(out, (uint32_t)code);
}

/* After a backslash. Returns octets written to `out`, 0 when malformed. */
static size_t
take_escape(struct json_file *f, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(f);
	const char *known;

	if (c <= 0)
		return 0;
	f->at++;
	if (c == 'u')
		return take_unicode_escape(f, out);
	known = strchr(from, c);
	if (known == NULL)
		return 0;
	*out = to[known - from];
	return 1;
}

/* Octets from `at` on that stand for themselves in a text and need no look. */
static size_t
plain_run(const struct json_file *f)
{
	const char *start = f->octets + f->at, *end = f->octets + f->len, *p = start;

	/* from 0x20 to 0x7f in one comparison */
	while (p != end && (unsigned char)(*p - 0x20) < 0x60 && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - start);
}

/* Octets written to `out` for what ends a plain run: an escape or a UTF-8 sequence. 0, and
 * the problem said, when it is neither. */
static size_t
take_special(struct json_file *f, char *out)
{
	unsigned char c = (unsigned char)f->octets[f->at];
	size_t n;

	if (c == '\\') {
		f->at++;
		n = take_escape(f, out);
		if (n == 0)
			(void)wrong(f, "bad escape in a text");
		return n;
	}
	if (c < 0x20) {
		(void)wrong(f, "control character in a text");
		return 0;
	}
	n = utf8_sequence((const unsigned char *)f->octets + f->at, f->len - f->at);
	if (n == 0)
		(void)wrong(f, "text is not UTF-8");
	memcpy(out, f->octets + f->at, n);
	f->at += n;
	return n;
}

/* A text after its opening quote, decoded, with a closing NUL; NULL when malformed. */
static const char *
parse_text(struct json_file *f, uint32_t *len)
{
	char *start = f->text + f->text_used, *out = start;

	for (;;) {
		size_t n = plain_run(f);

		if (f->at + n - f->record_at >= RECORD_OCTETS_MAX)
			return wrong(f, "record too long");
		memcpy(out, f->octets + f->at, n);
		f->at += n;
		out += n;
		if (f->at == f->len)
			return wrong(f, "text without end");
		if (f->octets[f->at] == '"')
			break;
		n = take_special(f, out);
		if (n == 0)
			return NULL;
		out += n;
	}
	f->at++;
	*out++ = '\0';
	f->text_used = (size_t)(out - f->text);
	if (len != NULL)
		*len = (uint32_t)(out - start - 1);
	return start;
}

static bool
take_digits(struct json_file *f)
{
	size_t start = f->at;

	while (f->at < f->len && f->octets[f->at] >= '0' && f->octets[f->at] <= '9')
		f->at++;
	return f->at != start;
}

static struct json_value *
parse_number(struct json_file *f)
{
	struct json_value *v = new_value(f, JSON_TYPE_INT);
	size_t start = f->at;
	char digits[24];

	if (v == NULL)
		return NULL;
	if (peek(f) == '-')
		f->at++;
	if (peek(f) == '0')
		f->at++;
	else if (!take_digits(f))
		return wrong(f, "bad number");
	if (peek(f) == '.') {
		f->at++;
		v->type = JSON_TYPE_REAL;
		if (!take_digits(f))
			return wrong(f, "bad number");
	}
	if ((peek(f) | 0x20) == 'e') {
		f->at++;
		v->type = JSON_TYPE_REAL;
		if (peek(f) == '+' || peek(f) == '-')
			f->at++;
		if (!take_digits(f))
			return wrong(f, "bad number");
	}
	if (v->type == JSON_TYPE_REAL)
		return v;
	if (f->at - start >= sizeof(digits))
		return wrong(f, "number too large");
	memcpy(digits, f->octets + start, f->at - start);
	digits[f->at - start] = '\0';
	errno = 0;
	v->number = strtoll(digits, NULL, 10);
	return errno == 0 ? v : wrong(f, "number too large");
}

static struct json_value *
parse_word(struct json_file *f)
{
	static const struct {
		const char *word;
		size_t len;
		enum json_type type;
		bool truth;
	} words[] = {
		{ "true", 4, JSON_TYPE_BOOL, true },
		{ "false", 5, JSON_TYPE_BOOL, false },
		{ "null", 4, JSON_TYPE_NULL, false },
	};

	for (size_t i = 0; i < 3; i++) {
		struct json_value *v;

		if (f->len - f->at < words[i].len ||
		    memcmp(f->octets + f->at, words[i].word, words[i].len) != 0)
			continue;
		v = new_value(f, words[i].type);
		if (v == NULL)
			return NULL;
		v->truth = words[i].truth;
		f->at += words[i].len;
		return v;
	}
	return wrong(f, "a value is missing here");
}

static bool
key_is_new(const struct json_value *object, const char *key, uint32_t key_len)
{
	for (const struct json_value *v = object->first; v != NULL; v = v->next)
		if (v->key_len == key_len && v->key[0] == key[0] && memcmp(v->key, key, key_len) == 0)
			return false;
	return true;
}

/* One member `"key": value` of `object`. */
static struct json_value *
parse_member(struct json_file *f, const struct json_value *object, unsigned depth)
{
	struct json_value *v;
	const char *key;
	uint32_t key_len = 0;

	if (!take(f, '"'))
		return wrong(f, "a key is missing here");
	key = parse_text(f, &key_len);
	if (key == NULL)
		return NULL;
	if (!key_is_new(object, key, key_len))
		return wrong(f, "the same key twice in one object");
	if (!take(f, ':'))
		return wrong(f, "a colon is missing here");
	v = parse_value(f, depth + 1);
	if (v != NULL) {
		v->key = key;
		v->key_len = key_len;
	}
	return v;
}

/* An array or object, after its opening bracket. */
static struct json_value *
parse_many(struct json_file *f, enum json_type type, unsigned depth)
{
	char end = type == JSON_TYPE_OBJECT ? '}' : ']';
	struct json_value *many = new_value(f, type), **last;

	if (many == NULL)
		return NULL;
	if (depth >= DEPTH_MAX)
		return wrong(f, "nested too deep");
	last = &many->first;
	if (take(f, end))
		return many;
	do {
		struct json_value *v = type == JSON_TYPE_OBJECT
		    ? parse_member(f, many, depth) : parse_value(f, depth + 1);

		if (v == NULL)
			return NULL;
		*last = v;
		last = &v->next;
		many->n++;
	} while (take(f, ','));
	many->found = many->first;
	return take(f, end) ? many : wrong(f, "a comma or closing bracket is missing here");
}

static struct json_value *
parse_value(struct json_file *f, unsigned depth)
{
	struct json_value *v;

	if (f->at - f->record_at >= RECORD_OCTETS_MAX)
		return wrong(f, "record too long");
	if (take(f, '{'))
		return parse_many(f, JSON_TYPE_OBJECT, depth);
	if (take(f, '['))
		return parse_many(f, JSON_TYPE_ARRAY, depth);
	if (take(f, '"')) {
		v = new_value(f, JSON_TYPE_TEXT);
		if (v == NULL)
			return NULL;
		v->text = parse_text(f, NULL);
		return v->text == NULL ? NULL : v;
	}
	if (peek(f) == '-' || (peek(f) >= '0' && peek(f) <= '9'))
		return parse_number(f);
	return parse_word(f);
}

/* Step to where the next record begins. 1: it is there, 0: the array has ended. */
static int
step_to_record(struct json_file *f)
{
	if (!f->begun) {
		if (!take(f, '[')) {
			f->problem = "the file is no array of records";
			return -EINVAL;
		}
		f->begun = true;
	} else if (f->some && !take(f, ',')) {
		if (!take(f, ']')) {
			f->problem = "a comma or closing bracket is missing here";
			return -EINVAL;
		}
		f->ended = true;
	}
	if (!f->ended && !f->some && take(f, ']'))
		f->ended = true;
	skip_space(f);
	if (!f->ended)
		return 1;
	if (f->at != f->len) {
		f->problem = "something follows the array";
		return -EINVAL;
	}
	return 0;
}

int
json_file_next(struct json_file *f, const struct json_value **record, unsigned *line,
    char *err, size_t err_size)
{
	struct json_value *v = NULL;
	int rc;

	if (f->ended && f->problem == NULL)
		return 0;
	rc = f->problem != NULL ? -EINVAL : step_to_record(f);
	if (rc == 0)
		return 0;
	*line = f->line;
	f->record_at = f->at;
	f->n_values = f->text_used = 0;
	f->some = true;
	if (rc > 0) {
		if (peek(f) == '{')
			v = parse_value(f, 0);
		else
			(void)wrong(f, "a record (an object) is missing here");
		*record = v;
	}
	if (v != NULL)
		return 1;
	*line = f->line;
	say(err, err_size, "malformed JSON: %s", f->problem);
	return -EINVAL;
}

/* --- looking at a record -------------------------------------------------------------- */

static const struct json_value *
find(const struct json_value *object, const char *key)
{
	const struct json_value *v;
	size_t len;

	if (object == NULL || object->type != JSON_TYPE_OBJECT || object->n == 0)
		return NULL;
	len = strlen(key);
	v = object->found;
	for (uint32_t i = 0; i < object->n; i++, v = v->next) {
		if (v == NULL)
			v = object->first;
		if (v->key_len == len && v->key[0] == key[0] &&
		    memcmp(v->key, key, len) == 0) {
			/* a hint, no part of the value */
			((struct json_value *)(uintptr_t)object)->found = v->next;
			return v;
		}
	}
	return NULL;
}

const struct json_value *
json_get(const struct json_value *object, const char *key)
{
	return find(object, key);
}

bool
json_value_is_null(const struct json_value *v)
{
	return v == NULL || v->type == JSON_TYPE_NULL;
}

bool
json_has(const struct json_value *object, const char *key)
{
	return find(object, key) != NULL;
}

bool
json_is_null(const struct json_value *object, const char *key)
{
	return json_value_is_null(find(object, key));
}

const char *
json_text(const struct json_value *object, const char *key)
{
	return json_value_text(find(object, key));
}

bool
json_is_bool(const struct json_value *object, const char *key)
{
	const struct json_value *v = find(object, key);

	return v != NULL && v->type == JSON_TYPE_BOOL;
}

bool
json_bool(const struct json_value *object, const char *key, bool preset)
{
	const struct json_value *v = find(object, key);

	return v != NULL && v->type == JSON_TYPE_BOOL ? v->truth : preset;
}

int64_t
json_int(const struct json_value *object, const char *key, int64_t preset)
{
	return json_value_int(find(object, key), preset);
}

int64_t
json_value_int(const struct json_value *v, int64_t preset)
{
	return v != NULL && v->type == JSON_TYPE_INT ? v->number : preset;
}

const struct json_value *
json_member(const struct json_value *object, const char *key)
{
	const struct json_value *v = find(object, key);

	return json_is_object(v) || json_is_array(v) ? v : NULL;
}

bool
json_is_object(const struct json_value *v)
{
	return v != NULL && v->type == JSON_TYPE_OBJECT;
}

bool
json_is_array(const struct json_value *v)
{
	return v != NULL && v->type == JSON_TYPE_ARRAY;
}

size_t
json_array_len(const struct json_value *array)
{
	return json_is_array(array) ? array->n : 0;
}

const struct json_value *
json_array_at(const struct json_value *array, size_t i)
{
	const struct json_value *v;

	if (i >= json_array_len(array))
		return NULL;
	for (v = array->first; i > 0; i--)
		v = v->next;
	return v;
}

const char *
json_value_text(const struct json_value *v)
{
	return v != NULL && v->type == JSON_TYPE_TEXT ? v->text : NULL;
}

const char *
json_unknown_key(const struct json_value *object, const char *const *keys, size_t n)
{
	const struct json_value *v = json_is_object(object) ? object->first : NULL;
	size_t k = 0;	/* keys are mostly written in the order of `keys` */

	for (; v != NULL; v = v->next) {
		size_t tried = 0;

		while (tried < n && strcmp(v->key, keys[k]) != 0) {
			k = k + 1 == n ? 0 : k + 1;
			tried++;
		}
		if (tried == n)
			return v->key;
	}
	return NULL;
}
