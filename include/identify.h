/* SPDX-License-Identifier: Apache-2.0 */
/* identify.h - the device registry: whose module and SIM stand behind an address, at a time.
 *
 * Fed with signalling (signalling.h), asked by flows. A *device* is a module with its SIM
 * (IMEI, IMSI, MSISDN) or a host on a LAN (MAC). A *session* gives a device addresses and
 * tunnel ends for a stretch of packet time. A flow is named by the session that held its
 * tunnel end, else its address, when it began: an address that is used again never inherits
 * the device that had it before.
 *
 * Owns devices and sessions. Capped (identity.max, identity.sessions_max): the longest
 * unheard of a sample leaves, counted. A device that live flows refer to is kept. */
#ifndef PICKET_IDENTIFY_H
#define PICKET_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "digits.h"
#include "flow.h"
#include "packet.h"
#include "signalling.h"
#include "stats.h"

struct config;
struct entity;
struct knowledge;
struct tac;
struct oui;
struct identity;	/* opaque: src/identify/identify.c */

/* A device in the registry: index + 1; 0: none. Valid while a flow refers to it, and until
 * the next call that may evict otherwise. */
typedef uint32_t device_ref;

/* What one source has said of a device. */
struct device_learned {
	uint8_t source;		/* enum signalling_source */
	uint64_t at_us;		/* when last; packet time */
};

enum { DEVICE_ID_MAX = 80, DEVICE_ADDRS_MAX = 8 };

/* All that is known of a device now: filled by identity_view(). Text is borrowed until the next
 * call that changes the registry. */
struct device_view {
	device_ref ref;
	uint32_t serial;	/* with `ref`: this entry and no other, as long as it is there */
	digits imei, imsi, msisdn;
	bool imei_masked;
	bool twin;		/* another device has the same IMEI: the SIM tells them apart */
	const char *apn;	/* of the session asked about, else of the newest; NULL: not known */
	const char *rat;
	uint32_t plmn;		/* serving network */
	bool roaming;		/* plmn is known and not the IMSI's */
	struct signalling_location location;
	bool has_mac;
	uint8_t mac[6];
	const char *host_name, *vendor_class;	/* raw octets; NULL: not known */
	const struct tac *tac;	/* knowledge.h; NULL: not known */
	const struct oui *oui;
	struct addr addr[DEVICE_ADDRS_MAX];	/* of its live sessions; prefixes by their base */
	uint8_t addr_len[DEVICE_ADDRS_MAX];	/* 128: a whole address */
	uint8_t n_addrs;
	struct device_learned learned[SIGNALLED_N];	/* in order of trust */
	uint8_t n_learned;
	uint64_t first_us, last_us;
	uint32_t sessions;	/* live ones */
};

/* What changed, bits. */
enum {
	DEVICE_NEW = 1 << 0,
	DEVICE_IMEI = 1 << 1,		/* learned or changed: old_imei */
	DEVICE_IMSI = 1 << 2,		/* learned or changed: old_imsi */
	DEVICE_ADDRESS = 1 << 3, DEVICE_APN = 1 << 4, DEVICE_NETWORK = 1 << 5,	/* PLMN or RAT */
	DEVICE_HOST = 1 << 6,		/* MAC, host name, vendor class, MSISDN */
	/* facts for findings of kind identity; `other` is the second device where there is one */
	DEVICE_PAIR_CHANGED = 1 << 7,	/* a known IMSI with another IMEI, or the reverse */
	DEVICE_IMEI_TWICE = 1 << 8,	/* one IMEI (14 digits) in live sessions of two IMSIs */
	DEVICE_TWO_SIMS = 1 << 9,	/* one module with two active SIMs, same MAC, host or site */
	DEVICE_MERGED = 1 << 10		/* two entries were one device: `other` is gone */
};
struct device_news {
	device_ref ref, other;
	unsigned changes;	/* DEVICE_ bits */
	uint64_t time_us;
	digits old_imei, old_imsi;	/* DIGITS_NONE: it had none; DEVICE_TWO_SIMS: the second SIM */
	enum signalling_source source;
};
/** Called from within identity_signalling() and identity_tick(), at their end. */
typedef void (*device_news_fn)(void *arg, const struct device_news *news);

/* X(id, name, help): see stats.h */
#define IDENTITY_COUNTERS(X)								\
	X(IDENTITY_COUNT_MESSAGES, "identity.messages", "signalling messages read into the registry") \
	X(IDENTITY_COUNT_UNPAIRED, "identity.unpaired", "answers without their request")	\
	X(IDENTITY_COUNT_UNANSWERED, "identity.unanswered", "requests without an answer in time") \
	X(IDENTITY_COUNT_DEVICES, "identity.devices", "devices seen first")			\
	X(IDENTITY_COUNT_DEVICES_GONE, "identity.devices_gone", "devices forgotten or merged, all reasons") \
	X(IDENTITY_COUNT_SESSIONS, "identity.sessions", "sessions begun")			\
	X(IDENTITY_COUNT_SESSIONS_ENDED, "identity.sessions_ended", "sessions ended, all reasons") \
	X(IDENTITY_COUNT_DEVICES_EVICTED, "identity.devices_evicted", "devices forgotten: identity.max reached") \
	X(IDENTITY_COUNT_SESSIONS_EVICTED, "identity.sessions_evicted", "sessions forgotten: identity.sessions_max reached") \
	X(IDENTITY_COUNT_AGED, "identity.aged", "devices and sessions forgotten: not heard of for too long") \
	X(IDENTITY_COUNT_REFUSED, "identity.refused", "messages without effect: no room")	\
	X(IDENTITY_COUNT_PREFIX_LENGTHS, "identity.prefix_lengths", "device addresses left out: a prefix length that is given to no device") \
	X(IDENTITY_COUNT_NAMES_LEFT_OUT, "identity.names_left_out", "APNs and host names without room") \
	X(IDENTITY_COUNT_UNKNOWN_BEARER, "identity.unknown_bearer", "flows in a tunnel whose TEID no message announced") \
	X(IDENTITY_COUNT_NAMED, "identity.flows_named", "flows with a device when they began") \
	X(IDENTITY_COUNT_NAMED_LATE, "identity.flows_named_late", "flows whose device was learned only after they began") \
	X(IDENTITY_COUNT_AMBIGUOUS, "identity.ambiguous", "flows not named: two devices hold the address") \
	X(IDENTITY_COUNT_REASSIGNED, "identity.reassigned", "flows ended because their address went to another device") \
	X(IDENTITY_COUNT_NODE_RESTARTS, "identity.node_restarts", "nodes that restarted: their sessions ended") \
	X(IDENTITY_COUNT_MERGED, "identity.merged", "devices that turned out to be one")
enum identity_counter { IDENTITY_COUNTERS(STATS_ENUM) IDENTITY_COUNTER_N };

/** `k` (TAC and OUI tables) and `cfg` are borrowed for the registry's life; `news` is called for
 * each change. NULL when out of memory. */
struct identity *identity_new(const struct config *cfg, struct stats *st,
    const struct knowledge *k, device_news_fn news, void *arg);
void identity_free(struct identity *reg);

/** A reload: look TACs and MAC addresses up in `k` from now on. The registry itself holds nothing
 * of the old one. */
void identity_use_knowledge(struct identity *reg, const struct knowledge *k);

/** Read one message. Never fails: what finds no room is counted. */
void identity_signalling(struct identity *reg, const struct signalling *s);

/** A new flow: find its device by its tunnel's end, else by one of its addresses, as of the
 * packet's time. Sets flow->device (a reference that the flow holds) and, when it is
 * certain, which end the device is (FLOW_DEVICE_...). */
void identity_flow_new(struct identity *reg, struct flow *flow, const struct packet *pkt,
    enum direction dir);
/** A flow that ends: name it when what was learned since covers its beginning. */
void identity_flow_last(struct identity *reg, struct flow *flow);
/** The flow is gone: give its reference back. */
void identity_flow_end(struct identity *reg, struct flow *flow);

/** Did an address with live flows go to another device since this was last true? At most once
 * a second of packet time; then each flow is to be ended for which identity_flow_is_stale(). */
bool identity_has_stale(struct identity *reg, uint64_t now_us);
bool identity_flow_is_stale(const struct identity *reg, const struct flow *flow);

/** Age out, time out transactions. Cheap for each packet. */
void identity_tick(struct identity *reg, uint64_t now_us);

/** No more comes: time out the requests that still wait for an answer, so that what they told
 * names flows. Before the last flows are ended. */
void identity_finish(struct identity *reg, uint64_t now_us);

/** What is known of a device. `flow` may be NULL; with it the APN is that of the flow's session. */
void identity_view(const struct identity *reg, device_ref ref, const struct flow *flow,
    struct device_view *view);
/** The device that holds an address now; 0: none, or not just one. */
device_ref identity_by_addr(const struct identity *reg, const struct addr *a);
/** Has a host with this MAC told the LAN (VLANs as in struct flow_key, protocol bits 0) that it has
 * the address, by ARP, ND or DHCP, and is it no router that answers for others? */
bool identity_on_lan(const struct identity *reg, const struct addr *a, uint32_t tenant,
    const uint8_t mac[6]);
/** Every device, in order of first sight. For the inventory. */
void identity_walk(const struct identity *reg, void (*each)(void *arg, device_ref ref), void *arg);

/** The next `max` places of the registry from `*at` (0 at first) on; each device in them, in no
 * order of time. False when all have been seen. Devices may come and go between two calls. */
bool identity_walk_some(const struct identity *reg, uint32_t *at, uint32_t max,
    void (*each)(void *arg, device_ref ref), void *arg);

size_t identity_devices(const struct identity *reg);
size_t identity_sessions(const struct identity *reg);
/** Octets in use by devices, sessions, look-up and shared text. */
size_t identity_memory(const struct identity *reg);

#endif
