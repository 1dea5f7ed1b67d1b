/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - the loop over the headers of a frame, and the decoder that counts its results.
 *
 * Frames differ in their first layer only (link.c); from there each decoder names the next. */
#include <stdlib.h>

#include "config.h"
#include "fragment.h"
#include "layer.h"

static const struct counter_desc result_desc[] = {
#define X STATS_DESC
	DECODE_RESULTS(X)
#undef X
};
static const struct counter_desc note_desc[] = {
#define X STATS_DESC
	DECODE_NOTES(X)
#undef X
};

static enum decode_result (*const decoders[LAYER_N])(struct walk *w) = {
#define X(id, decoder) [id] = decoder,
	LAYERS(X)
#undef X
};

struct decoder {
	uint64_t *results;	/* by enum decode_result; owned by the stats */
	uint64_t *notes;	/* by enum decode_note; owned by the stats */
	struct fragments *fragments;
	uint64_t udp_ports[4];
	unsigned max_layers;
};

struct decoder *
decoder_new(const struct config *cfg, struct stats *st)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->max_layers = cfg->max_layers < UINT8_MAX ? cfg->max_layers : UINT8_MAX;
	udp_tunnel_ports(d->udp_ports);
	d->results = stats_register(st, result_desc, ARRAY_LEN(result_desc));
	d->notes = stats_register(st, note_desc, ARRAY_LEN(note_desc));
	if (d->results == NULL || d->notes == NULL)
		goto fail;
	if (cfg->fragment_max != 0) {
		d->fragments = fragments_new(cfg->fragment_max, cfg->fragment_octets,
		    cfg->fragment_timeout_s, d->notes);
		if (d->fragments == NULL)
			goto fail;
	}
	return d;
fail:
	decoder_free(d);
	return NULL;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	fragments_free(d->fragments);
	free(d);
}

/* Not memset: most of the packet is written by the decoders that flags or depth speak for. */
static void
packet_reset(struct packet *pkt, const struct frame *frame)
{
	pkt->time_us = frame->time_us;
	pkt->source = frame->source;
	pkt->flags = 0;
	pkt->n_vlans = 0;
	pkt->tcp_flags = 0;
	pkt->ttl = 0;
	pkt->vlan[0] = pkt->vlan[1] = 0;
	pkt->ethertype = 0;
	pkt->ends.src_port = pkt->ends.dest_port = 0;
	pkt->tunnel.type = TUNNEL_NONE;
	pkt->tunnel.depth = 0;
	pkt->tunnel.qfi = GTPU_QFI_NONE;
	pkt->tunnel.id = 0;
	pkt->seq = pkt->ack = 0;
	pkt->window = 0;
	pkt->wire_len = frame->wire_len;
}

/* Walk to the payload. A frame whose innermost content is no IP packet falls back to the
 * tunnel packet around it, if there is one. */
static enum decode_result
walk_frame(struct walk *w, unsigned max_layers)
{
	enum decode_result result = DECODE_OK;
	unsigned n = 0;

	while (w->next != LAYER_END && LIKELY(result == DECODE_OK)) {
		if (UNLIKELY(n++ == max_layers))
			return DECODE_LAYERS_EXCEEDED;
		result = decoders[w->next](w);
	}
	w->pkt->layers = (uint8_t)n;
	if (UNLIKELY(result >= DECODE_NOT_IP) && w->stands) {
		tunnel_leave(w);
		w->note = DECODE_DECLINED_NOT_IP;
		return DECODE_OK;
	}
	return result;
}

enum decode_result
decode_frame(struct decoder *d, const struct frame *frame, struct packet *pkt)
{
	struct walk w;
	enum decode_result result = DECODE_LINK_UNSUPPORTED;

	w.in = cursor_over(frame->data, frame->cap_len);
	w.pkt = pkt;
	w.fragments = d->fragments;
	w.udp_ports = d->udp_ports;
	w.cut = frame->wire_len > frame->cap_len ? frame->wire_len - frame->cap_len : 0;
	w.link_type = frame->link_type;
	w.next = (uint8_t)link_layer(frame->link_type);
	w.note = 0;
	w.ipv6 = w.partial = w.stands = w.saved = false;
	packet_reset(pkt, frame);
	if (LIKELY(w.next != LAYER_END))
		result = walk_frame(&w, d->max_layers);
	d->results[result]++;
	if (UNLIKELY(w.note != 0))
		d->notes[w.note]++;
	if (result == DECODE_OK)
		d->notes[DECODE_TUNNEL_ENTERED] += pkt->tunnel.depth;
	return result;
}
