/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h - the kinds of what is found, and how far a contact went. Words that knowledge (rules)
 * and detect share. */
#ifndef PICKET_FINDING_H
#define PICKET_FINDING_H

#include <stdint.h>

#define STAGES(X)			\
	X(STAGE_NONE, "none")		\
	X(STAGE_ASKED, "asked")		/* the device asked DNS for the name */	\
	X(STAGE_ANSWERED, "answered")	/* and was given an address */		\
	X(STAGE_SYN, "syn")		/* first packet towards it */		\
	X(STAGE_HANDSHAKE, "handshake")	/* TCP established or UDP answered, no payload */ \
	X(STAGE_DATA, "data")		/* payload octets */
enum stage {
#define X(id, name) id,
	STAGES(X)
#undef X
	STAGE_N
};
const char *stage_name(enum stage stage);
/** The stage of that name (an enum stage), -1 when there is none. */
int stage_from_name(const char *name);

/* Kinds of findings: X(id, picket.finding, alert.signature_id, alert.category) */
#define FINDINGS(X)										\
	X(FINDING_INFRASTRUCTURE, "infrastructure", 9100001, "Contact with adversary-linked infrastructure") \
	X(FINDING_MODULE, "module", 9100002, "Cellular module whose maker is listed or of concern")	\
	X(FINDING_IDENTITY, "identity", 9100003, "Identity of a device or SIM in doubt")		\
	X(FINDING_EVASION, "evasion", 9100004, "Traffic that hides whom it is for")		\
	X(FINDING_CONTROL, "control", 9100005, "Somebody commands a device")			\
	X(FINDING_FIRMWARE, "firmware", 9100006, "Firmware of a device is asked for or sent")	\
	X(FINDING_SPILL, "spill", 9100007, "Data leave that should have stayed")
enum finding {
#define X(id, name, sid, category) id,
	FINDINGS(X)
#undef X
	FINDING_N
};

struct finding_row {
	const char *name, *category;
	uint32_t signature_id;
};
const struct finding_row *finding_row(enum finding finding);
/** The finding of that name (an enum finding), -1 when there is none. */
int finding_from_name(const char *name);

#endif
