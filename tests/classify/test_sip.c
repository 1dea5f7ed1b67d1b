/* SPDX-License-Identifier: Apache-2.0 */
/* test_sip.c - requests, answers, compact headers, SDP, both transports. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "a call", true, 5060, {
	    UP("INVITE sip:a@voice.example SIP/2.0\r\nFrom: \"L\" <sip:l3@voice.example;x=1>"
	    ";tag=1\r\nt: sip:a@voice.example;tag=2\r\n"
	    "i: 7f@h\r\nUser-Agent: LP/2\r\nContent-Type: application/sdp\r\n"
	    "Content-Length: 71\r\n\r\nv=0\r\nc=IN IP4 10.0.0.1\r\n"
	    "m=audio 40000 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\n"),
	    DOWN("SIP/2.0 200 OK\r\nServer: pbx\r\nl: 0\r\n"
	    "\r\n") }, PARSE_MORE,
	    "sip.method=INVITE\nsip.uri=sip:a@voice.example\n"
	    "sip.from=sip:l3@voice.example;x=1\nsip.to=sip:a@voice.example\n"
	    "sip.call_id=7f@h\nsip.user_agent=LP/2\nsip.media_address=10.0.0.1\n"
	    "sip.media_port=40000\nsip.status_code=200\nsip.server=pbx\n", false },
	{ "over TCP, two in a row, with empty lines", false, 5070, {
	    UP("INVITE sip:a@voice.example SIP/2.0\r\nFrom: \"L\" <sip:l3@voice.example;x=1>"
	    ";tag=1\r\nt: sip:a@voice.example;tag=2\r\n"
	    "i: 7f@h\r\nUser-Agent: LP/2\r\nContent-Type: application/sdp\r\n"
	    "Content-Length: 71\r\n\r\nv=0\r\nc=IN IP4 10.0.0.1\r\n"
	    "m=audio 40000 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\n"
	    "\r\n\r\nOPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n"
	    "\r\n"),
	    DOWN("SIP/2.0 200 OK\r\nServer: pbx\r\nl: 0\r\n"
	    "\r\n") }, PARSE_MORE,
	    "sip.method=INVITE\nsip.uri=sip:a@voice.example\n"
	    "sip.from=sip:l3@voice.example;x=1\nsip.to=sip:a@voice.example\n"
	    "sip.call_id=7f@h\nsip.user_agent=LP/2\nsip.media_address=10.0.0.1\n"
	    "sip.media_port=40000\nsip.method=OPTIONS\nsip.uri=sip:x\n"
	    "sip.status_code=200\nsip.server=pbx\n", false },
	{ "keepalives after it", true, 5060, {
	    UP("INVITE sip:a@voice.example SIP/2.0\r\nFrom: \"L\" <sip:l3@voice.example;x=1>"
	    ";tag=1\r\nt: sip:a@voice.example;tag=2\r\n"
	    "i: 7f@h\r\nUser-Agent: LP/2\r\nContent-Type: application/sdp\r\n"
	    "Content-Length: 71\r\n\r\nv=0\r\nc=IN IP4 10.0.0.1\r\n"
	    "m=audio 40000 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\n"),
	    UP("\r\n\r\n"),
	    UP("\x00") }, PARSE_MORE,
	    "sip.method=INVITE\nsip.uri=sip:a@voice.example\n"
	    "sip.from=sip:l3@voice.example;x=1\nsip.to=sip:a@voice.example\n"
	    "sip.call_id=7f@h\nsip.user_agent=LP/2\nsip.media_address=10.0.0.1\n"
	    "sip.media_port=40000\n", false },
	{ "no version", true, 5060, {
	    UP("INVITE sip:a@b HTTP/1.1\r\n\r\n") }, PARSE_WRONG,
	    "", false },
	{ "no such method", true, 5060, {
	    UP("FETCH sip:a@b SIP/2.0\r\n\r\n") }, PARSE_WRONG,
	    "", false },
	{ "status that is none", true, 5060, {
	    UP("SIP/2.0 900 x\r\n\r\n") }, PARSE_WRONG,
	    "", false },
	{ "only a greeting", true, 5060, {
	    UP("hello\x00") }, PARSE_WRONG,
	    "", false },
};

int
main(void)
{
	return rows_run("sip", PARSER_sip, rows, ARRAY_LEN(rows));
}
