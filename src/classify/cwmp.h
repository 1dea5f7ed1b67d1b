/* SPDX-License-Identifier: Apache-2.0 */
/* cwmp.h - TR-069 in the bodies of HTTP: http.c hands on how an XML body begins; the fields are
 * rows of its table, whose ids and words stand here. */
#ifndef PICKET_CLASSIFY_CWMP_H
#define PICKET_CLASSIFY_CWMP_H

#include "cursor.h"
#include "parser.h"

enum { CWMP_BODY_MOST = 8192 };	/* octets of a body that are read */

/* X(id, name, type, flags, help) */
#define CWMP_FIELDS(X)								\
	X(CWMP_VERSION, "cwmp.version", FIELD_TEXT, 0,				\
	    "TR-069 namespace: 1-0 to 1-4")					\
	X(CWMP_RPC, "cwmp.rpc", FIELD_TEXT, FIELD_MANY,				\
	    "methods called and answered: Inform, Download, SetParameterValues, Reboot ...")	\
	X(CWMP_MANUFACTURER, "cwmp.manufacturer", FIELD_TEXT, FIELD_MANY,	\
	    "maker of the device that informs")					\
	X(CWMP_OUI, "cwmp.oui", FIELD_TEXT, FIELD_MANY,				\
	    "its maker's OUI, six hexadecimal digits")				\
	X(CWMP_PRODUCT_CLASS, "cwmp.product_class", FIELD_TEXT, FIELD_MANY,	\
	    "its product class: mostly the model")				\
	X(CWMP_SERIAL, "cwmp.serial", FIELD_TEXT, FIELD_MANY | FIELD_MAY_IDENTIFY,	\
	    "its serial number")						\
	X(CWMP_EVENT, "cwmp.event", FIELD_TEXT, FIELD_MANY,			\
	    "why it informs: 0 BOOTSTRAP, 1 BOOT, 2 PERIODIC, 7 TRANSFER COMPLETE ...")	\
	X(CWMP_SOFTWARE, "cwmp.software_version", FIELD_TEXT, FIELD_MANY,	\
	    "software version that it reports")					\
	X(CWMP_HARDWARE, "cwmp.hardware_version", FIELD_TEXT, FIELD_MANY,	\
	    "hardware version that it reports")					\
	X(CWMP_CALL_BACK, "cwmp.connection_request_url", FIELD_TEXT, FIELD_MANY,	\
	    "where its server can call it")					\
	X(CWMP_DOWNLOAD, "cwmp.download_url", FIELD_TEXT, FIELD_MANY,		\
	    "where it is told to fetch a file")					\
	X(CWMP_FILE_TYPE, "cwmp.file_type", FIELD_TEXT, FIELD_MANY,		\
	    "what that file is: 1 Firmware Upgrade Image, 3 Vendor Configuration File ...")	\
	X(CWMP_FAULT, "cwmp.fault", FIELD_TEXT, FIELD_MANY,			\
	    "code of a fault or of a finished transfer; 0 is success")

/* Rows of http_fields, behind HTTP's own. */
enum {
	CWMP_BEFORE = 11,	/* HTTP's last */
#define X(id, name, type, flags, help) id,
	CWMP_FIELDS(X)
#undef X
};

/** Write the cwmp.* fields of an XML body, as far as it is there, if it is of CWMP. */
void cwmp_body(struct parse *p, struct cursor body);

#endif
