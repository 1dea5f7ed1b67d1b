/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - the fields of a flow as packed entries in a block that grows with them.
 *
 * Entry: field_id (2 octets, host order), length (2), octets. Numbers are kept in as few
 * octets as they need, least significant first. */
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "slab.h"

enum {
	ENTRY_HEAD = 4,
	TEXT_MAX = 512,
	FIRST_BLOCK = 64,	/* smaller ones would be outgrown by the second field */
};

struct record_store {
	struct slab_store *slabs;
	size_t record_max;	/* octets of a whole record */
};

struct record_store *
record_store_new(size_t max_octets, size_t record_max)
{
	struct record_store *rs = calloc(1, sizeof(*rs));

	if (rs == NULL)
		return NULL;
	rs->slabs = slab_store_new(max_octets);
	rs->record_max = record_max > SLAB_BLOCK_MAX ? SLAB_BLOCK_MAX : record_max;
	if (rs->slabs == NULL) {
		free(rs);
		return NULL;
	}
	return rs;
}

void
record_store_free(struct record_store *rs)
{
	if (rs == NULL)
		return;
	slab_store_free(rs->slabs);
	free(rs);
}

size_t
record_store_used(const struct record_store *rs)
{
	return slab_used(rs->slabs);
}

static uint32_t
entry_head(field_id id, size_t len)
{
	uint16_t head[2] = { id, (uint16_t)len };
	uint32_t both;

	memcpy(&both, head, sizeof(both));
	return both;
}

/* Is there a value of this field, or with `many` this very value? */
static bool
is_there(const struct record *rec, bool many, field_id id, const void *octets, size_t len)
{
	uint32_t want = entry_head(id, len);

	for (size_t at = 0; at + ENTRY_HEAD <= rec->len;) {
		const uint8_t *entry = rec->data + at;
		uint32_t head;
		uint16_t part[2];

		memcpy(&head, entry, sizeof(head));
		memcpy(part, entry, sizeof(part));
		if (many ? head == want &&
		    (len == 0 || memcmp(entry + ENTRY_HEAD, octets, len) == 0) : part[0] == id)
			return true;
		at += ENTRY_HEAD + (size_t)part[1];
	}
	return false;
}

/* Make room for `need` more octets; false when the record or the store is full. */
static bool
reserve(struct record_store *rs, struct record **rec, size_t need)
{
	struct record *old = *rec, *new;
	size_t len = old == NULL ? 0 : old->len, got;
	size_t want = sizeof(*new) + len + need;

	if (old != NULL && len + need <= old->size)
		return true;
	if (want > rs->record_max)
		return false;
	new = slab_get(rs->slabs, want < FIRST_BLOCK ? FIRST_BLOCK : want, &got);
	if (new == NULL)
		return false;
	if (got > rs->record_max)
		got = rs->record_max;
	if (old == NULL) {
		*new = (struct record){ 0 };
	} else {
		memcpy(new, old, sizeof(*old) + len);
		slab_put(rs->slabs, old);
	}
	new->size = (uint16_t)(got - sizeof(*new));
	*rec = new;
	return true;
}

/* Where to cut a text that is too long: not inside a UTF-8 sequence (RFC 3629, 3). */
static size_t
cut_text(const uint8_t *octets)
{
	size_t len = TEXT_MAX;

	for (int i = 0; i < 3 && (octets[len] & 0xc0) == 0x80; i++)
		len--;
	return (octets[len] & 0xc0) == 0x80 ? TEXT_MAX : len;
}

bool
record_put(struct record_store *rs, struct record **rec, const struct field *desc, field_id id,
    const void *octets, size_t len)
{
	struct record *r = *rec;
	bool many = (desc->flags & FIELD_MANY) != 0, cut = len > TEXT_MAX;
	uint32_t head;

	if (cut)
		len = desc->type == FIELD_TEXT ? cut_text(octets) : TEXT_MAX;
	/* full and known to be: whether this value is in it makes no difference */
	if (r != NULL && (r->flags & RECORD_TRUNCATED) != 0 &&
	    sizeof(*r) + r->len + ENTRY_HEAD + len > rs->record_max)
		return false;
	if (r != NULL && is_there(r, many, id, octets, len))
		return false;
	if (!reserve(rs, rec, ENTRY_HEAD + len)) {
		if (r != NULL)
			r->flags |= RECORD_TRUNCATED;
		return false;
	}
	r = *rec;
	if (cut)
		r->flags |= RECORD_TRUNCATED;
	head = entry_head(id, len);
	memcpy(r->data + r->len, &head, ENTRY_HEAD);
	if (len != 0)
		memcpy(r->data + r->len + ENTRY_HEAD, octets, len);
	r->len += (uint16_t)(ENTRY_HEAD + len);
	return true;
}

bool
record_put_uint(struct record_store *rs, struct record **rec, const struct field *desc,
    field_id id, uint64_t value)
{
	uint8_t octets[8];
	size_t len = 0;

	for (; value != 0; value >>= 8)
		octets[len++] = (uint8_t)value;
	return record_put(rs, rec, desc, id, octets, len);
}

void
record_drop(struct record_store *rs, struct record **rec)
{
	if (*rec != NULL)
		slab_put(rs->slabs, *rec);
	*rec = NULL;
}

bool
record_next(const struct record *rec, uint16_t *offset, struct record_entry *entry)
{
	uint16_t part[2];

	if (rec == NULL || *offset + ENTRY_HEAD > rec->len)
		return false;
	memcpy(part, rec->data + *offset, sizeof(part));
	entry->field = part[0];
	entry->len = part[1];
	entry->octets = rec->data + *offset + ENTRY_HEAD;
	*offset += (uint16_t)(ENTRY_HEAD + part[1]);
	return true;
}

bool
record_find(const struct record *rec, field_id id, struct record_entry *entry)
{
	uint16_t offset = 0;

	while (record_next(rec, &offset, entry))
		if (entry->field == id)
			return true;
	return false;
}

uint64_t
record_uint(const struct record_entry *entry)
{
	uint64_t value = 0;

	for (unsigned i = entry->len > 8 ? 8 : entry->len; i-- > 0;)
		value = value << 8 | entry->octets[i];
	return value;
}
