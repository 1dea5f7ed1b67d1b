/* SPDX-License-Identifier: Apache-2.0 */
/* test_pppp.c - cameras, clients, UIDs, and heads that prove nothing. */
#include "macros.h"
#include "rows.h"

#define LOGIN "\xf1\x10\x00(VSTA\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define LOGIN_ANSWER "\xf1\x11\x00\x04\x00\x00\x00\x00"
#define REQUEST "\xf1 \x00$VSTA\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
    "\x00\x00\x00\x00\x00\x00\x00"
#define REQUEST_ANSWER "\xf1!\x00\x04\x00\x00\x00\x00"
#define PUNCH "\xf1\x41\x00\x14VSTA\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00"
#define READY "\xf1\x42\x00\x14VSTA\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00"
#define DATA "\xf1\xd0\x00\x08\xd1\x00\x00\x01\x64\x61ta"
#define DATA_ANSWER "\xf1\xd1\x00\x06\xd1\x00\x00\x01\x00\x01"
#define ALIVE "\xf1\xe0\x00\x00"
#define CLOSE "\xf1\xf0\x00\x00"
#define HELLO "\xf1\x00\x00\x00"
#define LAN_SEARCH "\xf1\x30\x00\x00"
#define SMALL_LETTERS "\xf1\x41\x00\x14vsta\x00\x00\x00\x00\x00\x00\x00\x01\x41\x42\x43\x44\x45\x00\x00\x00"
#define NO_CHECK "\xf1\x41\x00\x14VSTA\x00\x00\x00\x00\x00\x00\x00\x01\x41\x00\x00\x00\x00\x00\x00\x00"
#define SERIAL "\xf1\x41\x00\x14VSTA\x00\x00\x00\x00\x99\x99\x99\x99\x41\x42\x43\x44\x45\x00\x00\x00"
#define LONGER "\xf1\x41\x00\x14VSTA\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00x"
#define OTHER "\xf1\x99\x00\x00"
#define HOLE "\xf1\x41\x00\x14VS\x00\x41\x00\x00\x00\x00\x00\x01\xe2@ABCDE\x00\x00\x00"

#define UID "pppp.uid=VSTA-123456-ABCDE\n"
#define M(name) "pppp.message=" name "\n"

static const struct row rows[] = {
	{ "a camera logs in", true, 32100, { UP(HELLO), UP(LOGIN), DOWN(LOGIN_ANSWER), UP(ALIVE) }, PARSE_MORE,
	    M("hello") M("login") UID M("login_answer") M("alive"), false },
	{ "a client asks", true, 32100, { UP(REQUEST), DOWN(REQUEST_ANSWER) }, PARSE_MORE, M("request") UID
	    M("request_answer"), false },
	{ "on any port with a UID", true, 40123, { UP(PUNCH), DOWN(READY), UP(DATA), DOWN(DATA_ANSWER), UP(CLOSE) },
	    PARSE_MORE, M("punch") UID M("ready") M("data") M("data_answer") M("close"), false },
	{ "searched in the network", true, 32108, { UP(LAN_SEARCH), DOWN(PUNCH) }, PARSE_MORE, M("lan_search")
	    M("punch") UID, false },
	{ "without a UID on another port", true, 40123, { UP(ALIVE) }, PARSE_WRONG, "", false },
	{ "small letters", true, 32100, { UP(SMALL_LETTERS) }, PARSE_WRONG, "", false },
	{ "no check", true, 32100, { UP(NO_CHECK) }, PARSE_WRONG, "", false },
	{ "a serial beyond the most", true, 32100, { UP(SERIAL) }, PARSE_WRONG, "", false },
	{ "longer than it says", true, 32100, { UP(LONGER) }, PARSE_WRONG, "", false },
	{ "an unknown type", true, 32100, { UP(OTHER) }, PARSE_WRONG, "", false },
	{ "a hole in the prefix", true, 32100, { UP(HOLE) }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("pppp", PARSER_pppp, rows, ARRAY_LEN(rows));
}
