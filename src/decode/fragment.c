/* SPDX-License-Identifier: Apache-2.0 */
/* fragment.c - reassembly of IP fragments in memory taken at start.
 *
 * A datagram owns a chain of blocks, sorted by offset, that never overlap: of a fragment only
 * the gaps are stored, hence "first octets win". It is complete when the octets held reach
 * the end that the last fragment told. Datagrams stand in a hash table by their key and in a
 * list by their beginning, oldest first. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fragment.h"
#include "hash.h"

enum {
	HEADER_MAX = 128,		/* of the first fragment, kept to stand before the whole */
	WHOLE_MAX = HEADER_MAX + 65535,
	BLOCK_OCTETS = 504,		/* a multiple of 8; with its head 512 */
	BLOCKS_MAX = 512,		/* per datagram: 65535 octets take 131 if in order */
	NONE = -1,
};

struct block {
	int32_t next;
	uint16_t start, len;
	uint8_t octet[BLOCK_OCTETS];
};
static_assert(sizeof(struct block) == 512, "blocks are counted as 512 octets");

/* Equal in all fragments of a datagram. Tunnel and VLANs keep apart customers who use the same
 * private addresses. */
struct key {
	struct addr src, dest;
	uint32_t ident;
	uint32_t tunnel_id;
	uint16_t vlan[2];
	uint8_t proto;		/* IPv4 only (RFC 791, 3.2) */
	uint8_t ipv6;
	uint8_t depth;
	uint8_t zero;
};
static_assert(sizeof(struct key) == 48, "the key is hashed as it lies, without padding");

struct datagram {
	struct key key;
	uint64_t begun_us;
	int32_t hash_next;
	int32_t older, newer;
	int32_t first, last;	/* blocks */
	uint32_t n_blocks;
	uint32_t held;		/* octets in blocks */
	uint32_t end;		/* 0: not known */
	uint32_t reach;		/* end of the farthest fragment */
	uint32_t bucket;
	uint16_t header_len;	/* 0: first fragment has not come */
	uint16_t next_at;
	uint8_t proto;
	uint8_t header[HEADER_MAX];
};

struct fragments {
	struct datagram *datagrams;
	struct block *blocks;
	int32_t *buckets;
	uint32_t n_buckets;		/* a power of two */
	uint32_t n_datagrams, n_blocks;
	uint32_t fresh_datagrams, fresh_blocks;	/* from here on never used yet */
	int32_t free_datagrams;		/* chained by hash_next */
	int32_t free_blocks;		/* chained by next */
	int32_t oldest, newest;
	uint64_t timeout_us;
	uint64_t *notes;
	struct hash_seed seed;
	uint8_t whole[WHOLE_MAX];
};

struct fragments *
fragments_new(uint32_t max, uint64_t octets, uint32_t timeout_s, uint64_t *notes)
{
	struct fragments *fs = calloc(1, sizeof(*fs));
	uint64_t n_blocks = octets / sizeof(struct block) + 1;

	if (fs == NULL)
		return NULL;
	fs->n_datagrams = max > INT32_MAX / 2 ? INT32_MAX / 2 : max;
	fs->n_blocks = n_blocks > INT32_MAX ? INT32_MAX : (uint32_t)n_blocks;
	for (fs->n_buckets = 16; fs->n_buckets < fs->n_datagrams; fs->n_buckets *= 2)
		;
	fs->datagrams = calloc(fs->n_datagrams, sizeof(*fs->datagrams));
	fs->blocks = calloc(fs->n_blocks, sizeof(*fs->blocks));
	fs->buckets = malloc(fs->n_buckets * sizeof(*fs->buckets));
	if (fs->datagrams == NULL || fs->blocks == NULL || fs->buckets == NULL) {
		fragments_free(fs);
		return NULL;
	}
	memset(fs->buckets, 0xff, fs->n_buckets * sizeof(*fs->buckets));	/* NONE */
	fs->free_datagrams = fs->free_blocks = fs->oldest = fs->newest = NONE;
	fs->timeout_us = (uint64_t)timeout_s * 1000000;
	fs->notes = notes;
	fs->seed = hash_seed_new();
	return fs;
}

void
fragments_free(struct fragments *fs)
{
	if (fs == NULL)
		return;
	free(fs->datagrams);
	free(fs->blocks);
	free(fs->buckets);
	free(fs);
}

static void
give_blocks(struct fragments *fs, struct datagram *dg)
{
	if (dg->first == NONE)
		return;
	fs->blocks[dg->last].next = fs->free_blocks;
	fs->free_blocks = dg->first;
}

/* Take a datagram out of table and list; it and its blocks are free again. */
static void
release(struct fragments *fs, struct datagram *dg)
{
	int32_t id = (int32_t)(dg - fs->datagrams);
	int32_t *at = &fs->buckets[dg->bucket];

	while (*at != id)
		at = &fs->datagrams[*at].hash_next;
	*at = dg->hash_next;
	if (dg->older != NONE)
		fs->datagrams[dg->older].newer = dg->newer;
	else
		fs->oldest = dg->newer;
	if (dg->newer != NONE)
		fs->datagrams[dg->newer].older = dg->older;
	else
		fs->newest = dg->older;
	give_blocks(fs, dg);
	dg->hash_next = fs->free_datagrams;
	fs->free_datagrams = id;
}

/* In order of their beginning, so that a clock that runs back only delays. */
static void
expire(struct fragments *fs, uint64_t now_us)
{
	while (fs->oldest != NONE) {
		struct datagram *dg = &fs->datagrams[fs->oldest];

		if (now_us < dg->begun_us || now_us - dg->begun_us <= fs->timeout_us)
			return;
		fs->notes[DECODE_FRAGMENT_EXPIRED]++;
		release(fs, dg);
	}
}

/* Drop the datagram begun first, but `keep`. False when there is no other. */
static bool
evict(struct fragments *fs, const struct datagram *keep)
{
	int32_t id = fs->oldest;

	if (id != NONE && &fs->datagrams[id] == keep)
		id = keep->newer;
	if (id == NONE)
		return false;
	fs->notes[DECODE_FRAGMENT_EVICTED]++;
	release(fs, &fs->datagrams[id]);
	return true;
}

static int32_t
take_datagram(struct fragments *fs)
{
	int32_t id;

	if (fs->free_datagrams == NONE && fs->fresh_datagrams == fs->n_datagrams)
		(void)evict(fs, NULL);
	if (fs->free_datagrams == NONE)
		return (int32_t)fs->fresh_datagrams++;
	id = fs->free_datagrams;
	fs->free_datagrams = fs->datagrams[id].hash_next;
	return id;
}

static int32_t
take_block(struct fragments *fs, const struct datagram *keep)
{
	int32_t id;

	if (fs->free_blocks == NONE && fs->fresh_blocks < fs->n_blocks)
		return (int32_t)fs->fresh_blocks++;
	while (fs->free_blocks == NONE)
		if (!evict(fs, keep))
			return NONE;
	id = fs->free_blocks;
	fs->free_blocks = fs->blocks[id].next;
	return id;
}

static struct key
key_of(const struct packet *pkt, const struct fragment *f)
{
	struct key key = {
		.src = pkt->ends.src, .dest = pkt->ends.dest, .ident = f->ident,
		.tunnel_id = pkt->tunnel.id, .vlan = { pkt->vlan[0], pkt->vlan[1] },
		.proto = f->ipv6 ? 0 : f->proto, .ipv6 = f->ipv6, .depth = pkt->tunnel.depth,
	};

	return key;
}

static struct datagram *
find_or_begin(struct fragments *fs, const struct key *key, uint64_t now_us)
{
	uint32_t bucket = (uint32_t)hash_octets(&fs->seed, key, sizeof(*key))
	    & (fs->n_buckets - 1);
	struct datagram *dg;
	int32_t id;

	for (id = fs->buckets[bucket]; id != NONE; id = fs->datagrams[id].hash_next)
		if (memcmp(&fs->datagrams[id].key, key, sizeof(*key)) == 0)
			return &fs->datagrams[id];
	id = take_datagram(fs);
	dg = &fs->datagrams[id];
	dg->key = *key;
	dg->begun_us = now_us;
	dg->bucket = bucket;
	dg->hash_next = fs->buckets[bucket];
	fs->buckets[bucket] = id;
	dg->older = fs->newest;
	dg->newer = NONE;
	if (fs->newest != NONE)
		fs->datagrams[fs->newest].newer = id;
	else
		fs->oldest = id;
	fs->newest = id;
	dg->first = dg->last = NONE;
	dg->n_blocks = dg->held = dg->end = dg->reach = 0;
	dg->header_len = 0;
	fs->notes[DECODE_FRAGMENT_DATAGRAMS]++;
	return dg;
}

/* Store `len` octets at `start`, all in a gap, after block `prev` (NONE: at the front).
 * Returns the last block stored, or NONE with *why. */
static int32_t
store(struct fragments *fs, struct datagram *dg, int32_t prev, uint32_t start,
    const uint8_t *octets, uint32_t len, enum decode_result *why)
{
	while (len != 0) {
		uint32_t n = len < BLOCK_OCTETS ? len : BLOCK_OCTETS;
		int32_t id = NONE;
		struct block *b;

		*why = DECODE_FRAGMENT_PIECES;
		if (dg->n_blocks < BLOCKS_MAX) {
			*why = DECODE_FRAGMENT_MEMORY;
			id = take_block(fs, dg);
		}
		if (id == NONE)
			return NONE;
		b = &fs->blocks[id];
		b->start = (uint16_t)start;
		b->len = (uint16_t)n;
		memcpy(b->octet, octets, n);
		b->next = prev == NONE ? dg->first : fs->blocks[prev].next;
		if (prev == NONE)
			dg->first = id;
		else
			fs->blocks[prev].next = id;
		if (dg->last == prev)
			dg->last = id;
		dg->n_blocks++;
		dg->held += n;
		prev = id;
		start += n;
		octets += n;
		len -= n;
	}
	return prev;
}

/* The last block that begins at or before `at`; NONE when all are after it. */
static int32_t
block_before(const struct fragments *fs, const struct datagram *dg, uint32_t at)
{
	int32_t prev = NONE;

	if (dg->last != NONE && fs->blocks[dg->last].start <= at)
		return dg->last;	/* in order, as most are */
	for (int32_t id = dg->first; id != NONE && fs->blocks[id].start <= at;
	    id = fs->blocks[id].next)
		prev = id;
	return prev;
}

/* Store the gaps of [start, start + len) and compare the rest with what is there. */
static enum decode_result
insert(struct fragments *fs, struct datagram *dg, uint32_t start, const uint8_t *octets,
    uint32_t len)
{
	int32_t prev = block_before(fs, dg, start);
	uint32_t at = start, end = start + len;
	bool overlaps = false, differs = false;

	while (at < end) {
		enum decode_result why;
		int32_t next = prev == NONE ? dg->first : fs->blocks[prev].next;
		uint32_t covered = prev == NONE ? 0
		    : (uint32_t)fs->blocks[prev].start + fs->blocks[prev].len;
		uint32_t upto = end;

		if (covered > at) {
			const struct block *b = &fs->blocks[prev];

			upto = covered < end ? covered : end;
			overlaps = true;
			differs |= memcmp(octets + (at - start), b->octet + (at - b->start),
			    upto - at) != 0;
			at = upto;
			continue;
		}
		if (next != NONE && fs->blocks[next].start < end)
			upto = fs->blocks[next].start;
		if (upto > at) {
			prev = store(fs, dg, prev, at, octets + (at - start), upto - at, &why);
			if (prev == NONE)
				return why;
			at = upto;
		}
		if (at < end)
			prev = prev == NONE ? dg->first : fs->blocks[prev].next;
	}
	if (overlaps)
		fs->notes[differs ? DECODE_FRAGMENT_OVERLAP_DIFFERS : DECODE_FRAGMENT_OVERLAP]++;
	return DECODE_OK;
}

/* What is wrong with a fragment by itself. `len` octets of data. */
static enum decode_result
check(const struct fragment *f, size_t len)
{
	size_t header = f->ipv6 ? f->header_len - 40 : f->header_len;

	if (len == 0 || (f->more && len < 8))
		return DECODE_FRAGMENT_TINY;
	if (f->more && len % 8 != 0)
		return DECODE_FRAGMENT_UNALIGNED;
	if (header + f->offset + len > 65535)
		return DECODE_FRAGMENT_TOO_LARGE;
	return f->header_len > HEADER_MAX ? DECODE_FRAGMENT_HEADERS : DECODE_OK;
}

/* Does the fragment agree with the end of the datagram as far as it is known? */
static bool
end_agrees(struct datagram *dg, const struct fragment *f, uint32_t end)
{
	if (dg->end != 0 && (end > dg->end || (!f->more && end != dg->end)))
		return false;
	if (!f->more && dg->reach > end)
		return false;
	if (!f->more)
		dg->end = end;
	if (end > dg->reach)
		dg->reach = end;
	return true;
}

static void
keep_header(struct datagram *dg, const struct fragment *f)
{
	if (f->offset != 0 || dg->header_len != 0)
		return;
	memcpy(dg->header, f->header, f->header_len);
	dg->header_len = (uint16_t)f->header_len;
	dg->next_at = f->next_at;
	dg->proto = f->proto;
}

/* Write the header of the whole as its sender would have (RFC 791, 3.2; RFC 8200, 4.5). The
 * IPv4 header checksum stays that of the first fragment; nobody verifies it. */
static void
mend_header(const struct datagram *dg, uint8_t *header, bool ipv6)
{
	uint32_t len = dg->header_len + dg->end - (ipv6 ? 40 : 0);
	uint8_t *at = header + (ipv6 ? 4 : 2);

	at[0] = (uint8_t)(len >> 8);
	at[1] = (uint8_t)len;
	if (ipv6)
		header[dg->next_at] = dg->proto;
	else
		header[6] = header[7] = 0;
}

/* Put the whole together, release the datagram, and let the walk go on over it. */
static void
complete(struct fragments *fs, struct datagram *dg, struct walk *w, bool ipv6)
{
	struct packet *pkt = w->pkt;
	size_t header_len = dg->header_len, len = dg->end;
	uint8_t proto = dg->proto;

	memcpy(fs->whole, dg->header, header_len);
	mend_header(dg, fs->whole, ipv6);
	for (int32_t id = dg->first; id != NONE; id = fs->blocks[id].next)
		memcpy(fs->whole + header_len + fs->blocks[id].start, fs->blocks[id].octet,
		    fs->blocks[id].len);
	w->next_at = dg->next_at;
	release(fs, dg);
	fs->notes[DECODE_FRAGMENT_COMPLETED]++;
	pkt->flags |= PACKET_REASSEMBLED;
	pkt->l3 = fs->whole;
	pkt->l3_len = pkt->ip_len = (uint32_t)(header_len + len);
	w->in = cursor_over(fs->whole + header_len, len);
	w->cut = 0;
	ip_proto_next(w, proto);
}

/* No way to put it together: the first fragment alone still says who talks. */
static enum decode_result
lone(struct walk *w, const struct fragment *f, enum decode_result why)
{
	if (f->offset != 0)
		return why;
	w->pkt->flags |= PACKET_FRAGMENT;
	w->partial = true;
	ip_proto_next(w, f->proto);
	return DECODE_OK;
}

enum decode_result
fragment_decode(struct walk *w, const struct fragment *f)
{
	struct fragments *fs = w->fragments;
	size_t len = cur_left(&w->in);
	enum decode_result result = check(f, walk_wire_left(w));
	struct datagram *dg;
	struct key key;

	if (result != DECODE_OK)
		return result;
	if (fs == NULL)
		return lone(w, f, DECODE_FRAGMENT_DISABLED);
	if (w->cut != 0)
		return lone(w, f, DECODE_FRAGMENT_SNAPPED);
	expire(fs, w->pkt->time_us);
	key = key_of(w->pkt, f);
	dg = find_or_begin(fs, &key, w->pkt->time_us);
	if (!end_agrees(dg, f, f->offset + (uint32_t)len))
		return DECODE_FRAGMENT_END;
	keep_header(dg, f);
	result = insert(fs, dg, f->offset, w->in.at, (uint32_t)len);
	if (result != DECODE_OK) {
		fs->notes[DECODE_FRAGMENT_DROPPED]++;
		release(fs, dg);
		return result;
	}
	if (dg->end == 0 || dg->held != dg->end || dg->header_len == 0)
		return DECODE_FRAGMENT_HELD;
	/* The header of the first may be longer than that of the last was. */
	if (dg->header_len - (f->ipv6 ? 40u : 0u) + dg->end > 65535) {
		release(fs, dg);
		fs->notes[DECODE_FRAGMENT_DROPPED]++;
		return DECODE_FRAGMENT_TOO_LARGE;
	}
	complete(fs, dg, w, f->ipv6);
	return DECODE_OK;
}
