/* SPDX-License-Identifier: Apache-2.0 */
/* test_community.c - Community ID v1 against the published test vectors of
 * corelight/pycommunityid and its ports, seed 0. */
#include "support.h"

static const struct {
	uint8_t proto;
	const char *src, *dest;
	uint16_t src_port, dest_port;
	const char *id;
} vectors[] = {
	{ 6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ 6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ 6, "192.168.1.42", "192.168.1.42", 42, 41, "1:eRcf7I/xocOxnYo5pbJBV5NhVm0=" },
	{ 6, "10.0.0.1", "10.0.0.2", 10, 11569, "1:SXBGMX1lBOwhhoDrZynfROxnhnM=" },
	{ 17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
	{ 17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
	{ 132, "192.168.170.8", "192.168.170.56", 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=" },
	{ 132, "192.168.170.56", "192.168.170.8", 80, 7, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=" },
	{ 1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
	{ 1, "192.168.0.1", "192.168.0.89", 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
	{ 1, "192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI=" },
	{ 1, "192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I=" },
	{ 1, "192.168.0.1", "192.168.0.89", 0, 20, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
	{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0,
	  "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0,
	  "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
	{ 58, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
	  "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=" },
	{ 58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0,
	  "1:/OGBt9BN1ofenrmSPWYicpij2Vc=" },
	{ 46, "1.2.3.4", "5.6.7.8", 0, 0, "1:ikv3kmf89luf73WPz1jOs49S768=" },
	{ 46, "5.6.7.8", "1.2.3.4", 0, 0, "1:ikv3kmf89luf73WPz1jOs49S768=" },
};

static struct ends
ends_of(int i)
{
	struct ends ends = { .src_port = vectors[i].src_port, .dest_port = vectors[i].dest_port,
	    .proto = vectors[i].proto };

	ck_assert_int_eq(addr_parse(&ends.src, vectors[i].src), 0);
	ck_assert_int_eq(addr_parse(&ends.dest, vectors[i].dest), 0);
	return ends;
}

START_TEST(of_ends)
{
	struct ends ends = ends_of(_i);
	char text[COMMUNITY_ID_MAX];

	community_id(&ends, text);
	ck_assert_msg(strcmp(text, vectors[_i].id) == 0, "%d: %s, not %s", _i, text,
	    vectors[_i].id);
}
END_TEST

/* Whoever the flow holds to be the initiator. */
START_TEST(of_a_flow_that_began_with_such_a_packet)
{
	struct world *w = world_new();
	struct packet pkt = { .time_us = S, .ends = ends_of(_i) };
	char text[COMMUNITY_ID_MAX];

	flow_community_id(world_touch(w, &pkt), text);
	ck_assert_msg(strcmp(text, vectors[_i].id) == 0, "%d: %s, not %s", _i, text,
	    vectors[_i].id);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("community id");
	TCase *t = tcase_create("vectors");

	tcase_add_loop_test(t, of_ends, 0, ARRAY_LEN(vectors));
	tcase_add_loop_test(t, of_a_flow_that_began_with_such_a_packet, 0, ARRAY_LEN(vectors));
	suite_add_tcase(s, t);
	return suite_run(s);
}
