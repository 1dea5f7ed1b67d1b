/* SPDX-License-Identifier: Apache-2.0 */
/* test_ftp.c - logins, transfers, data connections, and what only looks alike. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "passive, with TLS refused", false, 21, {
	    DOWN("220-Welcome\r\n220 ready\r\n"),
	    UP("AUTH TLS\r\n"),
	    DOWN("530 no\r\n"),
	    UP("USER cam7\r\nPASS secret\r\n"),
	    DOWN("331 \?\r\n230-hello\r\n 200 not a reply\r\n"
	    "230 in\r\n"),
	    UP("SIZE /a.bin\r\nPASV\r\n"),
	    DOWN("213 1234\r\n227 Entering (192,0,2,9,195,80)\r\n"),
	    UP("RETR /a.bin\r\nQUIT\r\n") }, PARSE_DONE,
	    "ftp.response_code=220\nftp.server=Welcome\nftp.command=AUTH\n"
	    "ftp.response_code=530\nftp.command=USER\nftp.user=cam7\nftp.command=PASS\n"
	    "ftp.response_code=331\nftp.response_code=230\nftp.command=SIZE\n"
	    "ftp.command=PASV\nftp.response_code=213\nftp.size=1234\n"
	    "ftp.response_code=227\nftp.data_address=192.0.2.9\nftp.data_port=50000\n"
	    "ftp.command=RETR\nftp.retrieved=/a.bin\nftp.command=QUIT\n", false },
	{ "active and extended, both families", false, 21, {
	    DOWN("220 x\r\n"),
	    UP("PORT 10,0,0,1,4,1\r\nEPRT |2|2001:db8::5|5282|\r\n"
	    "EPSV\r\n"),
	    DOWN("200 ok\r\n200 ok\r\n229 (|||6446|)\r\n"),
	    UP("STOR up.log\r\n") }, PARSE_MORE,
	    "ftp.response_code=220\nftp.server=x\nftp.command=PORT\n"
	    "ftp.data_address=10.0.0.1\nftp.data_port=1025\nftp.command=EPRT\n"
	    "ftp.data_address=2001:db8::5\nftp.data_port=5282\nftp.command=EPSV\n"
	    "ftp.response_code=200\nftp.response_code=229\nftp.data_address=192.0.2.1\n"
	    "ftp.data_port=6446\nftp.command=STOR\nftp.stored=up.log\n", false },
	{ "ports that are none", false, 21, {
	    DOWN("220 x\r\n"),
	    UP("PORT 10,0,0,300,4,1\r\nPORT 10,0,0,1,4\r\n"
	    "EPRT |1|10.0.0.1|99999|\r\nEPRT |1|10.0.0|9|\r\n") }, PARSE_MORE,
	    "ftp.response_code=220\nftp.server=x\nftp.command=PORT\nftp.command=EPRT\n", false },
	{ "says it is FTP, elsewhere", false, 2121, {
	    DOWN("220 Camera FTP v1\r\n") }, PARSE_MORE,
	    "ftp.response_code=220\nftp.server=Camera FTP v1\n", false },
	{ "picked up in the middle, on the port", false, 21, {
	    UP("CWD /fw\r\n"),
	    DOWN("250 done\r\n") }, PARSE_MORE,
	    "ftp.command=CWD\nftp.response_code=250\n", false },
	{ "a mail server", false, 21, {
	    DOWN("220 mx.example ESMTP\r\n") }, PARSE_WRONG,
	    "", false },
	{ "a greeting, elsewhere", false, 2525, {
	    DOWN("220 mx.example\r\n") }, PARSE_WRONG,
	    "", false },
	{ "a word that is no command", false, 21, {
	    UP("HELLO there\r\n") }, PARSE_WRONG,
	    "", false },
	{ "octets that no line has", false, 21, {
	    DOWN("220 \x01\x02\r\n") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("ftp", PARSER_ftp, rows, ARRAY_LEN(rows));
}
