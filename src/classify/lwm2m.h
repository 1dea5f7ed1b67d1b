/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m.h - what CoAP messages mean in OMA Lightweight M2M 1.0 to 1.2.
 *
 * coap.c reads the message and hands it on; the fields are rows of CoAP's table, whose ids and
 * words stand here. */
#ifndef PICKET_CLASSIFY_LWM2M_H
#define PICKET_CLASSIFY_LWM2M_H

#include <stdbool.h>
#include <stdint.h>

#include "coap.h"
#include "parser.h"

/* X(id, name, type, match, flags, help) */
#define LWM2M_FIELDS(X)								\
	X(LWM2M_ENDPOINT, "lwm2m.endpoint", FIELD_TEXT, MATCH_LWM2M_ENDPOINT, FIELD_ENDPOINT,	\
	    "endpoint client name of an LwM2M registration (ep= in a query)")	\
	X(LWM2M_VERSION, "lwm2m.version", FIELD_TEXT, MATCH_NONE, 0,		\
	    "enabler version of a registration: 1.0, 1.1, 1.2")			\
	X(LWM2M_LIFETIME, "lwm2m.lifetime", FIELD_UINT, MATCH_NONE, FIELD_MANY,	\
	    "seconds a registration is to last without an update")		\
	X(LWM2M_BINDING, "lwm2m.binding", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "transports a client offers: U (UDP), T (TCP), S (SMS), N (non-IP), Q (queues)")	\
	X(LWM2M_SMS, "lwm2m.sms", FIELD_TEXT, MATCH_NONE, FIELD_MSISDN,		\
	    "number a client registers for SMS")				\
	X(LWM2M_OPERATION, "lwm2m.operation", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "register, update, deregister, bootstrap_request, read, write, execute, observe, notify ...")	\
	X(LWM2M_REQUEST, "lwm2m.request", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "operation on an object: its name, space, object/instance/resource; 5/0/2 executed updates the firmware")	\
	X(LWM2M_OBJECT, "lwm2m.object", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "object instance that a client registers: object/instance")		\
	X(LWM2M_SERVER_URI, "lwm2m.server_uri", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "server that a bootstrap sends the client to (0/x/0)")		\
	X(LWM2M_MANUFACTURER, "lwm2m.manufacturer", FIELD_TEXT, MATCH_NONE, 0,	\
	    "maker of the device, as it says (3/0/0)")				\
	X(LWM2M_MODEL, "lwm2m.model", FIELD_TEXT, MATCH_NONE, 0,		\
	    "model of the device, as it says (3/0/1)")				\
	X(LWM2M_SERIAL, "lwm2m.serial", FIELD_TEXT, MATCH_NONE, FIELD_MAY_IDENTIFY,	\
	    "serial number of the device, as it says (3/0/2)")			\
	X(LWM2M_FIRMWARE_VERSION, "lwm2m.firmware_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "firmware that the device runs, as it says (3/0/3)")		\
	X(LWM2M_HARDWARE_VERSION, "lwm2m.hardware_version", FIELD_TEXT, MATCH_NONE, 0,	\
	    "hardware version, as the device says (3/0/18)")			\
	X(LWM2M_SOFTWARE_VERSION, "lwm2m.software_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "software version, as the device says (3/0/19)")			\
	X(LWM2M_FIRMWARE_URI, "lwm2m.firmware_uri", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "where the device is told to fetch firmware (5/0/1)")		\
	X(LWM2M_FIRMWARE_STATE, "lwm2m.firmware_state", FIELD_UINT, MATCH_NONE, FIELD_MANY,	\
	    "of an update (5/0/3): 0 idle, 1 downloading, 2 downloaded, 3 updating")	\
	X(LWM2M_FIRMWARE_RESULT, "lwm2m.firmware_result", FIELD_UINT, MATCH_NONE, FIELD_MANY,	\
	    "of an update (5/0/5): 0 none yet, 1 done, 2 and more: why it failed")	\
	X(LWM2M_PACKAGE_NAME, "lwm2m.package_name", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "firmware package that the device has (5/0/6)")			\
	X(LWM2M_PACKAGE_VERSION, "lwm2m.package_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY,	\
	    "version of that package (5/0/7)")

/* Rows of coap_fields, behind CoAP's own. */
enum {
	LWM2M_BEFORE = 10,	/* CoAP's last */
#define X(id, name, type, match, flags, help) id,
	LWM2M_FIELDS(X)
#undef X
};

enum { LWM2M_ASKED_MAX = 8 };

/* A number path: object, instance, resource, resource instance. */
struct lwm2m_path {
	uint16_t number[4];
	uint8_t n;
};

/* Of a flow; zeroed at first. */
struct lwm2m_state {
	uint64_t location;	/* hash of the path under which the client is registered */
	bool seen;		/* this flow is LwM2M: paths of numbers are objects */
	uint8_t next;
	struct lwm2m_asked {	/* requests whose answers say something, a ring */
		uint64_t token;	/* hash; 0: none */
		struct lwm2m_path path;
		uint8_t operation, end;	/* who asked: the flow key's end */
	} asked[LWM2M_ASKED_MAX];
};

/* Content-Formats (Core 1.2, 7.4; the old one is of a draft). */
enum {
	LWM2M_FORMAT_TEXT = 0, LWM2M_FORMAT_LINK = 40, LWM2M_FORMAT_SENML_JSON = 110,
	LWM2M_FORMAT_SENML_CBOR = 112, LWM2M_FORMAT_OLD_TLV = 1542, LWM2M_FORMAT_TLV = 11542,
	LWM2M_FORMAT_JSON = 11543, LWM2M_FORMAT_CBOR = 11544
};

/** Write the lwm2m.* fields of a message, if it is of LwM2M. */
void lwm2m_message(struct parse *p, struct lwm2m_state *st, const struct coap_message *m);
/** One to four numbers joined by '/'. False: it is no such path. */
bool lwm2m_read_path(struct cursor text, struct lwm2m_path *path);
/** Write what a payload says of the resources below `path` that are told. */
void lwm2m_values(struct parse *p, const struct lwm2m_path *path, const struct coap_message *m);

#endif
