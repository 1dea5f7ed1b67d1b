/* SPDX-License-Identifier: Apache-2.0 */
/* test_tcp.c - states, retransmissions and gaps, probes, resets, ports used again. */
#include "support.h"

enum { F = TCP_FIN, Y = TCP_SYN, R = TCP_RST, A = TCP_ACK };

/* A packet of the connection; client's ISN is 100, server's 500. */
struct step {
	bool from_client;
	uint8_t flags;
	uint32_t seq, ack, len;
	uint64_t s;
};

static const struct {
	const char *what;
	struct step steps[10];
	enum flow_state state;
	uint32_t flags;		/* that must be set, of FLOW_HANDSHAKE, RST, FIN, MIDSTREAM, DATA */
	uint16_t retransmitted[2], gaps[2];
	size_t ended;		/* flows that ended on the way */
	enum flow_end_reason reason;	/* of the first of them */
} scripts[] = {
	{ "SYN", { { true, Y, 100 } }, FLOW_STATE_NEW, 0 },
	{ "SYN, three times", { { true, Y, 100 }, { true, Y, 100, 0, 0, 1 }, { true, Y, 100, 0, 0, 3 } },
	  FLOW_STATE_NEW, 0, { 2 } },
	{ "half open", { { true, Y, 100 }, { false, Y | A, 500, 101 } }, FLOW_STATE_NEW, 0 },
	{ "handshake", { { true, Y, 100 }, { false, Y | A, 500, 101 }, { true, A, 101, 501 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "handshake, client side only", { { true, Y, 100 }, { true, A, 101, 501 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "handshake, server side only", { { false, Y | A, 500, 101 }, { false, A, 501, 101, 9 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_DATA_TO_CLIENT },
	{ "refused", { { true, Y, 100 }, { false, R | A, 0, 101 } }, FLOW_STATE_CLOSED, FLOW_RST },
	{ "mid-stream", { { true, A, 7000, 1, 10 } }, FLOW_STATE_NEW,
	  FLOW_MIDSTREAM | FLOW_DATA_TO_SERVER },
	{ "mid-stream, both sides", { { true, A, 7000, 1, 10 }, { false, A, 1, 7010 } },
	  FLOW_STATE_ESTABLISHED, FLOW_MIDSTREAM | FLOW_DATA_TO_SERVER },
	{ "mid-stream, data both ways", { { true, A, 7000, 1, 10 }, { false, A, 1, 7010, 3 } },
	  FLOW_STATE_ESTABLISHED,
	  FLOW_MIDSTREAM | FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT | FLOW_HANDSHAKE },
	{ "closed by both", { { true, Y, 100 }, { false, Y | A, 500, 101 }, { true, A, 101, 501 },
	  { true, F | A, 101, 501 }, { false, F | A, 501, 102 }, { true, A, 102, 502 } },
	  FLOW_STATE_CLOSED, FLOW_HANDSHAKE | FLOW_FIN_TO_SERVER | FLOW_FIN_TO_CLIENT },
	{ "closed by one", { { true, Y, 100 }, { false, Y | A, 500, 101 }, { true, A, 101, 501 },
	  { true, F | A, 101, 501 }, { false, A, 501, 102 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_FIN_TO_SERVER },
	{ "reset in the window", { { true, Y, 100 }, { false, Y | A, 500, 101 },
	  { true, A, 101, 501 }, { false, R, 501 } }, FLOW_STATE_CLOSED, FLOW_HANDSHAKE | FLOW_RST },
	{ "reset out of the blue", { { true, Y, 100 }, { false, Y | A, 500, 101 },
	  { true, A, 101, 501 }, { false, R, 999999999 } }, FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "a reset for another SYN", { { true, Y, 100 }, { false, R | A, 0, 999999999 } },
	  FLOW_STATE_NEW, 0 },
	{ "data sent again, and a gap", { { true, Y, 100 }, { true, A, 101, 501, 10 },
	  { true, A, 101, 501, 10 }, { true, A, 131, 501, 10 }, { true, A, 121, 501, 10 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_DATA_TO_SERVER, { 2 }, { 1 } },
	{ "sent again with more", { { true, Y, 100 }, { true, A, 101, 501, 10 },
	  { true, A, 101, 501, 20 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_DATA_TO_SERVER },
	{ "acknowledgements are neither", { { true, Y, 100 }, { true, A, 101, 501 },
	  { true, A, 101, 511 }, { true, A, 105, 521 } }, FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "keep-alive without an octet", { { true, Y, 100 }, { true, A, 101, 501 },
	  { true, A, 100, 501, 0, 20 } }, FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "keep-alive with one is no data", { { true, Y, 100 }, { true, A, 101, 501 },
	  { true, A, 100, 501, 1, 20 } }, FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE },
	{ "zero-window probes, then the data", { { true, Y, 100 }, { true, A, 101, 501, 10 },
	  { true, A, 111, 501, 1 }, { true, A, 111, 501, 1 }, { true, A, 111, 501, 1 },
	  { true, A, 111, 501, 100 }, { true, A, 211, 501, 5 } },
	  FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_DATA_TO_SERVER },
	{ "FIN sent again", { { true, Y, 100 }, { true, A, 101, 501 }, { true, F | A, 101, 501 },
	  { true, F | A, 101, 501 } }, FLOW_STATE_ESTABLISHED, FLOW_HANDSHAKE | FLOW_FIN_TO_SERVER,
	  { 1 } },
	{ "over the wrap", { { true, A, 0xfffffff0, 501, 0x10 }, { true, A, 0, 501, 0x10 },
	  { true, A, 0xfffffff8, 501, 8 } }, FLOW_STATE_NEW, FLOW_MIDSTREAM | FLOW_DATA_TO_SERVER,
	  { 1 } },
	{ "the port again after a close", { { true, Y, 100 }, { false, R | A, 0, 101 },
	  { true, Y, 9100, 0, 0, 1 } }, FLOW_STATE_NEW, 0, { 0 }, { 0 }, 1, FLOW_END_REUSED },
	{ "the same SYN after a reset", { { true, Y, 100 }, { false, R | A, 0, 101 },
	  { true, Y, 100, 0, 0, 1 } }, FLOW_STATE_CLOSED, FLOW_RST, { 1 } },
	{ "the port again after silence", { { true, Y, 100 }, { true, A, 101, 501, 10 },
	  { true, Y, 9100, 0, 0, 31 } }, FLOW_STATE_NEW, 0, { 0 }, { 0 }, 1, FLOW_END_REUSED },
	{ "a SYN into a living connection", { { true, Y, 100 }, { true, A, 101, 501, 10 },
	  { true, Y, 9100, 0, 0, 5 } }, FLOW_STATE_ESTABLISHED,
	  FLOW_HANDSHAKE | FLOW_DATA_TO_SERVER },
	{ "unanswered, tries anew with another number", { { true, Y, 100 }, { true, Y, 9100, 0, 0, 5 },
	  { false, Y | A, 500, 9101, 0, 5 }, { true, A, 9101, 501, 7, 5 } }, FLOW_STATE_ESTABLISHED,
	  FLOW_HANDSHAKE | FLOW_DATA_TO_SERVER },
	{ "the tail of an old connection, then a SYN", { { true, A, 7000000, 1 }, { true, Y, 100 } },
	  FLOW_STATE_NEW, 0, { 0 }, { 0 }, 1, FLOW_END_REUSED },
	{ "all flags at once", { { true, 0xff, 100, 7, 3 } }, FLOW_STATE_CLOSED,
	  FLOW_RST | FLOW_DATA_TO_SERVER },
};

static struct flow *
play(struct world *w, int i)
{
	struct flow *flow = NULL;

	for (int k = 0; k < 10 && scripts[i].steps[k].flags != 0; k++) {
		const struct step *step = &scripts[i].steps[k];
		struct packet pkt = segment(step->from_client, step->flags, step->seq, step->ack,
		    NULL, 0, (1000 + step->s) * S);

		pkt.payload_wire_len = step->len;
		flow_table_expire(w->ft, pkt.time_us);
		flow = world_touch(w, &pkt);
		ck_assert_ptr_nonnull(flow);
	}
	return flow;
}

START_TEST(concludes)
{
	const uint32_t all = FLOW_HANDSHAKE | FLOW_RST | FLOW_FIN_TO_SERVER | FLOW_FIN_TO_CLIENT |
	    FLOW_MIDSTREAM | FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT;
	struct world *w = world_new();
	const struct flow *flow = play(w, _i);
	const char *what = scripts[_i].what;

	ck_assert_msg(flow->state == scripts[_i].state, "%s: %s", what, flow_state_name(flow->state));
	if (scripts[_i].steps[0].flags != 0xff)
		ck_assert_msg((flow->flags & all) == scripts[_i].flags, "%s: flags %x", what,
		    flow->flags & all);
	for (int d = 0; d < 2; d++) {
		ck_assert_msg(flow->retransmitted[d] == scripts[_i].retransmitted[d],
		    "%s: %d retransmitted", what, flow->retransmitted[d]);
		ck_assert_msg(flow->gaps[d] == scripts[_i].gaps[d], "%s: %d gaps", what,
		    flow->gaps[d]);
	}
	ck_assert_msg(w->n_ended == scripts[_i].ended, "%s: %zu ended", what, w->n_ended);
	if (w->n_ended != 0)
		ck_assert_int_eq(w->ended[0].reason, scripts[_i].reason);
	world_free(w);
}
END_TEST

/* A close shortens the time that is left: it does not wait for the long deadline. */
START_TEST(a_closed_flow_leaves_soon)
{
	struct world *w = world_new();
	struct flow *flow = NULL;
	uint64_t s;
	enum flow_end_reason want;

	ck_assert(scripts[_i].state == FLOW_STATE_CLOSED);
	flow = play(w, _i);
	want = flow->flags & FLOW_RST ? FLOW_END_RST : FLOW_END_FIN;
	for (s = 1000; w->n_ended == 0 && s < 2000; s++)
		flow_table_expire(w->ft, s * S);
	ck_assert_uint_eq(s, 1000 + 10 + 1);
	ck_assert_int_eq(w->ended[0].reason, want);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tcp");
	TCase *t = tcase_create("tcp");

	tcase_add_loop_test(t, concludes, 0, ARRAY_LEN(scripts));
	tcase_add_loop_test(t, a_closed_flow_leaves_soon, 6, 7);
	tcase_add_loop_test(t, a_closed_flow_leaves_soon, 10, 11);
	suite_add_tcase(s, t);
	return suite_run(s);
}
