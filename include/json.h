/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - the door to jansson for loaders: a document read one record at a time.
 *
 * A knowledge file is one JSON array of objects. Each is parsed by itself, so that a message
 * can name the line on which the record begins and memory stays that of one record. */
#ifndef PICKET_JSON_H
#define PICKET_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_value;	/* a borrowed view of one value; is jansson's json_t */
struct json_file;	/* opaque: src/base/json.c */

/** Open and read a file that holds an array of objects, at most `max_octets` long.
 * 0 and *out, or -errno with a line in err. */
int json_file_open(struct json_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size);
void json_file_close(struct json_file *f);
/** The octets of the file, for hashing. Borrowed. */
const void *json_file_octets(const struct json_file *f, size_t *len);
/**
 * The next record, borrowed until the next call; *line: where it begins.
 * 1: there is one; 0: the array has ended properly; -EINVAL: malformed, `err` says how and
 * *line where.
 */
int json_file_next(struct json_file *f, const struct json_value **record, unsigned *line,
    char *err, size_t err_size);

/** Member `key`: its text (NULL when absent, null or no string). */
const char *json_text(const struct json_value *object, const char *key);
bool json_bool(const struct json_value *object, const char *key, bool preset);
/** Integer member; `preset` when absent or no integer. */
int64_t json_int(const struct json_value *object, const char *key, int64_t preset);
/** Member that is an array or object, NULL otherwise. */
const struct json_value *json_member(const struct json_value *object, const char *key);
bool json_is_object(const struct json_value *v);
size_t json_array_len(const struct json_value *array);	/* 0 for NULL or no array */
const struct json_value *json_array_at(const struct json_value *array, size_t i);
/** The text of a value that is a string, NULL otherwise. */
const char *json_value_text(const struct json_value *v);
/** First member of `object` that is not among `n` known `keys`; NULL when all are known. */
const char *json_unknown_key(const struct json_value *object, const char *const *keys, size_t n);

#endif
