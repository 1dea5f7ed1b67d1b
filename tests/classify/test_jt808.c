/* SPDX-License-Identifier: Apache-2.0 */
/* test_jt808.c - frames of 2011, 2013 and 2019, what they say of terminals, and what is no frame. */
#include "macros.h"
#include "rows.h"

#define REGISTER_2011 "~\x01\x00\x00\x1f\x01\x38\x00\x00\x00\x01\x00\x01\x00,\x01,70111TG-5    0000042\x01TEST01;~"
#define REGISTER_2013 "~\x01\x00\x00+\x01\x38\x00\x00\x00\x01\x00\x01\x00,\x01,70111TG-500\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30\x30\x30\x30\x30\x34\x32\x01TEST01\x0f~"
#define REGISTER_2019 "~\x01\x00@R\x01\x00\x00\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01\x00,\x01,\x00\x00\x00\x00\x00\x00\x37\x30\x31\x31\x31TG-500\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00ID-42\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01TEST01'~"
#define REGISTERED "~\x81\x00\x00\x09\x01\x38\x00\x00\x00\x01\x00\x01\x00\x01\x00secret\xa6~"
#define AUTHENTICATE "~\x01\x02\x00\x06\x01\x38\x00\x00\x00\x01\x00\x01secret*~"
#define AUTHENTICATE_2019 "~\x01\x02@*\x01\x00\x00\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01\x06secret490154203237518TG500_V1.02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x45~"
#define LOCATION "~\x02\x00\x00\x1c\x01\x38\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00}\x02}\x01\x01}\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00[~"
#define HEARTBEAT "~\x00\x02\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01;~"
#define SET "~\x81\x03\x00\x1a\x01\x38\x00\x00\x00\x01\x00\x01\x02\x00\x00\x00\x13\x0b\x31\x39\x38.51.1.1x\x00\x00\x00\x01\x04\x00\x00\x00<\xe0~"
#define CONTROL "~\x81\x05\x00\x35\x01\x38\x00\x00\x00\x01\x00\x01\x01http://198.51.100.7/tg500.bin;;;;;;;70111;1.0;1.03;0\xc0~"
#define RESET "~\x81\x05\x00\x01\x01\x38\x00\x00\x00\x01\x00\x01\x04\xb8~"
#define UPGRADE "~\x81\x08 \x13\x01\x38\x00\x00\x00\x01\x00\x01\x00\x09\x00\x01\x00\x37\x30\x31\x31\x31\x04\x31.03\x00\x00\x10\x00\x64\x61ta\xa5~"
#define UPGRADE_ON "~\x81\x08 \x0b\x01\x38\x00\x00\x00\x01\x00\x01\x00\x09\x00\x02\x00\x37\x30\x31\x31\x31\x04\x31.03\xbe~"
#define UPGRADED "~\x01\x08\x00\x02\x01\x38\x00\x00\x00\x01\x00\x01\x00\x01\x33~"
#define ATTRIBUTES "~\x01\x07\x00\x37\x01\x38\x00\x00\x00\x01\x00\x01\x00\x01\x37\x30\x31\x31\x31TG-500\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30\x30\x30\x30\x30\x34\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03HW1\x04\x46W12\x01\x01\x39~"
#define SEALED "~\x81\x05\x04\x0a\x01\x38\x00\x00\x00\x01\x00\x01\x01http://x;\xd3~"
#define ODD "~\x0f\x01\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01\x37~"
#define ODD_DIGITS "~\x00\x02\x00\x00\x01\x38\x00\x00\x00\x0a\x00\x01\x30~"
#define WRONG_SUM "~\x00\x02\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01\x01~"

#define PHONE(version) "jt808.version=" version "\njt808.phone=13800000001\n"
#define M(name) "jt808.message=" name "\n"
#define TERMINAL "jt808.manufacturer=70111\njt808.model=TG-500\njt808.terminal=0000042\n"

static const struct row rows[] = {
	{ "of 2013: register, authenticate, report", false, 808, { UP(REGISTER_2013), DOWN(REGISTERED),
	    UP(AUTHENTICATE), UP(LOCATION HEARTBEAT) }, PARSE_MORE, M("register") PHONE("2013") TERMINAL
	    M("registered") M("authenticate") M("location") M("heartbeat"), false },
	{ "of 2011", false, 808, { UP(REGISTER_2011) }, PARSE_MORE, M("register") PHONE("2013")
	    "jt808.manufacturer=70111\njt808.model=TG-5\njt808.terminal=0000042\n", false },
	{ "of 2019, with IMEI", false, 808, { UP(REGISTER_2019), UP(AUTHENTICATE_2019) }, PARSE_MORE,
	    M("register") PHONE("2019") "jt808.manufacturer=70111\njt808.model=TG-500\njt808.terminal=ID-42\n"
	    M("authenticate") "jt808.imei=490154203237518\njt808.firmware=TG500_V1.02\n", false },
	{ "what the platform has it do", false, 808, { UP(HEARTBEAT), DOWN(SET CONTROL), DOWN(RESET),
	    DOWN(UPGRADE UPGRADE_ON), UP(UPGRADED), UP(ATTRIBUTES) }, PARSE_MORE, M("heartbeat") PHONE("2013")
	    M("set_parameters") "jt808.server=198.51.1.1x\n" M("terminal_control") "jt808.control=1\n"
	    "jt808.upgrade_url=http://198.51.100.7/tg500.bin\njt808.control=4\n" M("upgrade")
	    "jt808.upgrade_version=1.03\n" M("upgrade_result") "jt808.upgrade_result=1\n" M("attributes")
	    TERMINAL "jt808.hardware=HW1\njt808.firmware=FW12\n", false },
	{ "a sealed body", false, 808, { UP(HEARTBEAT), DOWN(SEALED) }, PARSE_MORE,
	    M("heartbeat") PHONE("2013") M("terminal_control"), false },
	{ "over UDP", true, 808, { UP(LOCATION) }, PARSE_MORE, M("location") PHONE("2013"), false },
	{ "an unknown message behind a known one", false, 808, { UP(HEARTBEAT ODD) }, PARSE_MORE,
	    M("heartbeat") PHONE("2013") M("0f01"), false },
	{ "the called one calls", false, 808, { DOWN(HEARTBEAT) }, PARSE_MORE, M("heartbeat") PHONE("2013"), true },
	{ "an unknown message first", false, 808, { UP(ODD) }, PARSE_WRONG, "", false },
	{ "a number that is none", false, 808, { UP(ODD_DIGITS) }, PARSE_WRONG, "", false },
	{ "wrong sum", false, 808, { UP(WRONG_SUM) }, PARSE_WRONG, "", false },
	{ "flags alone", false, 808, { UP("\x7e\x7e\x7e\x7e") }, PARSE_WRONG, "", false },
	{ "an escape of something else", false, 808, { UP("\x7e\0\2\0\0\1\x38\0\0\0\1\0\1\x7d\x03\x7e") }, PARSE_WRONG, "", false },
	{ "cut datagram", true, 808, { UP("\x7e\0\2\0\0\1\x38\0\0\0\1") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("jt808", PARSER_jt808, rows, ARRAY_LEN(rows));
}
