/* SPDX-License-Identifier: Apache-2.0 */
/* test_adb.c - connection, services, and headers that do not add up. */
#include "macros.h"
#include "rows.h"

#define CNXN(len) "CNXN\1\0\0\1\0\0\x10\0" len "\0\0\0" "\0\0\0\0" "\xbc\xb1\xa7\xb1"
#define OPEN(len) "OPEN\1\0\0\0\0\0\0\0" len "\0\0\0" "\0\0\0\0" "\xb0\xaf\xba\xb1"
static const struct row rows[] = {
	{ "a shell", false, 5555, { UP(CNXN("\7") "host::\0"), DOWN(CNXN("\x1d")
	    "device::ro.product.name=t1;\0\0"), UP(OPEN("\x0a") "shell:id;\0") }, PARSE_MORE,
	    "adb.version=16777217\nadb.banner=host::\nadb.banner=device::ro.product.name=t1;\n"
	    "adb.service=shell:id;\n", false },
	{ "on another port", false, 4444, { UP(CNXN("\7") "host::\0") }, PARSE_MORE,
	    "adb.version=16777217\nadb.banner=host::\n", false },
	{ "then TLS", false, 5555, { UP(CNXN("\7") "host::\0"),
	    DOWN("STLS\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\xac\xab\xb3\xac") }, PARSE_DONE,
	    "adb.version=16777217\nadb.banner=host::\n", false },
	{ "magic that is not", false, 5555,
	    { UP("CNXN\1\0\0\1\0\0\x10\0\7\0\0\0\0\0\0\0\xbc\xb1\xa7\xb0host::\0") }, PARSE_WRONG, "", false },
	{ "data beyond the most", false, 5555,
	    { UP("CNXN\1\0\0\1\0\0\x10\0\7\0\0\xff\0\0\0\0\xbc\xb1\xa7\xb1host::\0") }, PARSE_WRONG, "", false },
	{ "no command", false, 5555,
	    { UP("CNXM\1\0\0\1\0\0\x10\0\7\0\0\0\0\0\0\0\xbc\xb1\xa7\xb2host::\0") }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("adb", PARSER_adb, rows, ARRAY_LEN(rows));
}
