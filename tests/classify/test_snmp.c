/* SPDX-License-Identifier: Apache-2.0 */
/* test_snmp.c - versions, commands, bindings, and BER that does not add up. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "get and response", true, 161, {
	    UP("0&\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x0e" "0\x0c\x06\x08+\x06\x01\x02\x01\x01\x01\x00\x05\x00"),
	    DOWN("0.\x02\x01\x01\x04\x06public\xa2!\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0\x16"
	    "0\x14\x06\x08+\x06\x01\x02\x01\x01\x01\x00\x04\x08router 7") }, PARSE_MORE,
	    "snmp.version=2c\nsnmp.community=public\nsnmp.pdu=get\n"
	    "snmp.oid=1.3.6.1.2.1.1.1.0\nsnmp.pdu=response\nsnmp.sys_descr=router 7\n", false },
	{ "set", true, 161, {
	    UP("0(\x02\x01\x00\x04\x07private\xa3\x1a\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x0f" "0\r\x06\x08+\x06\x01\x02\x01\x01\x05\x00\x04\x01x") }, PARSE_MORE,
	    "snmp.version=1\nsnmp.community=private\nsnmp.pdu=set\n"
	    "snmp.set=1.3.6.1.2.1.1.5.0\n", false },
	{ "trap of version 1", true, 162, {
	    UP("0'\x02\x01\x00\x04\x06public\xa4\x1a\x06\x07+\x06\x01\x04\x01\x82>@\x04\n"
	    "\x00\x00\x01\x02\x01\x06\x02\x01\x01" "C\x01\x10" "0\x00") }, PARSE_MORE,
	    "snmp.version=1\nsnmp.community=public\nsnmp.pdu=trap\n"
	    "snmp.enterprise=1.3.6.1.4.1.318\n", false },
	{ "version 3 in clear", true, 161, {
	    UP("0X\x02\x01\x03" "0\x0f\x02\x02\x12g\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03"
	    "\x04\x1c" "0\x1a\x04\x09" "engine-id\x02\x01\x03\x02\x02\x1c \x04\x02op\x04\x00"
	    "\x04\x00" "0$\x04\x09" "engine-id\x04\x00\xa1\x15\x02\x01\x03\x02\x01\x00\x02"
	    "\x01\x00" "0\n0\x08\x06\x04`\x86H\x05\x05\x00") }, PARSE_MORE,
	    "snmp.version=3\nsnmp.user=op\nsnmp.engine_id=engine-id\n"
	    "snmp.pdu=get_next\nsnmp.oid=2.16.840.5\n", false },
	{ "version 3 encrypted", true, 9161, {
	    UP("0A\x02\x01\x03" "0\x0f\x02\x02\x12g\x02\x03\x00\xff\xe3\x04\x01\x07\x02\x01\x03"
	    "\x04\x19" "0\x17\x04\x06" "engine\x02\x01\x03\x02\x02\x1c \x04\x02op\x04\x00"
	    "\x04\x00\x04\x10" "0123456789abcdef") }, PARSE_MORE,
	    "snmp.version=3\nsnmp.user=op\nsnmp.engine_id=engine\n", false },
	{ "lone response", true, 161, {
	    UP("0&\x02\x01\x01\x04\x06public\xa2\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x0e" "0\x0c\x06\x08+\x06\x01\x02\x01\x01\x01\x00\x05\x00") }, PARSE_MORE,
	    "snmp.version=2c\nsnmp.community=public\nsnmp.pdu=response\n"
	    "snmp.oid=1.3.6.1.2.1.1.1.0\n", true },
	{ "long lengths", true, 161, {
	    UP("0\x82\x00&\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00\x02\x01"
	    "\x00" "0\x0e" "0\x0c\x06\x08+\x06\x01\x02\x01\x01\x01\x00\x05\x00") }, PARSE_MORE,
	    "snmp.version=2c\nsnmp.community=public\nsnmp.pdu=get\n"
	    "snmp.oid=1.3.6.1.2.1.1.1.0\n", false },
	{ "octets behind it", true, 161, {
	    UP("0\x18\x02\x01\x01\x04\x06public\xa0\x0b\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x00\x00") }, PARSE_WRONG,
	    "", false },
	{ "version 4", true, 161, {
	    UP("0\x18\x02\x01\x04\x04\x06public\xa0\x0b\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x00") }, PARSE_WRONG,
	    "", false },
	{ "no such command", true, 161, {
	    UP("0\x18\x02\x01\x01\x04\x06public\xa9\x0b\x02\x01\x01\x02\x01\x00\x02\x01\x00" "0"
	    "\x00") }, PARSE_WRONG,
	    "", false },
	{ "inner length beyond the outer", true, 161, {
	    UP("0\x10\x02\x01\x01\x04\x06public\xa0\x7f\x02\x01\x01") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("snmp", PARSER_snmp, rows, ARRAY_LEN(rows));
}
