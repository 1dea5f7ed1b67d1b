/* SPDX-License-Identifier: Apache-2.0 */
/* test_gt06.c - logins, reports, commands, and frames that do not add up. */
#include "macros.h"
#include "rows.h"

#define LOGIN "xx\x0d\x01\x04\x90\x15\x42\x03#u\x18\x00\x01\x1f\x17\x0d\x0a"
#define LOGIN_TYPE "xx\x11\x01\x04\x90\x15\x42\x03#u\x18\x36\x01\x32\x00\x00\x01\xc5\x05\x0d\x0a"
#define LOGGED_IN "xx\x05\x01\x00\x01\xd9\xdc\x0d\x0a"
#define STATUS "xx\x0a\x13\x46\x06\x04\x00\x02\x00\x02\xb8\xf4\x0d\x0a"
#define PLACE "xx\x1f\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\xb8\xce\x0d\x0a"
#define INFO "yy\x00\x0d\x94\x04\x41LM1=C4\x00\x04\xaf\x38\x0d\x0a"
#define COMMAND "xx\x14\x80\x0c\x00\x00\x00\x01RELAY,1#\x00\x02\x00\x05\xa8i\x0d\x0a"
#define ANSWER "xx\x0f\x15\x07\x00\x00\x00\x01OK!\x00\x02\x00\x06\x36=\x0d\x0a"
#define ANSWER_LONG "yy\x00$!\x00\x00\x00\x01\x01\x43ut off the fuel: Success!\x00\x07\xca\xb1\x0d\x0a"
#define ODD "xx\x07wab\x00\x08w\x93\x0d\x0a"

#define IN "gt06.message=login\ngt06.imei=490154203237518\n"

static const struct row rows[] = {
	{ "login and reports", false, 5023, { UP(LOGIN), DOWN(LOGGED_IN), UP(STATUS PLACE), DOWN(STATUS) },
	    PARSE_MORE, IN "gt06.message=heartbeat\ngt06.message=location\n", false },
	{ "login with a type", false, 7018, { UP(LOGIN_TYPE) }, PARSE_MORE, IN "gt06.type=6\1\n", false },
	{ "commands and answers", false, 7018, { UP(LOGIN), DOWN(COMMAND), UP(ANSWER), UP(ANSWER_LONG) },
	    PARSE_MORE, IN "gt06.message=command\ngt06.command=RELAY,1#\ngt06.message=answer\n"
	    "gt06.answer=OK!\ngt06.answer=Cut off the fuel: Success!\n", false },
	{ "long frames, and a number without a name", false, 7018, { UP(INFO ODD) }, PARSE_MORE,
	    "gt06.message=information\ngt06.message=77\n", false },
	{ "over UDP", true, 7018, { UP(LOGIN STATUS), DOWN(LOGGED_IN) }, PARSE_MORE, IN
	    "gt06.message=heartbeat\n", false },
	{ "the called one calls", false, 7018, { DOWN(LOGIN) }, PARSE_MORE, IN, true },
	{ "then something else", false, 7018, { UP(LOGIN), UP("GET / HTTP/1.1\r\n") }, PARSE_WRONG, IN, false },
	{ "cut datagram", true, 7018, { UP("xx\x0d\1\4\x90\x15") }, PARSE_WRONG, "", false },
	{ "wrong sum", false, 7018, { UP("xx\x05\x13\0\1\0\0\r\n") }, PARSE_WRONG, "", false },
	{ "text that begins so", false, 7018, { UP("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") }, PARSE_WRONG, "", false },
	{ "length of nothing", false, 7018, { UP("xx\x04\x13\0\1\0\0\r\n") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("gt06", PARSER_gt06, rows, ARRAY_LEN(rows));
}
