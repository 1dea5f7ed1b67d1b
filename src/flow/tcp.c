/* SPDX-License-Identifier: Apache-2.0 */
/* tcp.c - what a passive observer may conclude from TCP headers (RFC 9293).
 *
 * Octets are counted as sent. A segment before the expected one is a retransmission, also
 * when it was only overtaken; one after it shows a gap. A reset or FIN is believed when its
 * sequence number is near what its sender was to send next; a flow that goes on after one is
 * still counted, and still read, in the same flow. */
#include "table.h"

enum {
	/* A late SYN may still correct what the first packets made us believe. */
	LATE_SYN_PKTS = 16, LATE_SYN_OCTETS = 65535,
	/* How far off the expected number a reset or FIN may be: a large scaled window. */
	CLOSE_WINDOW = 1 << 20,
};

static inline int32_t
seq_ahead(uint32_t seq, uint32_t of)
{
	return (int32_t)(seq - of);
}

static inline uint32_t
seq_known(enum direction dir)
{
	return (uint32_t)FLOW_SEQ_TO_SERVER << dir;
}

static inline bool
is_few(const struct flow *flow)
{
	return (uint64_t)flow->pkts[0] + flow->pkts[1] <= LATE_SYN_PKTS;
}

static inline bool
is_weak(const struct flow *flow)
{
	return flow->initiator_evidence == INITIATOR_FIRST_PACKET ||
	    flow->initiator_evidence == INITIATOR_PORT;
}

bool
tcp_reuses(const struct flow *flow, const struct packet *pkt, enum direction dir,
    uint64_t reuse_us)
{
	bool silent = (int64_t)(pkt->time_us - flow->last_us) >= (int64_t)reuse_us;

	if ((pkt->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return false;
	if ((flow->flags & FLOW_SYN_SEEN) && dir == TO_SERVER && pkt->seq == flow->isn)
		return false;		/* sent again */
	if (flow->state == FLOW_STATE_CLOSED)
		return true;
	if (!is_weak(flow) || !is_few(flow))
		return silent;
	/* Picked up mid-stream: the SYN of what we have, overtaken, or of something new? */
	if (flow->flags & seq_known(dir)) {
		int32_t before = seq_ahead(flow->next_seq[dir], pkt->seq + 1);

		return before < 0 || before > LATE_SYN_OCTETS;
	}
	return false;
}

/* A SYN or SYN-ACK: evidence of who began, and where the numbers start. */
static void
count_syn(struct flow *flow, const struct packet *pkt, enum direction *dir)
{
	bool answer = (pkt->tcp_flags & TCP_ACK) != 0;
	enum direction want = answer ? TO_CLIENT : TO_SERVER;
	uint32_t end = pkt->seq + 1 + pkt->payload_wire_len;

	if (is_weak(flow) && is_few(flow)) {
		if (*dir != want) {
			initiator_swap(flow, INITIATOR_SYN);
			*dir = want;
		}
		flow->initiator_evidence = answer ? INITIATOR_SYN_ACK : INITIATOR_SYN;
		flow->flags &= ~(uint32_t)FLOW_MIDSTREAM;
	} else if (*dir != want) {
		return;			/* both call each other, or nonsense */
	} else if (!answer && flow->initiator_evidence == INITIATOR_SYN_ACK) {
		flow->initiator_evidence = INITIATOR_SYN;
	}
	if (!(flow->flags & seq_known(*dir))) {
		flow->next_seq[*dir] = end;
	} else if (answer ? (flow->flags & FLOW_SYN_ACK_SEEN) != 0
	    : (flow->flags & FLOW_SYN_SEEN) != 0) {
		if (seq_ahead(end, flow->next_seq[*dir]) <= 0 &&
		    seq_ahead(end, flow->next_seq[*dir]) > -LATE_SYN_OCTETS)
			saturate16(&flow->retransmitted[*dir]);
		else if (flow->state == FLOW_STATE_NEW)
			flow->next_seq[*dir] = end;	/* tries anew with another number */
	}
	if (!answer && (flow->state == FLOW_STATE_NEW || !(flow->flags & FLOW_SYN_SEEN)))
		flow->isn = pkt->seq;
	flow->flags |= seq_known(*dir) | (answer ? FLOW_SYN_ACK_SEEN : FLOW_SYN_SEEN);
}

/* Retransmissions and gaps. Returns false for a probe: one octet that was sent before, to
 * learn whether the other end is there (RFC 9293, 3.8.4) or has room (3.8.6.1). */
static bool
count_sequence(struct flow *flow, const struct packet *pkt, enum direction dir)
{
	uint32_t fin = (pkt->tcp_flags & TCP_FIN) != 0;
	uint32_t end = pkt->seq + pkt->payload_wire_len + fin;
	int32_t ahead = seq_ahead(pkt->seq, flow->next_seq[dir]);

	if (!(flow->flags & seq_known(dir))) {
		flow->flags |= seq_known(dir);
		flow->next_seq[dir] = end;
		return true;
	}
	if (end == pkt->seq)
		return true;		/* a bare acknowledgement takes up no number */
	if (ahead == -1 && pkt->payload_wire_len == 1 && !fin)
		return false;
	if (ahead > 0)
		saturate16(&flow->gaps[dir]);
	if (seq_ahead(end, flow->next_seq[dir]) > 0)
		flow->next_seq[dir] = end;
	else
		saturate16(&flow->retransmitted[dir]);
	return true;
}

/* Is the number of a reset or FIN one that its sender may use now? A reset that answers a SYN
 * has number 0 and must acknowledge instead (RFC 9293, 3.10.7.1). */
static bool
may_close(const struct flow *flow, const struct packet *pkt, enum direction dir)
{
	enum direction other = dir == TO_SERVER ? TO_CLIENT : TO_SERVER;
	int32_t ahead;

	if (flow->flags & seq_known(dir))
		ahead = seq_ahead(pkt->seq, flow->next_seq[dir]);
	else if ((pkt->tcp_flags & TCP_ACK) && (flow->flags & seq_known(other)))
		ahead = seq_ahead(pkt->ack, flow->next_seq[other]);
	else
		return true;
	return ahead >= -CLOSE_WINDOW && ahead <= CLOSE_WINDOW;
}

/* Established once the SYN was answered and that was acknowledged, whether or not we saw both
 * sides: an end sends no plain acknowledgement, nor data after SYN-ACK, without it. */
static void
count_handshake(struct flow *flow, const struct packet *pkt, enum direction dir)
{
	const uint32_t data_both = FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT;
	bool plain = (pkt->tcp_flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK;
	bool answered = flow->pkts[dir == TO_SERVER ? TO_CLIENT : TO_SERVER] != 0;

	if ((flow->flags & data_both) == data_both ||
	    (plain && dir == TO_SERVER && (flow->flags & FLOW_SYN_SEEN)) ||
	    (plain && dir == TO_CLIENT && (flow->flags & FLOW_SYN_ACK_SEEN) &&
	    pkt->payload_wire_len != 0))
		flow->flags |= FLOW_HANDSHAKE;
	if (flow->state == FLOW_STATE_NEW && ((flow->flags & FLOW_HANDSHAKE) ||
	    ((flow->flags & FLOW_MIDSTREAM) && plain && answered)))
		flow->state = FLOW_STATE_ESTABLISHED;
}

static void
count_close(struct flow *flow, const struct packet *pkt, enum direction dir)
{
	const uint32_t fin_both = FLOW_FIN_TO_SERVER | FLOW_FIN_TO_CLIENT;

	if (pkt->tcp_flags & TCP_RST)
		flow->flags |= FLOW_RST;
	else
		flow->flags |= (uint32_t)FLOW_FIN_TO_SERVER << dir;
	if ((flow->flags & FLOW_RST) || (flow->flags & fin_both) == fin_both)
		flow->state = FLOW_STATE_CLOSED;
}

void
tcp_count(struct flow *flow, const struct packet *pkt, enum direction *dir)
{
	uint8_t flags = pkt->tcp_flags;
	bool closes = (flags & (TCP_RST | TCP_FIN)) && may_close(flow, pkt, *dir);
	bool payload = pkt->payload_wire_len != 0;

	if (flags & TCP_SYN)
		count_syn(flow, pkt, dir);
	else if (flags & TCP_RST)
		payload = false;	/* at most a reason in words (RFC 9293, 3.5.3) */
	else
		payload &= count_sequence(flow, pkt, *dir);
	flow->tcp_flags[*dir] |= flags;
	if (payload)
		flow_count_payload(flow, *dir, pkt->payload_wire_len);
	if (UNLIKELY(!(flow->flags & FLOW_HANDSHAKE)))
		count_handshake(flow, pkt, *dir);
	if (UNLIKELY(closes))
		count_close(flow, pkt, *dir);
}
