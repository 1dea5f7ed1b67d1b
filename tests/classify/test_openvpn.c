/* SPDX-License-Identifier: Apache-2.0 */
/* test_openvpn.c - hard resets of each guard, over both transports. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "plain", true, 1194, {
	    UP("8session1\x00\x00\x00\x00\x00"),
	    DOWN("@session2\x01\x00\x00\x00\x00session1\x00\x00\x00\x00") }, PARSE_DONE,
	    "openvpn.reset=client\nopenvpn.guard=none\nopenvpn.reset=server\n", false },
	{ "over TCP, elsewhere", false, 443, {
	    UP("\x00\x0e" "8session1\x00\x00\x00\x00\x00"),
	    DOWN("\x00\x1a@session2\x01\x00\x00\x00\x00session1\x00\x00\x00\x00") }, PARSE_DONE,
	    "openvpn.reset=client\nopenvpn.guard=none\nopenvpn.reset=server\n", false },
	{ "tls-auth", true, 1194, {
	    UP("8session1hhhhhhhhhhhhhhhhhhhh\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00"
	    "\x00") }, PARSE_MORE,
	    "openvpn.reset=client\nopenvpn.guard=tls-auth\n", false },
	{ "tls-crypt", true, 1194, {
	    UP("8session1\x00\x00\x00\x01\x00\x00\x00\x01hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh123"
	    "45") }, PARSE_MORE,
	    "openvpn.reset=client\nopenvpn.guard=tls-crypt\n", false },
	{ "tls-crypt-v2", true, 1194, {
	    UP("Psession1\x0f\x00\x00\x01\x00\x00\x00\x01hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
	    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh") }, PARSE_MORE,
	    "openvpn.reset=client\nopenvpn.guard=tls-crypt-v2\n", false },
	{ "another time", true, 1194, {
	    UP("8session1\x00\x00\x00\x01;\x9a\xc9\xffhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh12345") }, PARSE_WRONG,
	    "", false },
	{ "first packet that is not 0", true, 1194, {
	    UP("8session1\x00\x00\x00\x00\x01") }, PARSE_WRONG,
	    "", false },
	{ "data", true, 1194, {
	    UP("0session1session1session1session1") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("openvpn", PARSER_openvpn, rows, ARRAY_LEN(rows));
}
