/* SPDX-License-Identifier: Apache-2.0 */
/* test_wireguard.c - handshakes by their lengths, data by its counter. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "handshake and data", true, 51820, {
	    UP("\x01\x00\x00\x00\x01\x10\x00\x00iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiii"),
	    DOWN("\x02\x00\x00\x00\x02 \x00\x00\x01\x10\x00\x00rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
	    "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"),
	    UP("\x04\x00\x00\x00\x02 \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" "dddddddddddd"
	    "dddd") }, PARSE_DONE,
	    "wireguard.type=initiation\nwireguard.sender=4097\n"
	    "wireguard.type=response\nwireguard.sender=8194\nwireguard.type=data\n", false },
	{ "elsewhere, a lone response", true, 9999, {
	    UP("\x02\x00\x00\x00\x02 \x00\x00\x01\x10\x00\x00rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
	    "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr") }, PARSE_MORE,
	    "wireguard.type=response\nwireguard.sender=8194\n", true },
	{ "data that counts", true, 51820, {
	    UP("\x04\x00\x00\x00\x02 \x00\x00" "F\x00\x00\x00\x00\x00\x00\x00" "dddddddddddd"
	    "dddd"),
	    UP("\x04\x00\x00\x00\x02 \x00\x00G\x00\x00\x00\x00\x00\x00\x00" "ddddddddddddddd"
	    "d"),
	    UP("\x04\x00\x00\x00\x02 \x00\x00I\x00\x00\x00\x00\x00\x00\x00" "ddddddddddddddd"
	    "d") }, PARSE_DONE,
	    "wireguard.type=data\n", false },
	{ "data that does not", true, 51820, {
	    UP("\x04\x00\x00\x00\x02 \x00\x00" "F\x00\x00\x00\x00\x00\x00\x00" "dddddddddddd"
	    "dddd"),
	    UP("\x04\x00\x00\x00\x02 \x00\x00X\x1b\x00\x00\x00\x00\x00\x00" "ddddddddddddddd"
	    "d") }, PARSE_WRONG,
	    "", false },
	{ "initiation of another length", true, 51820, {
	    UP("\x01\x00\x00\x00\x01\x10\x00\x00iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiiix") }, PARSE_WRONG,
	    "", false },
	{ "data that is not padded", true, 51820, {
	    UP("\x04\x00\x00\x00\x02 \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" "dddddddddddd"
	    "ddddx") }, PARSE_WRONG,
	    "", false },
	{ "no NULs", true, 51820, {
	    UP("\x01\x01\x00\x00\x01\x10\x00\x00iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
	    "iiiiiiiiiiiiiiiiiiii") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("wireguard", PARSER_wireguard, rows, ARRAY_LEN(rows));
}
