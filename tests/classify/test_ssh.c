/* SPDX-License-Identifier: Apache-2.0 */
/* test_ssh.c - version lines of both sides, lines before them, and what is none. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "both sides, then keys", false, 22, { UP("SSH-2.0-OpenSSH_9.6 Debian-2\r\n"),
	    DOWN("SSH-2.0-dropbear_2014.63\r\n\0\0\1\x2c\4\x14") }, PARSE_DONE,
	    "ssh.version=2.0\nssh.client=OpenSSH_9.6 Debian-2\nssh.server=dropbear_2014.63\n", false },
	{ "on another port", false, 8022, { DOWN("SSH-1.99-Cisco-1.25\n") }, PARSE_MORE,
	    "ssh.version=1.99\nssh.server=Cisco-1.25\n", false },
	{ "client's keys before the server speaks", false, 22, { UP("SSH-2.0-x\r\n\0\0\1\x2c\4\x14"),
	    DOWN("SSH-2.0-y\r\n") }, PARSE_DONE,
	    "ssh.version=2.0\nssh.client=x\nssh.server=y\n", false },
	{ "lines before the server's", false, 22, { UP("SSH-2.0-x\r\n"),
	    DOWN("welcome\r\nSSH-2.0-y\r\n") }, PARSE_DONE,
	    "ssh.version=2.0\nssh.client=x\nssh.server=y\n", false },
	{ "not a version", false, 22, { UP("SSH-3.0-x\r\n") }, PARSE_WRONG, "", false },
	{ "an octet that no line has", false, 22, { UP("SSH-2.0-a\1b\r\n") }, PARSE_WRONG, "", false },
	{ "no software", false, 22, { UP("SSH-2.0-\r\n") }, PARSE_WRONG, "", false },
	{ "another protocol", false, 22, { UP("GET / HTTP/1.1\r\n\r\n") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("ssh", PARSER_ssh, rows, ARRAY_LEN(rows));
}
