/* SPDX-License-Identifier: Apache-2.0 */
/* test_telnet.c - negotiation, greeting, terminal; nothing of what is typed. */
#include "macros.h"
#include "rows.h"

#define OFFER "\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01"
static const struct row rows[] = {
	{ "a router", false, 23, { DOWN(OFFER), UP("\xff\xfb\x18\xff\xfc\x20"),
	    DOWN("\xff\xfa\x18\x01\xff\xf0"), UP("\xff\xfa\x18\x00xterm-256color\xff\xf0"),
	    DOWN("BusyBox v1.19.4\r\n\r\nrouter login: "), UP("root\r\nsecret\r\n"),
	    DOWN("Password: ") }, PARSE_MORE,
	    "telnet.terminal_type=xterm-256color\ntelnet.banner=BusyBox v1.19.4\n"
	    "telnet.banner=router login:\ntelnet.banner=Password:\n", false },
	{ "one option and text on the port", false, 23, { DOWN("\xff\xfb\x01" "login:") },
	    PARSE_MORE, "telnet.banner=login:\n", false },
	{ "one option only, elsewhere", false, 4000, { DOWN("\xff\xfb\x01" "login:") }, PARSE_WRONG,
	    "", false },
	{ "three of them, elsewhere", false, 4000, { DOWN(OFFER "camera login:") }, PARSE_MORE,
	    "telnet.banner=camera login:\n", false },
	{ "unknown option", false, 23, { DOWN("\xff\xfd\x77") }, PARSE_WRONG, "", false },
	{ "no command", false, 23, { DOWN("\xff\x01\x01") }, PARSE_WRONG, "", false },
	{ "no text behind it", false, 23, { DOWN("\xff\xfd\x18\x9a\x80") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("telnet", PARSER_telnet, rows, ARRAY_LEN(rows));
}
