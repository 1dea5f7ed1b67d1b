/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - what all events have in common. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "config.h"
#include "event.h"
#include "knowledge.h"
#include "macros.h"

void
event_open(struct writer *w, const struct event_context *ctx, uint64_t time_us,
    const char *type, uint64_t id, unsigned part)
{
	char text[32];

	writer_open(w, NULL, '{');
	writer_time(w, "timestamp", time_us);
	writer_word(w, "event_type", type);
	if (part == 0) {
		writer_id(w, "event_id", id);
	} else {
		(void)snprintf(text, sizeof(text), "%016llx.%u", (unsigned long long)id, part);
		writer_word(w, "event_id", text);
	}
	writer_text(w, "sensor", ctx->cfg->sensor);
}

/* Suricata's spelling of IP protocols; others as their number. */
static void
write_proto(struct writer *w, uint8_t proto)
{
	static const struct {
		uint8_t proto;
		const char *name;
	} names[] = {
		{ IPPROTO_TCP, "TCP" }, { IPPROTO_UDP, "UDP" }, { IPPROTO_ICMP, "ICMP" },
		{ IPPROTO_ICMPV6, "IPv6-ICMP" }, { IPPROTO_SCTP, "SCTP" },
		{ IPPROTO_IGMP, "IGMP" }, { IPPROTO_GRE, "GRE" }, { IPPROTO_ESP, "ESP" },
		{ IPPROTO_AH, "AH" },
	};
	char number[4];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].proto == proto) {
			writer_word(w, "proto", names[i].name);
			return;
		}
	(void)snprintf(number, sizeof(number), "%u", proto);
	writer_word(w, "proto", number);
}

static bool
has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP
	    || proto == IPPROTO_UDPLITE || proto == IPPROTO_DCCP;
}

void
event_ends(struct writer *w, const struct event_context *ctx, const struct ends *ends,
    const uint16_t vlan[PACKET_VLANS_MAX], uint16_t source)
{
	const char *name = capture_source_name(ctx->capture, source);
	bool icmp = ends->proto == IPPROTO_ICMP || ends->proto == IPPROTO_ICMPV6;

	writer_text(w, capture_is_live(ctx->capture) ? "in_iface" : "pcap_filename", name);
	if (vlan[0] != 0 || vlan[1] != 0) {
		writer_open(w, "vlan", '[');
		for (unsigned i = 0; i < PACKET_VLANS_MAX; i++)
			if (vlan[i] != 0)
				writer_uint(w, NULL, vlan[i]);
		writer_close(w, ']');
	}
	writer_addr(w, "src_ip", &ends->src);
	if (has_ports(ends->proto))
		writer_uint(w, "src_port", ends->src_port);
	writer_addr(w, "dest_ip", &ends->dest);
	if (has_ports(ends->proto))
		writer_uint(w, "dest_port", ends->dest_port);
	write_proto(w, ends->proto);
	if (icmp) {
		writer_uint(w, "icmp_type", ends->src_port);
		writer_uint(w, "icmp_code", ends->dest_port);
	}
}

static const char *
tunnel_name(uint8_t type)
{
	static const char *const names[TUNNEL_N] = {
		[TUNNEL_NONE] = "none", [TUNNEL_GTPU] = "gtp-u", [TUNNEL_GRE] = "gre",
		[TUNNEL_IPIP] = "ipip", [TUNNEL_VXLAN] = "vxlan", [TUNNEL_GENEVE] = "geneve",
		[TUNNEL_ERSPAN] = "erspan", [TUNNEL_MPLS_PW] = "mpls-pw",
		[TUNNEL_TEREDO] = "teredo", [TUNNEL_L2TP] = "l2tp",
	};

	return type < TUNNEL_N ? names[type] : "other";
}

static bool
same_ends(const struct ends *a, const struct ends *b)
{
	return addr_equal(&a->src, &b->src) && addr_equal(&a->dest, &b->dest)
	    && a->src_port == b->src_port && a->dest_port == b->dest_port && a->proto == b->proto;
}

static void
write_outer_community_id(struct writer *w, const struct event_context *ctx,
    const struct tunnel *t)
{
	const struct ends ends = { .src = t->src, .dest = t->dest, .src_port = t->src_port,
		.dest_port = t->dest_port, .proto = t->proto };
	unsigned at = (t->src.octet[15] * 7u + t->dest.octet[15]) % TUNNEL_IDS;
	char *text = ctx->tunnel_ids->text[at];

	if (text[0] == '\0' || !same_ends(&ctx->tunnel_ids->ends[at], &ends)) {
		community_id(&ends, text);
		ctx->tunnel_ids->ends[at] = ends;
	}
	writer_word(w, "community_id", text);
}

void
event_tunnel(struct writer *w, const struct event_context *ctx, const struct tunnel *up,
    const struct tunnel *down)
{
	const struct tunnel *t = up->depth != 0 ? up : down;
	bool gtpu = t->type == TUNNEL_GTPU;

	if (t->depth == 0)
		return;
	writer_open(w, "tunnel", '{');
	writer_word(w, "type", tunnel_name(t->type));
	if (up->depth != 0)
		writer_uint(w, gtpu ? "teid_up" : "id_up", up->id);
	if (down->depth != 0)
		writer_uint(w, gtpu ? "teid_down" : "id_down", down->id);
	if (gtpu && t->qfi != GTPU_QFI_NONE)
		writer_uint(w, "qfi", t->qfi);
	writer_addr(w, "src_ip", &t->src);
	writer_addr(w, "dest_ip", &t->dest);
	writer_uint(w, "depth", t->depth);
	write_outer_community_id(w, ctx, t);
	writer_close(w, '}');
}

uint16_t
event_group(const struct config *cfg, uint16_t group, const struct device_view *view)
{
	const struct tac *tac = view == NULL ? NULL : view->tac;

	if (group != 0 || view == NULL || cfg->n_groups == 0)
		return group;
	return config_group_of_device(cfg, view->apn, tac == NULL ? NULL : tac_maker_name(tac),
	    tac == NULL || tac->maker == NULL ? NULL : tac->maker->id);
}

void
event_knowledge(struct writer *w, const struct event_context *ctx)
{
	writer_open(w, "knowledge", '{');
	writer_text(w, "version", knowledge_version(ctx->knowledge));
	writer_text(w, "hash", knowledge_hash(ctx->knowledge));
	writer_close(w, '}');
}
