/* SPDX-License-Identifier: Apache-2.0 */
/* test_stun.c - addresses, TURN, the older STUN on its port, streams with channels. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "binding", true, 3478, {
	    UP("\x00\x01\x00\x08!\x12\xa4" "Btransaction!\x80\"\x00\x03" "cam\x00"),
	    DOWN("\x01\x01\x00\x0c!\x12\xa4" "Btransaction!\x00 \x00\x08\x00\x01\xbdS\xe7!\xc0"
	    "E") }, PARSE_MORE,
	    "stun.method=binding\nstun.software=cam\nstun.mapped_address=198.51.100.7\n", false },
	{ "TURN, elsewhere", true, 50000, {
	    UP("\x00\x03\x00\x1c!\x12\xa4" "Btransaction!\x00\x06\x00\x03u:1\x00\x00\x14\x00"
	    "\rrelay.example\x00\x00\x00"),
	    DOWN("\x01\x13\x00\x0c!\x12\xa4" "Btransaction!\x00\x09\x00\x06\x00\x00\x04\x01no\x00"
	    "\x00"),
	    UP("\x00\x08\x00\x0c!\x12\xa4" "Btransaction!\x00\x12\x00\x08\x00\x01!\x1b\xea\x12"
	    "\xd5K"),
	    UP("@\x00\x00\x04" "abcd") }, PARSE_MORE,
	    "stun.method=allocate\nstun.username=u:1\nstun.realm=relay.example\n"
	    "stun.error_code=401\nstun.method=create_permission\n"
	    "stun.peer_address=203.0.113.9\n", false },
	{ "IPv6", true, 3478, {
	    DOWN("\x01\x01\x00\x18!\x12\xa4" "Btransaction!\x00 \x00\x14\x00\x02\x9c" "A\x01\x13"
	    "\xa9\xfatransaction&") }, PARSE_MORE,
	    "stun.method=binding\nstun.mapped_address=2001:db8::7\n", false },
	{ "a stream with channels", false, 3478, {
	    UP("\x00\x03\x00\x08!\x12\xa4" "Btransaction!\x00\x06\x00\x01u\x00\x00\x00@\x00\x00"
	    "\x05" "abcde\x00\x00\x00\x00\x04\x00\x00!\x12\xa4" "Btransaction!"),
	    DOWN("\x01\x03\x00\x0c!\x12\xa4" "Btransaction!\x00\x16\x00\x08\x00\x01\xe2" "C\xea"
	    "\x12\xd5!") }, PARSE_MORE,
	    "stun.method=allocate\nstun.username=u\nstun.method=refresh\n"
	    "stun.relayed_address=203.0.113.99\n", false },
	{ "lone answer", true, 3478, {
	    UP("\x01\x01\x00\x0c!\x12\xa4" "Btransaction!\x00 \x00\x08\x00\x01!\x13\xe7!\xc0"
	    "E") }, PARSE_MORE,
	    "stun.method=binding\nstun.mapped_address=198.51.100.7\n", true },
	{ "the older one", true, 3478, {
	    UP("\x00\x01\x00\x08" "0123456789abcdef\x00\x03\x00\x04\x00\x00\x00\x06"),
	    DOWN("\x01\x01\x00\x0c" "0123456789abcdef\x00\x01\x00\x08\x00\x01\x0b\xb8\xc6" "3d"
	    "\x07") }, PARSE_MORE,
	    "stun.method=binding\nstun.mapped_address=198.51.100.7\n", false },
	{ "the older one elsewhere", true, 50000, {
	    UP("\x00\x01\x00\x00" "0123456789abcdef") }, PARSE_WRONG,
	    "", false },
	{ "attribute beyond the end", true, 3478, {
	    UP("\x00\x01\x00\x04!\x12\xa4" "Btransaction!\x00\x06\x00\x09") }, PARSE_WRONG,
	    "", false },
	{ "length that is not a multiple of four", true, 3478, {
	    UP("\x00\x01\x00\x05!\x12\xa4" "Btransaction!\x00\x06\x00\x01" "a") }, PARSE_WRONG,
	    "", false },
	{ "octets behind it", true, 3478, {
	    UP("\x00\x01\x00\x00!\x12\xa4" "Btransaction!x") }, PARSE_WRONG,
	    "", false },
	{ "no such method", true, 3478, {
	    UP("\x00/\x00\x00!\x12\xa4" "Btransaction!") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("stun", PARSER_stun, rows, ARRAY_LEN(rows));
}
