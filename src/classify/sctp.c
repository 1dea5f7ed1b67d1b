/* SPDX-License-Identifier: Apache-2.0 */
/* sctp.c - walks the chunks of a packet, leaves out repetitions, puts fragments together. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "macros.h"
#include "pool.h"
#include "sctp.h"

/* A chunk (RFC 9260, 3.2), padded to a multiple of four octets that its length leaves out:
 *
 *	| type 8 | flags 8 | length 16, with these four octets | value |
 *
 * DATA (3.3.1):      | TSN 32 | stream 16 | SSN 16 | PPID 32 | user data |
 * I-DATA (RFC 8260, 2.1): | TSN 32 | stream 16 | 0 16 | MID 32 | PPID or FSN 32 | user data |
 *
 * I-DATA has the PPID in the first fragment, the number of the fragment in the others. */
enum {
	CHUNK_HEADER = 4, CHUNK_DATA = 0, CHUNK_I_DATA = 64,
	DATA_END = 0x01, DATA_BEGINNING = 0x02, DATA_UNORDERED = 0x04,
	DATA_WHOLE = DATA_BEGINNING | DATA_END
};

/* Chunks seen lately, in sets of a few where the newer ones stay: enough for what comes within a
 * retransmission timeout on a busy signalling link. */
enum { SEEN_MAX = 4096, SEEN_WAYS = 4 };
static_assert((SEEN_MAX & (SEEN_MAX - 1)) == 0, "places are taken from the low bits of a hash");

struct seen {
	uint64_t hash;
	uint64_t time_us;
};

/* Whose message. No padding: hashed and compared as one block. */
struct message_key {
	uint32_t tenant, tag;
	uint16_t src_port, dest_port;
	uint16_t stream;
	uint8_t type;		/* of the chunk */
	uint8_t unordered;
	uint32_t number;	/* SSN or MID; 0 for unordered DATA, which has none */
};
static_assert(sizeof(struct message_key) == 20, "struct message_key has padding");

struct chunk {
	struct message_key key;
	uint32_t tsn;
	uint32_t number;	/* of the fragment: TSN, or FSN of I-DATA */
	uint32_t ppid;
	uint8_t flags;
	struct cursor data;
};

struct fragment {
	uint32_t number, ppid;
	uint16_t at, len;	/* of its octets in the message's room */
	uint8_t flags;
};

/* A message in the making. */
struct making {
	struct message_key key;
	uint64_t last_us;
	uint16_t used;		/* octets of the room */
	uint8_t n;
	bool busy;
	bool given_up;		/* too long: what still comes of it is stepped over */
	struct fragment fragment[SCTP_FRAGMENTS_MAX];	/* by number */
};

struct sctp {
	uint64_t *counters;
	struct hash_seed seed;
	uint8_t *rooms;		/* SCTP_MESSAGE_MAX for each message in the making */

	/* the packet in hand */
	struct cursor in;
	struct message_key key;	/* what all its chunks have in common */
	uint64_t now_us;
	unsigned chunks;
	bool cut;		/* by the snapshot length, or a lone first fragment of IP */

	struct seen seen[SEEN_MAX];
	struct making making[SCTP_MESSAGES_MAX];
	uint8_t whole[SCTP_MESSAGE_MAX];	/* the message told last, put together */
};

static const struct counter_desc sctp_counters[] = { SCTP_COUNTERS(STATS_DESC) };
enum { ROOMS_OCTETS = SCTP_MESSAGES_MAX * SCTP_MESSAGE_MAX };

struct sctp *
sctp_new(struct stats *st)
{
	struct sctp *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->counters = stats_register(st, sctp_counters, ARRAY_LEN(sctp_counters));
	s->rooms = memory_reserve(ROOMS_OCTETS);
	s->seed = hash_seed_new();
	if (s->counters == NULL || s->rooms == NULL) {
		sctp_free(s);
		return NULL;
	}
	return s;
}

void
sctp_free(struct sctp *s)
{
	if (s == NULL)
		return;
	memory_release(s->rooms, ROOMS_OCTETS);
	free(s);
}

void
sctp_begin(struct sctp *s, const struct packet *pkt, uint32_t tenant)
{
	s->in = cursor_over(pkt->payload, pkt->payload_len);
	s->cut = pkt->payload_len < pkt->payload_wire_len
	    || (pkt->flags & (PACKET_TRUNCATED | PACKET_FRAGMENT)) != 0;
	s->now_us = pkt->time_us;
	s->chunks = 0;
	s->key = (struct message_key){
		.tenant = tenant, .tag = pkt->sctp_tag,
		.src_port = pkt->ends.src_port, .dest_port = pkt->ends.dest_port,
	};
}

/* Packet times of several sources are not always in order. */
static bool
is_older(uint64_t then_us, uint64_t now_us, unsigned seconds)
{
	uint64_t age_us = now_us > then_us ? now_us - then_us : then_us - now_us;

	return age_us > seconds * UINT64_C(1000000);
}

/* Was this very chunk here lately? By content too, because simulators like to give all their
 * associations the same tag and the same first TSN. */
static bool
is_repeated(struct sctp *s, const struct chunk *c)
{
	struct {
		uint64_t content;
		struct message_key key;
		uint32_t tsn;
	} what = { hash_octets(&s->seed, c->data.at, cur_left(&c->data)), c->key, c->tsn };
	uint64_t hash = hash_octets(&s->seed, &what, sizeof(what));
	struct seen *set = &s->seen[hash & (SEEN_MAX - SEEN_WAYS)], *seen = set;
	bool repeated;

	for (unsigned i = 0; i < SEEN_WAYS && seen->hash != hash; i++)
		if (set[i].hash == hash || set[i].time_us < seen->time_us)
			seen = &set[i];
	repeated = seen->hash == hash
	    && !is_older(seen->time_us, s->now_us, SCTP_REPEAT_AGE_S);

	*seen = (struct seen){ hash, s->now_us };
	return repeated;
}

/* --- fragments --- */

static uint8_t *
room_of(const struct sctp *s, const struct making *m)
{
	return s->rooms + (size_t)(m - s->making) * SCTP_MESSAGE_MAX;
}

static void
give_up_stale(struct sctp *s, struct making *m)
{
	if (!m->given_up)
		s->counters[SCTP_COUNT_STALE]++;
	m->busy = false;
}

/* The message that the chunk is of, or a new one in place of the one idle longest. */
static struct making *
making_of(struct sctp *s, const struct chunk *c)
{
	struct making *best = NULL;

	for (struct making *m = s->making; m < s->making + SCTP_MESSAGES_MAX; m++) {
		if (m->busy && is_older(m->last_us, s->now_us, SCTP_FRAGMENT_AGE_S))
			give_up_stale(s, m);
		if (m->busy && memcmp(&m->key, &c->key, sizeof(m->key)) == 0)
			return m;
		if (best == NULL || (best->busy && (!m->busy || m->last_us < best->last_us)))
			best = m;
	}
	if (best->busy && !best->given_up)
		s->counters[SCTP_COUNT_EVICTED]++;
	*best = (struct making){ .key = c->key, .busy = true };
	return best;
}

/* Put the fragment at its place. False when there is no room. */
static bool
keep(const struct sctp *s, struct making *m, const struct chunk *c)
{
	size_t len = cur_left(&c->data);
	unsigned at = m->n;

	if (m->n == SCTP_FRAGMENTS_MAX || len > (size_t)SCTP_MESSAGE_MAX - m->used)
		return false;
	while (at > 0 && (int32_t)(m->fragment[at - 1].number - c->number) > 0)
		at--;
	if (at > 0 && m->fragment[at - 1].number == c->number)
		return true;			/* again, with other octets: the first ones stay */
	memmove(&m->fragment[at + 1], &m->fragment[at], (m->n - at) * sizeof(m->fragment[0]));
	m->fragment[at] = (struct fragment){ .number = c->number, .ppid = c->ppid,
		.at = m->used, .len = (uint16_t)len, .flags = c->flags };
	m->n++;
	memcpy(room_of(s, m) + m->used, c->data.at, len);
	m->used += (uint16_t)len;
	return true;
}

/* Fragments from a first to a last one without a hole: *first, and how many. 0: not yet. */
static unsigned
find_run(const struct making *m, unsigned *first)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->n; i++) {
		const struct fragment *f = &m->fragment[i];

		if ((f->flags & DATA_BEGINNING) != 0) {
			*first = i;
			n = 1;
		} else if (n != 0 && f->number == f[-1].number + 1) {
			n++;
		} else {
			n = 0;
		}
		if (n != 0 && (f->flags & DATA_END) != 0)
			return n;
	}
	return 0;
}

/* Copy the run out and forget it. */
static void
tell_run(struct sctp *s, struct making *m, unsigned first, unsigned n, struct sctp_message *out)
{
	size_t len = 0;

	for (unsigned i = first; i < first + n; i++) {
		memcpy(s->whole + len, room_of(s, m) + m->fragment[i].at, m->fragment[i].len);
		len += m->fragment[i].len;
	}
	*out = (struct sctp_message){ .data = cursor_over(s->whole, len),
		.ppid = m->fragment[first].ppid, .stream = m->key.stream };
	memmove(&m->fragment[first], &m->fragment[first + n],
	    (m->n - first - n) * sizeof(m->fragment[0]));
	m->n -= (uint8_t)n;
	m->busy = m->n != 0;
	s->counters[SCTP_COUNT_REASSEMBLED]++;
}

static bool
add_fragment(struct sctp *s, const struct chunk *c, struct sctp_message *out)
{
	struct making *m = making_of(s, c);
	unsigned first, n;

	m->last_us = s->now_us;
	if (!m->given_up && !keep(s, m, c)) {
		m->given_up = true;
		s->counters[SCTP_COUNT_TOO_LONG]++;
	}
	if (m->given_up) {
		m->busy = (c->flags & DATA_END) == 0;
		return false;
	}
	n = find_run(m, &first);
	if (n == 0)
		return false;
	tell_run(s, m, first, n, out);
	return true;
}

/* --- chunks --- */

/* Some stacks write it in the order of their machine; no number of that size is assigned. */
static uint32_t
ppid_of(uint32_t ppid)
{
	return (ppid & 0xffffff) == 0 ? ppid >> 24 : ppid;
}

/* DATA or I-DATA. False when it is shorter than its header and one octet. */
static bool
read_data(const struct sctp *s, uint8_t type, uint8_t flags, struct cursor in, struct chunk *c)
{
	*c = (struct chunk){ .key = s->key, .flags = flags };
	c->key.type = type;
	c->key.unordered = (flags & DATA_UNORDERED) != 0;
	c->tsn = c->number = cur_be32(&in);
	c->key.stream = cur_be16(&in);
	c->key.number = cur_be16(&in);
	if (type == CHUNK_I_DATA)
		c->key.number = cur_be32(&in);
	else if (c->key.unordered)
		c->key.number = 0;
	c->ppid = cur_be32(&in);
	if (type == CHUNK_I_DATA)
		c->number = (flags & DATA_BEGINNING) != 0 ? 0 : c->ppid;
	c->ppid = ppid_of(c->ppid);
	c->data = in;
	return !in.short_read && cur_left(&in) != 0;
}

/* True when the chunk gives a message. */
static bool
take_data(struct sctp *s, const struct chunk *c, bool cut, struct sctp_message *m)
{
	bool whole = (c->flags & DATA_WHOLE) == DATA_WHOLE;

	if (cut && !whole) {
		s->counters[SCTP_COUNT_SNAPPED]++;
		return false;
	}
	if (is_repeated(s, c)) {
		s->counters[SCTP_COUNT_REPEATED]++;
		return false;
	}
	if (!whole)
		return add_fragment(s, c, m);
	*m = (struct sctp_message){ .data = c->data, .ppid = c->ppid, .stream = c->key.stream,
		.truncated = cut };
	return true;
}

/* What is left of the packet is not looked at. */
static void
stop(struct sctp *s, enum sctp_counter why)
{
	s->counters[why]++;
	s->in.at = s->in.end;
}

/* One chunk; true when it gives a message. */
static bool
take_chunk(struct sctp *s, struct sctp_message *m)
{
	uint8_t type = cur_u8(&s->in), flags = cur_u8(&s->in);
	uint16_t len = cur_be16(&s->in);
	struct cursor value = cur_sub(&s->in, len < CHUNK_HEADER ? 0 : (size_t)len - CHUNK_HEADER);
	size_t padding = (0u - len) % 4;
	bool cut = s->in.short_read;
	struct chunk c;

	if (len < CHUNK_HEADER || (cut && !s->cut)) {
		stop(s, SCTP_COUNT_MALFORMED);
		return false;
	}
	cur_skip(&s->in, padding < cur_left(&s->in) ? padding : cur_left(&s->in));
	if (type != CHUNK_DATA && type != CHUNK_I_DATA)
		return false;
	value.short_read = false;
	if (!read_data(s, type, flags, value, &c)) {
		if (!cut)
			stop(s, SCTP_COUNT_MALFORMED);
		return false;
	}
	return take_data(s, &c, cut, m);
}

bool
sctp_next(struct sctp *s, struct sctp_message *m)
{
	while (cur_left(&s->in) != 0) {
		if (s->chunks++ == SCTP_CHUNKS_MAX) {
			stop(s, SCTP_COUNT_CHUNKS);
			return false;
		}
		if (take_chunk(s, m)) {
			s->counters[SCTP_COUNT_MESSAGES]++;
			return true;
		}
	}
	return false;
}
