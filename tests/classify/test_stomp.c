/* SPDX-License-Identifier: Apache-2.0 */
/* test_stomp.c - connecting, sending, bodies with and without a length. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "a session", false, 61613, {
	    UP("CONNECT\naccept-version:1.2\nhost:fleet.example\n"
	    "login:m-1\npasscode:x\n\n\x00"),
	    DOWN("CONNECTED\r\nversion:1.2\r\nserver:AMQ/5\r\n"
	    "\r\n\x00\n"),
	    UP("SEND\ndestination:/queue/t\ncontent-length:4\n"
	    "\na\x00" "bc\x00"),
	    UP("SUBSCRIBE\nid:0\ndestination:/topic/cmd\n"
	    "\n\x00"),
	    DOWN("MESSAGE\ndestination:/topic/cmd\n\nreboot\x00") }, PARSE_MORE,
	    "stomp.command=CONNECT\nstomp.host=fleet.example\nstomp.login=m-1\n"
	    "stomp.command=CONNECTED\nstomp.version=1.2\nstomp.server=AMQ/5\n"
	    "stomp.command=SEND\nstomp.destination=/queue/t\nstomp.command=SUBSCRIBE\n"
	    "stomp.destination=/topic/cmd\nstomp.command=MESSAGE\n", false },
	{ "elsewhere", false, 9000, {
	    UP("STOMP\naccept-version:1.1\n\n\x00") }, PARSE_MORE,
	    "stomp.command=STOMP\n", false },
	{ "an HTTP proxy", false, 9000, {
	    UP("CONNECT host:443 HTTP/1.1\r\n\r\n") }, PARSE_WRONG,
	    "", false },
	{ "no header of it, elsewhere", false, 9000, {
	    UP("CONNECT\nfoo:bar\n\n\x00") }, PARSE_WRONG,
	    "", false },
	{ "no such command", false, 61613, {
	    UP("STOMP\naccept-version:1.1\n\n\x00"),
	    UP("DANCE\n\n\x00") }, PARSE_WRONG,
	    "stomp.command=STOMP\n", false },
};

int
main(void)
{
	return rows_run("stomp", PARSER_stomp, rows, ARRAY_LEN(rows));
}
