/* SPDX-License-Identifier: Apache-2.0 */
/* test_lwm2m.c - what a client registers, what it is asked and told, and what is plain CoAP. */
#include "macros.h"
#include "rows.h"

/* CoAP: type, token length; code; message id; token; options */
#define REGISTER "\x44\2\0\1regi\xb2rd\x11\x28\x37" "ep=dev1\6lt=300\x09lwm2m=1.1\3b=U\xff"
#define REGISTERED "\x64\x41\0\1regi\x82rd\x02" "a7"
#define ASK(code, token, options) "\x44" code "\0\2" token options
#define ANSWER(code, token, rest) "\x64" code "\0\2" token rest
#define OBJ(o, i, r) "\xb1" o "\1" i "\1" r
#define TLV_FORMAT "\xc2\x2d\x16"	/* the first option; 12 */

#define POSTED "coap.code=POST\ncoap.uri_path=rd\ncoap.request=POST /rd\n"
#define REGISTER_FIELDS "coap.content_format=40\ncoap.uri_query=ep=dev1\ncoap.uri_query=lt=300\n" \
    "coap.uri_query=lwm2m=1.1\ncoap.uri_query=b=U\n" POSTED "lwm2m.endpoint=dev1\n" \
    "lwm2m.version=1.1\nlwm2m.lifetime=300\nlwm2m.binding=U\nlwm2m.operation=register\n"
#define REQUEST(code, path) "coap.code=" code "\ncoap.uri_path=" path "\ncoap.request=" code " /" path "\n"

static const struct row rows[] = {
	{ "register with objects, update, deregister", true, 5683, {
	    UP(REGISTER "</>;rt=\"oma.lwm2m\";ct=11543,</1/0>,</3/0>;ver=1.1,</5>"), DOWN(REGISTERED),
	    UP("\x44\2\0\3updt\xb2rd\2a7\x46" "lt=600"), UP("\x44\4\0\4" "drop\xb2rd\2a7") }, PARSE_MORE,
	    REGISTER_FIELDS "lwm2m.object=1/0\nlwm2m.object=3/0\nlwm2m.object=5\n"
	    "coap.code=2.01\ncoap.location_path=rd/a7\ncoap.uri_query=lt=600\ncoap.uri_path=rd/a7\n"
	    "coap.request=POST /rd/a7\nlwm2m.lifetime=600\nlwm2m.operation=update\n"
	    "coap.code=DELETE\ncoap.request=DELETE /rd/a7\nlwm2m.operation=deregister\n", false },
	{ "objects below an alternate path, cut off", true, 5683,
	    { UP(REGISTER "</lwm2m>,</lwm2m/3/0>,</x/y>,</65535/0>,</1/2/3>,</5/0") }, PARSE_MORE,
	    REGISTER_FIELDS "lwm2m.object=3/0\n", false },
	{ "a resource directory is none", true, 5683,
	    { UP("\x44\2\0\1regi\xb2rd\x11\x28\x37" "ep=dev1\6lt=300\xff</temp>;if=x") }, PARSE_MORE,
	    "coap.content_format=40\ncoap.uri_query=ep=dev1\ncoap.uri_query=lt=300\n" POSTED
	    "lwm2m.endpoint=dev1\n", false },
	{ "paths of numbers in plain CoAP", true, 5683, { UP(ASK("\1", "tok1", OBJ("3", "0", "3"))),
	    DOWN(ANSWER("\x45", "tok1", "\xff" "1.2")) }, PARSE_MORE,
	    REQUEST("GET", "3/0/3") "coap.code=2.05\n", false },
	{ "a server asks for the device's firmware", true, 5683,
	    { DOWN(ASK("\1", "tok1", OBJ("3", "0", "3"))), UP(ANSWER("\x45", "tok1", "\xff" "v1.2")) },
	    PARSE_MORE, REQUEST("GET", "3/0/3") "lwm2m.operation=read\nlwm2m.request=read 3/0/3\n"
	    "coap.code=2.05\nlwm2m.firmware_version=v1.2\n", false },
	{ "what the device is, in TLV", true, 5683, { DOWN(ASK("\1", "tok1", "\xb1" "3\1" "0")),
	    UP(ANSWER("\x45", "tok1", TLV_FORMAT "\xff\xc4\0" "Acme\xc2\1M7\xc8\2\x08" "SN-00042"
	    "\xc3\3" "1.0\x86\6\x41\0\1\x41\1\5\xc3\x12" "rev\xe1\1\0x")) }, PARSE_MORE,
	    REQUEST("GET", "3/0") "lwm2m.operation=read\nlwm2m.request=read 3/0\n"
	    "coap.content_format=11542\ncoap.code=2.05\nlwm2m.manufacturer=Acme\nlwm2m.model=M7\n"
	    "lwm2m.serial=SN-00042\nlwm2m.firmware_version=1.0\nlwm2m.hardware_version=rev\n", false },
	{ "instances in TLV, by the number of its octets", true, 5683,
	    { DOWN(ASK("\1", "tok1", "\xb1" "5")),
	    UP(ANSWER("\x45", "tok1", TLV_FORMAT "\xff\x07\0\xc1\3\2\xc2\5\0\1")) }, PARSE_MORE,
	    REQUEST("GET", "5") "lwm2m.operation=read\nlwm2m.request=read 5\n"
	    "coap.content_format=11542\ncoap.code=2.05\nlwm2m.firmware_state=2\n"
	    "lwm2m.firmware_result=1\n", false },
	{ "firmware: address, go, state observed", true, 5683, {
	    DOWN(ASK("\3", "tok1", OBJ("5", "0", "1") "\x10\xff" "coap://h/f.bin")),
	    DOWN(ASK("\1", "tok2", "\x60\x51" "5\1" "0\1" "3")), UP(ANSWER("\x45", "tok2", "\x60\xff" "0")),
	    UP(ANSWER("\x45", "tok2", "\x61\x09\xff" "1")), DOWN(ASK("\2", "tok3", OBJ("5", "0", "2"))) },
	    PARSE_MORE,
	    "coap.content_format=0\n" REQUEST("PUT", "5/0/1") "lwm2m.operation=write\n"
	    "lwm2m.request=write 5/0/1\nlwm2m.firmware_uri=coap://h/f.bin\n"
	    "coap.observe=0\n" REQUEST("GET", "5/0/3") "lwm2m.operation=observe\n"
	    "lwm2m.request=observe 5/0/3\ncoap.code=2.05\nlwm2m.firmware_state=0\n"
	    "lwm2m.operation=notify\nlwm2m.request=notify 5/0/3\nlwm2m.firmware_state=1\n"
	    REQUEST("POST", "5/0/2") "lwm2m.operation=execute\nlwm2m.request=execute 5/0/2\n", false },
	{ "an answer in later blocks", true, 5683, { DOWN(ASK("\1", "tok1", OBJ("3", "0", "1"))),
	    UP(ANSWER("\x45", "tok1", "\xd1\x0a\x10\xff" "rest")) }, PARSE_MORE,
	    REQUEST("GET", "3/0/1") "lwm2m.operation=read\nlwm2m.request=read 3/0/1\n"
	    "coap.block2=1/0/16\ncoap.code=2.05\n", false },
	{ "bootstrap", true, 5683, {
	    UP("\x44\2\0\1" "boot\xb2" "bs\x47" "ep=dev1"), DOWN(ASK("\4", "tok0", "\xb1" "0")),
	    DOWN(ASK("\3", "tok1", "\xb1" "0\1" "1\x12\x2d\x16\xff\xc8\0\x09" "coap://s1")),
	    DOWN(ASK("\2", "tok2", "\xb2" "bs")) }, PARSE_MORE,
	    "coap.uri_query=ep=dev1\ncoap.code=POST\ncoap.uri_path=bs\ncoap.request=POST /bs\n"
	    "lwm2m.endpoint=dev1\nlwm2m.operation=bootstrap_request\n"
	    "coap.code=DELETE\ncoap.uri_path=0\ncoap.request=DELETE /0\nlwm2m.operation=delete\n"
	    "lwm2m.request=delete 0\ncoap.content_format=11542\ncoap.code=PUT\n"
	    "coap.uri_path=0/1\ncoap.request=PUT /0/1\nlwm2m.operation=write\n"
	    "lwm2m.request=write 0/1\nlwm2m.server_uri=coap://s1\n"
	    "lwm2m.operation=bootstrap_finish\n", false },
	{ "discover, attributes, create, composite, send", true, 5683, { UP(REGISTER "</3/0>"),
	    DOWN(ASK("\1", "tok1", "\xb1" "3\x61\x28")), DOWN(ASK("\3", "tok2", "\xb1" "3\x47pmin=10")),
	    DOWN(ASK("\2", "tok3", "\xb1" "7\x12\x2d\x16\xff\0\0")), DOWN(ASK("\5", "tok4", "\xc1\x70\xff\x80")),
	    DOWN(ASK("\7", "tok5", "\xc1\x70\xff\x80")), DOWN(ASK("\1", "tok6", "\x61\1\x51" "7")),
	    UP(ASK("\2", "tok7", "\xb2" "dp\x11\x70\xff\x80")) },
	    PARSE_MORE, REGISTER_FIELDS "lwm2m.object=3/0\n"
	    "coap.code=GET\ncoap.uri_path=3\ncoap.request=GET /3\nlwm2m.operation=discover\n"
	    "lwm2m.request=discover 3\ncoap.uri_query=pmin=10\ncoap.code=PUT\ncoap.request=PUT /3\n"
	    "lwm2m.operation=write_attributes\nlwm2m.request=write_attributes 3\n"
	    "coap.content_format=11542\ncoap.uri_path=7\ncoap.request=POST /7\n"
	    "lwm2m.operation=create\nlwm2m.request=create 7\ncoap.content_format=112\n"
	    "coap.code=FETCH\ncoap.request=FETCH /\nlwm2m.operation=read_composite\n"
	    "coap.code=iPATCH\ncoap.request=iPATCH /\nlwm2m.operation=write_composite\n"
	    "coap.observe=1\ncoap.request=GET /7\nlwm2m.operation=cancel_observation\n"
	    "lwm2m.request=cancel_observation 7\ncoap.uri_path=dp\ncoap.request=POST /dp\n"
	    "lwm2m.operation=send\n", false },
	{ "what the device is, in SenML", true, 5683, { DOWN(ASK("\1", "tok1", "\xb1" "3\1" "0\x61\x70")),
	    UP(ANSWER("\x45", "tok1", "\xc1\x70\xff\x84\xa3\x21\x65/3/0/\0\x61" "0\3\x64" "Acme"
	    "\xa2\0\x61" "3\3\x63" "1.0\xa2\0\x63" "6/0\2\1\xa2\0\x61" "9\2\xfa\0\0\0\0")) }, PARSE_MORE,
	    REQUEST("GET", "3/0") "lwm2m.operation=read\nlwm2m.request=read 3/0\n"
	    "coap.content_format=112\ncoap.code=2.05\nlwm2m.manufacturer=Acme\n"
	    "lwm2m.firmware_version=1.0\n", false },
	{ "sent, whole names and a number", true, 5683, { UP(REGISTER "</3/0>"),
	    UP(ASK("\2", "tok7", "\xb2" "dp\x11\x70\xff\x81\xa2\0\x66/5/0/3\2\2")) }, PARSE_MORE,
	    REGISTER_FIELDS "lwm2m.object=3/0\ncoap.content_format=112\ncoap.uri_path=dp\n"
	    "coap.request=POST /dp\nlwm2m.operation=send\nlwm2m.firmware_state=2\n", false },
	{ "over TCP", false, 5683, { UP("\x40\xe1\x23\1\0\0"), DOWN("\x40\xe1\x23\1\0\0"),
	    UP("\xd4\x1c\2regi\xb2rd\x11\x28\x37" "ep=dev1\6lt=300\x09lwm2m=1.1\3b=U\xff</3/0>") },
	    PARSE_MORE, REGISTER_FIELDS "lwm2m.object=3/0\n", false },
};

int
main(void)
{
	return rows_run("lwm2m", PARSER_coap, rows, ARRAY_LEN(rows));
}
