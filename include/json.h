/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - the JSON door of the loaders: a document read one record at a time.
 *
 * A knowledge file is one JSON array of objects. Each is parsed by itself, so that a message
 * can name the line on which the record begins and memory stays that of one record. Strict
 * RFC 8259 in UTF-8; a key twice in an object, a NUL anywhere, and more than 64 KiB or 2048
 * levels (jansson's own limit) in one record are refused. */
#ifndef PICKET_JSON_H
#define PICKET_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_value;	/* one value of the record now read; opaque */
struct json_file;	/* opaque: src/base/json.c */

/** Open and read a file that holds an array of objects, at most `max_octets` long.
 * 0 and *out, or -errno with a line in err. */
int json_file_open(struct json_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size);
/** The same over octets in memory, borrowed until json_file_close(). 0 or -ENOMEM. */
int json_file_over(struct json_file **out, const void *octets, size_t len);
void json_file_close(struct json_file *f);
/** The octets of the file, for hashing. Borrowed. */
const void *json_file_octets(const struct json_file *f, size_t *len);
/**
 * The next record, borrowed until the next call; *line: where it begins.
 * 1: there is one; 0: the array has ended properly; -EINVAL: malformed (or out of memory),
 * `err` says how and *line where, and so at every further call.
 */
int json_file_next(struct json_file *f, const struct json_value **record, unsigned *line,
    char *err, size_t err_size);

/** One value by itself (json_walk.h finds them): the caller's, for json_free(). NULL: malformed, or out
 * of memory. Depth is what jansson allows; a key twice and a NUL are refused. */
struct json_value *json_parse(const char *octets, size_t len);
void json_free(struct json_value *v);

/** Member `key`, NULL when there is none. */
const struct json_value *json_get(const struct json_value *object, const char *key);
/** Is there a member `key`, even null? */
bool json_has(const struct json_value *object, const char *key);
/** Member that is an array or object, NULL otherwise. */
const struct json_value *json_member(const struct json_value *object, const char *key);
/** Is there a member `key` that is true or false? */
bool json_is_bool(const struct json_value *object, const char *key);
/** Boolean member; `preset` when absent or no boolean. */
bool json_bool(const struct json_value *object, const char *key, bool preset);
/** Values in an array; 0 for NULL or no array. */
size_t json_array_len(const struct json_value *array);
/** Value `i`, NULL past the end. */
const struct json_value *json_array_at(const struct json_value *array, size_t i);
/** Is the value absent (NULL) or null? */
bool json_value_is_null(const struct json_value *v);
bool json_value_is_object(const struct json_value *v);
bool json_value_is_array(const struct json_value *v);
bool json_value_is_bool(const struct json_value *v);
/** The text of a value that is a string, NULL otherwise. */
const char *json_value_text(const struct json_value *v);
/** The number of a value that is an integer, `preset` otherwise. */
int64_t json_value_int(const struct json_value *v, int64_t preset);
/** First member of `object` that is not among `n` known `keys`; NULL when all are known. */
const char *json_unknown_key(const struct json_value *object, const char *const *keys, size_t n);

#endif
