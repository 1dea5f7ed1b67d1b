/* SPDX-License-Identifier: Apache-2.0 */
/* test_queclink.c - reports, acknowledgements, commands, and what only begins like them. */
#include "macros.h"
#include "rows.h"

#define REPORT "+RESP:GTFRI,270100,490154203237518,GL200,0,0,1,1,4.3,92,70.0,0,0,20260302110000,0460,0000,18d8,6141,00,11F0$"
#define BEAT "+ACK:GTHBD,270100,490154203237518,,20260302110000,11F1$"
#define KEPT "+BUFF:GTERI,270100,490154203237518,GL200,00000002,,0,11F2$"
#define ANSWERED "+SACK:GTHBD,270100,11F1$"
#define COMMAND "AT+GTUPD=gl200,0,0,10,5,http://198.51.100.8/gl200/,,,,,,0001$"

#define SAID "queclink.version=270100\nqueclink.imei=490154203237518\nqueclink.name=GL200\n"

static const struct row rows[] = {
	{ "reports and their answers", false, 5004, { UP(REPORT), UP(BEAT "\r\n" KEPT), DOWN(ANSWERED) }, PARSE_MORE,
	    "queclink.message=RESP:GTFRI\n" SAID "queclink.message=ACK:GTHBD\nqueclink.message=BUFF:GTERI\n", false },
	{ "an update", false, 5004, { UP(REPORT), DOWN(COMMAND), UP("+ACK:GTUPD,270100,490154203237518,GL200,0001,20260302110001,11F3$") },
	    PARSE_MORE, "queclink.message=RESP:GTFRI\n" SAID "queclink.command=GTUPD\n"
	    "queclink.url=http://198.51.100.8/gl200/\nqueclink.message=ACK:GTUPD\n", false },
	{ "over UDP", true, 5004, { UP(REPORT), DOWN("+SACK:11F0$"), UP(BEAT) }, PARSE_MORE,
	    "queclink.message=RESP:GTFRI\n" SAID "queclink.message=ACK:GTHBD\n", false },
	{ "the called one reports", false, 5004, { DOWN(REPORT) }, PARSE_MORE, "queclink.message=RESP:GTFRI\n" SAID, true },
	{ "no IMEI", false, 5004, { UP("+RESP:GTFRI,270100,49015420323751,GL200,0,11F0$") }, PARSE_WRONG, "", false },
	{ "no version", false, 5004, { UP("+RESP:GTFRI,27010G,490154203237518,GL200,0,11F0$") }, PARSE_WRONG, "", false },
	{ "octets that are no text", false, 5004, { UP("+RESP:GTFRI,270100,490154203237518,\1\2,0,11F0$") }, PARSE_WRONG, "", false },
	{ "another modem's command", false, 5004, { UP("AT+GTSN?\r\n") }, PARSE_WRONG, "", false },
	{ "text that goes on and on", true, 5004, { UP("+RESP:GTFRI,270100,490154203237518") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("queclink", PARSER_queclink, rows, ARRAY_LEN(rows));
}
