/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - the parts that events share. */
#ifndef PICKET_EMIT_EVENT_H
#define PICKET_EMIT_EVENT_H

#include "emit.h"
#include "flow.h"
#include "identify.h"
#include "mask.h"
#include "writer.h"

/* What every event needs to be written; borrowed from the emitter. */
/* Community ids of tunnels written lately: flows by the thousand share the few tunnels between nodes,
 * and each id is a SHA-1. */
enum { TUNNEL_IDS = 64 };
struct tunnel_ids {
	struct ends ends[TUNNEL_IDS];
	char text[TUNNEL_IDS][COMMUNITY_ID_MAX];	/* "": not used yet */
};

struct event_context {
	const struct config *cfg;
	const struct knowledge *knowledge;
	const struct classifier *classifier;
	const struct capture *capture;
	const struct identity *identity;
	const struct mask *mask;	/* NULL: nothing is masked */
	struct tunnel_ids *tunnel_ids;	/* the emitter's */
};

/** Opens the event object: time, type, id, sensor. `part` > 0 marks a follow-up (".1"). */
void event_open(struct writer *w, const struct event_context *ctx, uint64_t time_us,
    const char *type, uint64_t id, unsigned part);
/** in_iface or pcap_filename, vlan, addresses, ports, proto. */
void event_ends(struct writer *w, const struct event_context *ctx, const struct ends *ends,
    const uint16_t vlan[PACKET_VLANS_MAX], uint16_t source);
/** tunnel{}; `up` as sent by the device, `down` towards it; either may have depth 0. */
void event_tunnel(struct writer *w, const struct event_context *ctx, const struct tunnel *up,
    const struct tunnel *down);
/* The device of an event: where it was seen, and who the registry says it is. */
struct event_device {
	const struct device_view *view;	/* NULL: the registry does not know it */
	const struct addr *addr;	/* NULL: not by an address */
	uint16_t vlan;		/* outer id, 0: none */
	const uint8_t *mac;	/* of the frames it came in, may be a router's; NULL: none */
	uint16_t group;
	uint64_t now_us;	/* of the event: ages count from here */
};
/** What a device is called; a token where its number is masked. Returns the length. */
size_t event_device_id(const struct event_context *ctx, const struct device_view *view,
    char text[static DEVICE_ID_MAX]);
/** A number of a device, masked where it is to be; nothing for DIGITS_NONE. */
void event_put_number(struct writer *w, const struct event_context *ctx, const char *key,
    enum mask_kind kind, digits number);
/** The group of a device: `group`, which address or VLAN say, else by APN or maker. `view` may be
 * NULL. */
uint16_t event_group(const struct config *cfg, uint16_t group, const struct device_view *view);
/** picket.device{}. */
void event_put_device(struct writer *w, const struct event_context *ctx,
    const struct event_device *d);
/** Into picket.peer{}: who holds the address, where it is known. `opened`: the object is begun, else it
 * is when there is something to say. Returns whether it is now. */
bool event_put_owner(struct writer *w, const struct event_context *ctx, const struct addr *far_end,
    bool opened);
/** knowledge{}: version and hash of the pack. */
void event_knowledge(struct writer *w, const struct event_context *ctx);

/* One function per event type; each writes a whole object without the newline. */
void event_alert(struct writer *w, const struct event_context *ctx, const struct alert *a);
void event_flow(struct writer *w, const struct event_context *ctx, const struct flow *flow,
    bool with_fields);
void event_device(struct writer *w, const struct event_context *ctx,
    const struct device_news *news, const struct device_view *view);
void event_stats(struct writer *w, const struct event_context *ctx, const struct stats *st,
    uint64_t time_us, uint64_t number);
void event_reload(struct writer *w, const struct event_context *ctx,
    const struct reload_report *report, uint64_t time_us, uint64_t number);

#endif
