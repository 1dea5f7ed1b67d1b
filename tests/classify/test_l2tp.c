/* SPDX-License-Identifier: Apache-2.0 */
/* test_l2tp.c - control messages, names, and headers that do not add up. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "start", true, 1701, {
	    UP("\xc8\x02\x00-\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00\x00\x00\x00\x01"
	    "\x80\x0c\x00\x00\x00\x07lac-17\x80\r\x00\x00\x00\x08" "Example") }, PARSE_MORE,
	    "l2tp.version=2\nl2tp.message_type=1\nl2tp.host_name=lac-17\n"
	    "l2tp.vendor_name=Example\n", false },
	{ "a call, then data", true, 1701, {
	    UP("\xc8\x02\x00" "4\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00\x00\x00\x00"
	    "\n\x80\x0e\x00\x00\x00\x15internet\x80\x12\x00\x00\x00\x16" "447700900123"),
	    DOWN("\xc8\x02\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00"),
	    UP("@\x02\x00\n\x00\x01\x00\x01\xff\x03") }, PARSE_DONE,
	    "l2tp.version=2\nl2tp.message_type=10\nl2tp.called_number=internet\n"
	    "l2tp.calling_number=447700900123\n", false },
	{ "version 3, hidden value", true, 1701, {
	    UP("\xc8\x03\x00 \x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00\x00\x00\x00\x01"
	    "\xc0\x0c\x00\x00\x00\x07secret") }, PARSE_MORE,
	    "l2tp.version=3\nl2tp.message_type=1\n", false },
	{ "an acknowledgement alone", true, 1701, {
	    UP("\xc8\x02\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00") }, PARSE_WRONG,
	    "", false },
	{ "length that is not the datagram", true, 1701, {
	    UP("\xc8\x02\x00" "c\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00\x00\x00\x00"
	    "\x01") }, PARSE_WRONG,
	    "", false },
	{ "AVP beyond the end", true, 1701, {
	    UP("\xc8\x02\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00\x00\x00\x00"
	    "\x01\x80\xff\x00\x00\x00\x07x") }, PARSE_WRONG,
	    "", false },
	{ "first AVP that is no type", true, 1701, {
	    UP("\xc8\x02\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x80\x09\x00\x00\x00\x07lac") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("l2tp", PARSER_l2tp, rows, ARRAY_LEN(rows));
}
