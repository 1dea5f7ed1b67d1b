/* SPDX-License-Identifier: Apache-2.0 */
/* test_amqp.c - 0-9-1, 0-10 and 1.0, from the start and from the middle. */
#include "macros.h"
#include "rows.h"

static const struct row rows[] = {
	{ "0-9-1", false, 5672, {
	    UP("AMQP\x00\x00\x09\x01"),
	    DOWN("\x01\x00\x00\x00\x00\x00$\x00\n\x00\n\x00\x09\x00\x00\x00\x1a\x07productS\x00"
	    "\x00\x00\x03RMQ\x03" "capS\x00\x00\x00\x01x\xce"),
	    UP("\x01\x00\x00\x00\x00\x00" "1\x00\n\x00\x0b\x00\x00\x00#\x07productS\x00\x00\x00"
	    "\x05" "agent\x08platformS\x00\x00\x00\x03" "arm\x05PLAIN\xce\x01\x00\x00\x00"
	    "\x00\x00\r\x00\n\x00(\x06/fleet\x00\x00\xce"),
	    UP("\x01\x00\x01\x00\x00\x00\x10\x00<\x00(\x00\x00\x04tele\x03m.1\x00\xce"),
	    DOWN("\x01\x00\x01\x00\x00\x00\x17\x00<\x00<\x01" "c\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x01x\x05" "cmd.1\xce") }, PARSE_MORE,
	    "amqp.version=0-9-1\namqp.command=connection.start\namqp.server=RMQ\n"
	    "amqp.command=connection.start-ok\namqp.product=agent\namqp.platform=arm\n"
	    "amqp.mechanism=PLAIN\namqp.command=connection.open\namqp.host=/fleet\n"
	    "amqp.command=basic.publish\namqp.address=tele\namqp.routing_key=m.1\n"
	    "amqp.command=basic.deliver\namqp.address=x\namqp.routing_key=cmd.1\n", false },
	{ "1.0 with SASL", false, 9999, {
	    UP("AMQP\x03\x01\x00\x00"),
	    DOWN("AMQP\x03\x01\x00\x00"),
	    UP("\x00\x00\x00%\x02\x01\x00\x00\x00SA\xc0\x18\x03\xa3\x05PLAIN\xa0\x01\x00\xa1"
	    "\x0bhub.exampleAMQP\x00\x01\x00\x00\x00\x00\x00 \x02\x00\x00\x00\x00S\x10\xc0"
	    "\x13\x02\xa1\x03m-1\xa1\x0bhub.example"),
	    UP("\x00\x00\x00" "0\x02\x00\x00\x00\x00S\x12\xc0#\x07\xa1\x01sCB@@\x00S(\xc0\x08"
	    "\x01\xa1\x05local\x00S)\xc0\x09\x01\xa1\x06/dev/1") }, PARSE_MORE,
	    "amqp.version=1.0\namqp.command=sasl-init\namqp.mechanism=PLAIN\n"
	    "amqp.host=hub.example\namqp.command=open\namqp.container=m-1\n"
	    "amqp.command=attach\namqp.address=local\namqp.address=/dev/1\n", false },
	{ "0-10", false, 5672, {
	    UP("AMQP\x01\x01\x00\n") }, PARSE_DONE,
	    "amqp.version=0-10\n", false },
	{ "from the middle", false, 5672, {
	    DOWN("\x01\x00\x01\x00\x00\x00\x13\x00<\x00<\x01" "c\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x01x\x01k\xce") }, PARSE_MORE,
	    "amqp.command=basic.deliver\namqp.address=x\namqp.routing_key=k\n", false },
	{ "sign of life", false, 5672, {
	    DOWN("\x08\x00\x00\x00\x00\x00\x00\xce") }, PARSE_MORE,
	    "", false },
	{ "1.0 from the middle", false, 5672, {
	    UP("\x00\x00\x00\x18\x02\x00\x00\x00\x00S\x10\xc0\x0b\x02\xa1\x03m-1\xa1\x03hub") }, PARSE_MORE,
	    "amqp.command=open\namqp.container=m-1\namqp.host=hub\n", false },
	{ "no end of frame", false, 5672, {
	    DOWN("\x01\x00\x01\x00\x00\x00\x04\x00<\x00<\xcd") }, PARSE_WRONG,
	    "", false },
	{ "version 7", false, 5672, {
	    UP("AMQP\x00\x00\x07\x01") }, PARSE_WRONG,
	    "", false },
	{ "frame of another size", false, 5672, {
	    UP("AMQP\x00\x00\x09\x01"),
	    DOWN("\x01\x00\x00\xff\x00\x00\x00" "abcd") }, PARSE_WRONG,
	    "amqp.version=0-9-1\n", false },
};

int
main(void)
{
	return rows_run("amqp", PARSER_amqp, rows, ARRAY_LEN(rows));
}
