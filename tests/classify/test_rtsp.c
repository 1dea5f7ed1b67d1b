/* SPDX-License-Identifier: Apache-2.0 */
/* test_rtsp.c - requests, answers, transports, interleaved media. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "a recorder and a camera", false, 554, {
	    UP("DESCRIBE rtsp://10.0.0.7:554/ch0 RTSP/1.0\r\n"
	    "CSeq: 1\r\nUser-Agent: rec/5\r\n\r\n"),
	    DOWN("RTSP/1.0 401 No\r\nServer: cam/1\r\nWWW-Authenticate: Digest realm=\"IP Cam\""
	    ", nonce=\"0\"\r\nContent-Length: 3\r\n\r\n"
	    "abc"),
	    UP("SETUP rtsp://10.0.0.7:554/ch0 RTSP/1.0\r\n"
	    "Transport: RTP/AVP;unicast;client_port=4000-4001\r\n"
	    "\r\n"),
	    DOWN("RTSP/1.0 200 OK\r\n\r\n$\x00\x00\x04" "abcd$\x01\x00\x02xy") }, PARSE_MORE,
	    "rtsp.method=DESCRIBE\nrtsp.url=rtsp://10.0.0.7:554/ch0\n"
	    "rtsp.user_agent=rec/5\nrtsp.status=401\nrtsp.server=cam/1\n"
	    "rtsp.realm=IP Cam\nrtsp.method=SETUP\n"
	    "rtsp.transport=RTP/AVP;unicast;client_port=4000-4001\n"
	    "rtsp.media_port=4000\nrtsp.status=200\n", false },
	{ "elsewhere", false, 9000, {
	    UP("OPTIONS * RTSP/2.0\r\n\r\n") }, PARSE_MORE,
	    "rtsp.method=OPTIONS\n", false },
	{ "HTTP", false, 554, {
	    UP("OPTIONS * HTTP/1.1\r\n\r\n") }, PARSE_WRONG,
	    "", false },
	{ "no such method", false, 554, {
	    UP("GET rtsp://10.0.0.7:554/ch0 RTSP/1.0\r\n\r\n") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("rtsp", PARSER_rtsp, rows, ARRAY_LEN(rows));
}
