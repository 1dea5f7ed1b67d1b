/* SPDX-License-Identifier: Apache-2.0 */
/* test_tftp.c - requests and options; the transfer on the new port has tests of its own. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "read", true, 69, {
	    UP("\x00\x01" "fw.bin\x00octet\x00" "blksize\x00" "1428\x00tsize\x00" "0\x00") }, PARSE_MORE,
	    "tftp.read=fw.bin\ntftp.mode=octet\ntftp.block_size=1428\n", false },
	{ "write, and an answer from the same port", true, 69, {
	    UP("\x00\x02log.txt\x00NetASCII\x00"),
	    DOWN("\x00\x04\x00\x00") }, PARSE_DONE,
	    "tftp.written=log.txt\ntftp.mode=NetASCII\n", false },
	{ "error", true, 69, {
	    UP("\x00\x01x\x00octet\x00"),
	    DOWN("\x00\x05\x00\x01" "File not found\x00") }, PARSE_DONE,
	    "tftp.read=x\ntftp.mode=octet\ntftp.error=1\n", false },
	{ "options answered", true, 69, {
	    UP("\x00\x01x\x00octet\x00tsize\x00" "0\x00"),
	    DOWN("\x00\x06tsize\x00" "9000\x00") }, PARSE_MORE,
	    "tftp.read=x\ntftp.mode=octet\ntftp.size=9000\n", false },
	{ "request to another port", true, 6969, {
	    UP("\x00\x01" "fw.bin\x00octet\x00") }, PARSE_MORE,
	    "tftp.read=fw.bin\ntftp.mode=octet\n", false },
	{ "no such mode", true, 69, {
	    UP("\x00\x01" "fw.bin\x00" "binary\x00") }, PARSE_WRONG,
	    "", false },
	{ "name without an end", true, 69, {
	    UP("\x00\x01" "fw.bin") }, PARSE_WRONG,
	    "", false },
	{ "option without a value", true, 69, {
	    UP("\x00\x01" "fw.bin\x00octet\x00tsize\x00") }, PARSE_WRONG,
	    "", false },
	{ "data of nobody", true, 50000, {
	    UP("\x00\x03\x00\x01" "abc") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("tftp", PARSER_tftp, rows, ARRAY_LEN(rows));
}
