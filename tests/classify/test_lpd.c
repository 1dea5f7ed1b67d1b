/* SPDX-License-Identifier: Apache-2.0 */
/* test_lpd.c - a job, the state of a queue, and what is none. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "a job", false, 515, {
	    UP("\x02ward3\n"),
	    DOWN("\x00"),
	    UP("\x02" "35 cfA001bed-1\n"),
	    DOWN("\x00"),
	    UP("Hbed-1\nPnurse\nJletter\nldfA001bed-1\n\x00"),
	    DOWN("\x00"),
	    UP("\x03" "8 dfA001bed-1\n"),
	    DOWN("\x00"),
	    UP("%!PS----\x00") }, PARSE_MORE,
	    "lpd.command=receive\nlpd.queue=ward3\nlpd.host=bed-1\nlpd.user=nurse\n"
	    "lpd.job=letter\nlpd.size=8\n", false },
	{ "state", false, 515, {
	    UP("\x04ward3 all\n") }, PARSE_DONE,
	    "lpd.command=state\nlpd.queue=ward3\n", false },
	{ "elsewhere", false, 5150, {
	    UP("\x02ward3\n") }, PARSE_WRONG,
	    "", false },
	{ "no queue", false, 515, {
	    UP("\x02\n") }, PARSE_WRONG,
	    "", false },
	{ "octets that no queue has", false, 515, {
	    UP("\x02wa\x01" "d\n") }, PARSE_WRONG,
	    "", false },
	{ "octets behind it", false, 515, {
	    UP("\x02ward3\nxyz") }, PARSE_WRONG,
	    "", false },
	{ "a patient monitor", false, 515, {
	    UP("\x0bMSH|^~\\&|CMS|\r") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("lpd", PARSER_lpd, rows, ARRAY_LEN(rows));
}
