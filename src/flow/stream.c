/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - the first octets of a TCP flow, in order, each once, in bounded memory.
 *
 *	 kept            now                 hole        held
 *	[in order, not  |in order, of the   |not seen   |[segment] [segment] ...
 *	 consumed yet]  |packet in hand]    |yet        |
 *	                ^ next
 *
 * `next` is the sequence number after what is kept; it moves over `now` when that is shown.
 * A chunk is kept + now, in one piece: `now` itself, borrowed, when nothing is kept. */
#include <string.h>

#include "macros.h"
#include "table.h"

enum {
	HELD_MAX = 32,			/* segments beyond a hole, then it is passed */
	HELD_MAX_ONE_SIDED = 8,		/* ... while no acknowledgement tells what arrived */
	HELD_ROOM = 64,			/* never more, though one segment may fill several holes */
};

/* A stretch of octets that came early; `lost` more follow that the snapshot length cut. */
struct segment {
	struct segment *next;
	uint32_t seq, len, lost;
	uint8_t order;		/* of its block */
	uint8_t data[];
};

/* What one end sent. */
struct half {
	uint64_t skip;		/* octets from `next` on that nobody wants; > 0: nothing kept */
	uint8_t *kept;
	struct segment *held;	/* by sequence number, no overlaps */
	uint32_t kept_len;
	uint32_t next;
	uint32_t acked;		/* by the other end, with has_acked */
	uint32_t held_octets;
	uint8_t n_held;
	uint8_t kept_order;
	bool started;		/* next is set */
	bool moved;		/* next is past the base */
	bool has_acked;
	bool gap;		/* to be told with the next chunk */
};

enum shown { SHOWN_NONE, SHOWN_NOW, SHOWN_KEPT };

struct stream {
	struct half half[2];	/* by key end of the sender: a reversed flow changes nothing */
	const uint8_t *now;	/* borrowed from the packet or from `from` */
	struct segment *from;	/* owned; NULL: the packet */
	uint32_t now_len;
	uint32_t lost;		/* octets after `now` that the snapshot length cut */
	uint8_t end;		/* who sent `now` */
	uint8_t shown;		/* enum shown: the chunk that the caller has in hand */
};
static_assert(sizeof(struct stream) <= 128, "a stream outgrew its promise");

static inline int32_t
seq_ahead(uint32_t seq, uint32_t of)
{
	return (int32_t)(seq - of);
}

size_t
stream_size(void)
{
	return sizeof(struct stream);
}

void
stream_begin(struct flow_table *ft, struct flow *flow)
{
	flow->stream = pool_get(&ft->streams);	/* as many as flows: never NULL */
	*flow->stream = (struct stream){ 0 };
}

static void
drop_kept(struct flow_table *ft, struct half *h)
{
	if (h->kept != NULL)
		block_put(&ft->blocks, h->kept, h->kept_order);
	h->kept = NULL;
	h->kept_len = 0;
}

static void
drop_held(struct flow_table *ft, struct half *h)
{
	struct segment *next;

	for (struct segment *seg = h->held; seg != NULL; seg = next) {
		next = seg->next;
		block_put(&ft->blocks, seg, seg->order);
	}
	h->held = NULL;
	h->n_held = 0;
	h->held_octets = 0;
}

static void
drop_from(struct flow_table *ft, struct stream *s)
{
	if (s->from != NULL)
		block_put(&ft->blocks, s->from, s->from->order);
	s->from = NULL;
}

void
flow_stream_stop(struct flow_table *ft, struct flow *flow)
{
	struct stream *s = flow->stream;

	if (s == NULL)
		return;
	drop_from(ft, s);
	for (int end = 0; end < 2; end++) {
		drop_kept(ft, &s->half[end]);
		drop_held(ft, &s->half[end]);
	}
	pool_put(&ft->streams, s);
	flow->stream = NULL;
}

static void
give_up(struct flow_table *ft, struct flow *flow, enum flow_counter why)
{
	ft->count[why]++;
	flow_stream_stop(ft, flow);
}

/* Move over octets that will not come. If all of them were to be skipped, nobody is told. */
static void
pass_hole(struct flow_table *ft, struct half *h, uint32_t octets)
{
	h->next += octets;
	h->moved = true;
	if (h->skip >= octets) {
		h->skip -= octets;
		return;
	}
	h->skip = 0;
	h->gap = true;
	drop_kept(ft, h);
	ft->count[FLOW_COUNT_STREAM_GAP]++;
}

/* Done with `now`. */
static void
finish_now(struct flow_table *ft, struct stream *s)
{
	uint32_t lost = s->lost;

	drop_from(ft, s);
	s->now_len = s->lost = 0;
	s->shown = SHOWN_NONE;
	if (lost != 0)
		pass_hole(ft, &s->half[s->end], lost);
}

/* May the hole of `ahead` octets before the first held segment be passed? */
static bool
may_pass(const struct flow_table *ft, const struct half *h, uint32_t ahead)
{
	return h->skip >= ahead ||
	    (h->has_acked && seq_ahead(h->acked, h->held->seq) >= 0) ||
	    h->n_held >= (h->has_acked ? HELD_MAX : HELD_MAX_ONE_SIDED) ||
	    h->held_octets >= ft->stream_max;
}

/* A stretch of octets at a sequence number, while it is trimmed. */
struct span {
	const uint8_t *data;
	uint32_t seq, len, lost;
};

static void
span_cut(struct span *sp, uint32_t octets)
{
	uint32_t cut = octets < sp->len ? octets : sp->len;

	sp->seq += octets;
	if (cut != 0)
		sp->data += cut;
	sp->len -= cut;
	sp->lost -= octets - cut;
}

/* Copy the first `octets` of a span into the list at `at`. False when memory is out. */
static bool
hold_piece(struct flow_table *ft, struct half *h, struct segment **at, const struct span *sp,
    uint32_t octets)
{
	uint32_t len = octets < sp->len ? octets : sp->len;
	uint8_t order;
	struct segment *seg = block_get(&ft->blocks, sizeof(*seg) + len, &order);

	if (seg == NULL)
		return false;
	*seg = (struct segment){ .next = *at, .seq = sp->seq, .len = len,
	    .lost = octets - len, .order = order };
	if (len != 0)
		memcpy(seg->data, sp->data, len);
	*at = seg;
	h->n_held++;
	h->held_octets += len;
	return true;
}

/* Hold what of the span is not held yet: what came first stays. False: memory is out. */
static bool
hold(struct flow_table *ft, struct half *h, struct span sp)
{
	struct segment **at = &h->held;

	while (sp.len + sp.lost != 0) {
		struct segment *seg = *at;
		uint32_t octets = sp.len + sp.lost;
		int32_t behind;		/* octets of the span before the end of seg */

		if (seg == NULL || seq_ahead(seg->seq, sp.seq) > 0) {
			if (seg != NULL && seg->seq - sp.seq < octets)
				octets = seg->seq - sp.seq;
			if (h->n_held >= HELD_ROOM)
				return true;
			if (!hold_piece(ft, h, at, &sp, octets))
				return false;
			span_cut(&sp, octets);
			at = &(*at)->next;
			continue;
		}
		behind = seq_ahead(seg->seq + seg->len + seg->lost, sp.seq);
		if (behind > 0)
			span_cut(&sp, (uint32_t)behind < octets ? (uint32_t)behind : octets);
		at = &seg->next;
	}
	return true;
}

static void
note_ack(struct half *h, uint32_t ack)
{
	if (!h->has_acked || seq_ahead(ack, h->acked) > 0)
		h->acked = ack;
	h->has_acked = true;
}

static void
set_base(struct half *h, uint32_t seq)
{
	h->started = true;
	h->next = seq;
}

/* Where an end's octets begin, `seq` being the first that were seen: what came before them may only
 * be late. SYNs are not pushed, but the flow remembers the initiator's. */
static uint32_t
first_seq(const struct flow_table *ft, const struct flow *flow, unsigned end, uint32_t seq)
{
	int32_t ahead = seq_ahead(seq, flow->isn + 1);

	if ((flow->flags & FLOW_SYN_SEEN) != 0 && end == flow_end_index(flow, TO_SERVER) && ahead > 0
	    && (uint32_t)ahead <= ft->stream_max)
		return flow->isn + 1;
	return seq;
}

/* Is there anything to show? */
static bool
is_ready(const struct flow_table *ft, const struct stream *s)
{
	if (s->now_len != 0 || s->lost != 0)
		return true;
	for (int end = 0; end < 2; end++) {
		const struct half *h = &s->half[end];
		int32_t ahead;

		if (h->held == NULL)
			continue;
		ahead = seq_ahead(h->held->seq, h->next);
		if (ahead <= 0 || may_pass(ft, h, (uint32_t)ahead))
			return true;
	}
	return false;
}

/* Take in the octets of a segment. False when the stream had to be given up. */
static bool
take_segment(struct flow_table *ft, struct flow *flow, struct half *h, struct span sp)
{
	struct stream *s = flow->stream;
	int32_t ahead = seq_ahead(sp.seq, h->next);

	if (ahead < 0) {
		if ((uint32_t)-ahead >= sp.len + sp.lost) {
			/* A probe repeats one octet and is no retransmission. */
			if (ahead != -1 || sp.len + sp.lost != 1)
				ft->count[FLOW_COUNT_STREAM_RETRANSMITTED]++;
			return true;
		}
		span_cut(&sp, (uint32_t)-ahead);
	} else if (ahead > 0 && h->skip >= (uint32_t)ahead) {
		pass_hole(ft, h, (uint32_t)ahead);
	} else if (ahead > 0) {
		ft->count[FLOW_COUNT_STREAM_OUT_OF_ORDER]++;
		if (hold(ft, h, sp))
			return true;
		give_up(ft, flow, FLOW_COUNT_STREAM_MEMCAP);
		return false;
	}
	s->now = sp.data;
	s->now_len = sp.len;
	s->lost = sp.lost;
	s->end = (uint8_t)(h - s->half);
	return true;
}

/* The caller did not see its last push to the end: what it left of that packet is gone. */
static void
abandon(struct flow_table *ft, struct stream *s)
{
	struct half *h = &s->half[s->end];
	uint32_t unseen = s->shown == SHOWN_NONE ? s->now_len : 0;

	if (s->shown == SHOWN_NOW) {
		h->gap = true;
		ft->count[FLOW_COUNT_STREAM_GAP]++;
	}
	finish_now(ft, s);
	if (unseen != 0)
		pass_hole(ft, h, unseen);
}

bool
flow_stream_push(struct flow_table *ft, struct flow *flow, const struct packet *pkt,
    enum direction dir)
{
	struct stream *s = flow->stream;
	unsigned end = flow_end_index(flow, dir);
	struct half *h;
	struct span sp = { pkt->payload, pkt->seq, pkt->payload_len,
	    pkt->payload_wire_len - pkt->payload_len };

	if (s == NULL)
		return false;
	h = &s->half[end];
	if (UNLIKELY(s->shown != SHOWN_NONE || s->now_len != 0 || s->lost != 0))
		abandon(ft, s);
	if (pkt->tcp_flags & TCP_ACK)
		note_ack(&s->half[1 - end], pkt->ack);
	if (pkt->tcp_flags & TCP_SYN) {
		sp.seq++;
		if (!h->moved)		/* a client may try anew with another number */
			set_base(h, sp.seq);
	}
	if (sp.len + sp.lost == 0 || (pkt->tcp_flags & TCP_RST))
		return is_ready(ft, s);
	if (!h->started)
		set_base(h, first_seq(ft, flow, end, sp.seq));
	return take_segment(ft, flow, h, sp) && is_ready(ft, s);
}

/* Make the first held segment of an end `now`, if it is its turn. */
static bool
take_held(struct flow_table *ft, struct stream *s, unsigned end)
{
	struct half *h = &s->half[end];
	struct segment *seg;

	while ((seg = h->held) != NULL) {
		int32_t ahead = seq_ahead(seg->seq, h->next);
		struct span sp = { seg->data, seg->seq, seg->len, seg->lost };

		if (ahead > 0) {
			if (!may_pass(ft, h, (uint32_t)ahead))
				return false;
			pass_hole(ft, h, (uint32_t)ahead);
			ahead = 0;
		}
		h->held = seg->next;
		h->n_held--;
		h->held_octets -= seg->len;
		if ((uint32_t)-ahead >= seg->len + seg->lost) {
			block_put(&ft->blocks, seg, seg->order);
			continue;
		}
		span_cut(&sp, (uint32_t)-ahead);
		s->now = sp.data;
		s->now_len = sp.len;
		s->lost = sp.lost;
		s->from = seg;
		s->end = (uint8_t)end;
		return true;
	}
	return false;
}

/* Drop from the front of `now` what nobody wants. */
static void
skip_now(struct stream *s, struct half *h)
{
	uint32_t octets = h->skip < s->now_len ? (uint32_t)h->skip : s->now_len;

	if (octets == 0)
		return;
	h->skip -= octets;
	h->next += octets;
	h->moved = true;
	s->now += octets;
	s->now_len -= octets;
}

/* Append octets to what is kept. False when memory is out. */
static bool
keep(struct flow_table *ft, struct half *h, const uint8_t *data, uint32_t len)
{
	uint32_t need = h->kept_len + len;

	if (h->kept == NULL || need > (size_t)1 << h->kept_order) {
		uint8_t order;
		uint8_t *block = block_get(&ft->blocks, need, &order);
		uint32_t kept_len = h->kept_len;

		if (block == NULL)
			return false;
		if (h->kept != NULL)
			memcpy(block, h->kept, kept_len);
		drop_kept(ft, h);
		h->kept = block;
		h->kept_order = order;
		h->kept_len = kept_len;
	}
	memcpy(h->kept + h->kept_len, data, len);
	h->kept_len = need;
	return true;
}

static enum direction
direction_of(const struct flow *flow, unsigned end)
{
	return end == flow_end_index(flow, TO_SERVER) ? TO_SERVER : TO_CLIENT;
}

bool
flow_stream_next(struct flow_table *ft, struct flow *flow, struct stream_chunk *chunk)
{
	struct stream *s;
	struct half *h;

	if (flow->stream != NULL && flow->stream->shown != SHOWN_NONE)
		flow_stream_consume(ft, flow, chunk, 0, 0);
	if ((s = flow->stream) == NULL)
		return false;
	for (;;) {
		if (s->now_len == 0 && s->lost == 0 && !take_held(ft, s, s->end) &&
		    !take_held(ft, s, 1u - s->end))
			return false;
		h = &s->half[s->end];
		skip_now(s, h);
		if (s->now_len != 0)
			break;
		finish_now(ft, s);
	}
	s->shown = SHOWN_NOW;
	chunk->data = cursor_over(s->now, s->now_len);
	if (h->kept_len != 0) {
		if (!keep(ft, h, s->now, s->now_len)) {
			give_up(ft, flow, FLOW_COUNT_STREAM_MEMCAP);
			return false;
		}
		s->shown = SHOWN_KEPT;
		chunk->data = cursor_over(h->kept, h->kept_len);
	}
	h->next += s->now_len;
	h->moved = true;
	chunk->dir = direction_of(flow, s->end);
	chunk->gap = h->gap;
	h->gap = false;
	return true;
}

void
flow_stream_consume(struct flow_table *ft, struct flow *flow, const struct stream_chunk *chunk,
    size_t used, uint64_t skip)
{
	struct stream *s = flow->stream;
	struct half *h;
	uint32_t total, done;

	(void)chunk;		/* the stream knows which it showed */
	if (s == NULL || s->shown == SHOWN_NONE)
		return;
	h = &s->half[s->end];
	total = s->shown == SHOWN_KEPT ? h->kept_len : s->now_len;
	done = used < total ? (uint32_t)used : total;
	if (skip < total - done) {
		done += (uint32_t)skip;
	} else {
		h->skip = skip - (total - done);
		done = total;
	}
	if (total - done > ft->stream_max) {
		give_up(ft, flow, FLOW_COUNT_STREAM_FULL);
		return;
	}
	if (done == total) {
		drop_kept(ft, h);
	} else if (s->shown == SHOWN_KEPT) {
		h->kept_len = total - done;
		if (done != 0)
			memmove(h->kept, h->kept + done, h->kept_len);
	} else if (!keep(ft, h, s->now + done, total - done)) {
		give_up(ft, flow, FLOW_COUNT_STREAM_MEMCAP);
		return;
	}
	finish_now(ft, s);
}
