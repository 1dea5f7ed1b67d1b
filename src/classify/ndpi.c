/* SPDX-License-Identifier: Apache-2.0 */
/* ndpi.c - the only file that includes nDPI. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <ndpi_api.h>

#include "ndpi.h"

/* Since 4.6 a module is told its protocols in a checked way, since 4.11 it takes a global
 * context and answers with a nested struct (ndpi_master_app_protocol). */
#define NDPI_SINCE(major, minor) \
	(NDPI_MAJOR > (major) || (NDPI_MAJOR == (major) && NDPI_MINOR >= (minor)))

enum { NAME_MAX_OCTETS = 24, CHUNK_STATES = 256 };

struct ndpi_state {
	struct ndpi_flow_struct flow;
};

/* A state that is not in use links to the next one in its first octets. */
struct free_state {
	struct free_state *next;
};

/* The pool grows by this many states until it has reached what the traffic needs. */
struct chunk {
	struct chunk *next;
	struct ndpi_state states[CHUNK_STATES];
};

struct proto_row {
	char name[NAME_MAX_OCTETS];
	uint8_t role;
};

struct ndpi_door {
	struct ndpi_detection_module_struct *module;
	struct free_state *free_states;
	struct chunk *chunks;	/* the first one is being cut */
	size_t max_states, n_states;	/* n_states: cut so far */
	size_t n_protos;
	struct proto_row *protos;
};

static enum role
role_of_category(ndpi_protocol_category_t category)
{
	switch (category) {
	case NDPI_PROTOCOL_CATEGORY_SYSTEM_OS:
		return ROLE_UNKNOWN;
	case NDPI_PROTOCOL_CATEGORY_SW_UPDATE:
		return ROLE_FIRMWARE_UPDATE;
	case NDPI_PROTOCOL_CATEGORY_REMOTE_ACCESS:
		return ROLE_REMOTE_ACCESS;
	case NDPI_PROTOCOL_CATEGORY_VPN:
		return ROLE_TUNNEL;
	case NDPI_PROTOCOL_CATEGORY_DATA_TRANSFER:
	case NDPI_PROTOCOL_CATEGORY_DOWNLOAD_FT:
		return ROLE_FILE_TRANSFER;
	case NDPI_PROTOCOL_CATEGORY_MEDIA:
	case NDPI_PROTOCOL_CATEGORY_STREAMING:
	case NDPI_PROTOCOL_CATEGORY_VIDEO:
	case NDPI_PROTOCOL_CATEGORY_VOIP:
		return ROLE_MEDIA;
	case NDPI_PROTOCOL_CATEGORY_IOT_SCADA:
		return ROLE_CONTROL;
	default:
		return ROLE_UNKNOWN;
	}
}

static void
fill_row(struct ndpi_door *nd, uint16_t proto)
{
	struct proto_row *row = &nd->protos[proto];
	const char *name = ndpi_get_proto_name(nd->module, proto);
	size_t i;

	for (i = 0; name != NULL && name[i] != '\0' && i + 1 < sizeof(row->name); i++)
		row->name[i] = (char)tolower((unsigned char)name[i]);
	row->name[i] = '\0';
#if NDPI_SINCE(4, 10)
	ndpi_protocol p = { .proto = { .master_protocol = 0, .app_protocol = proto } };
#else
	ndpi_protocol p = { .app_protocol = proto };
#endif
	row->role = (uint8_t)role_of_category(ndpi_get_proto_category(nd->module, p));
}

static struct ndpi_detection_module_struct *
module_new(void)
{
	NDPI_PROTOCOL_BITMASK all;
	struct ndpi_detection_module_struct *module;

#if NDPI_SINCE(4, 10)
	module = ndpi_init_detection_module(NULL);
#else
	module = ndpi_init_detection_module(ndpi_no_prefs);
#endif
	if (module == NULL)
		return NULL;
	NDPI_BITMASK_SET_ALL(all);
	(void)ndpi_set_protocol_detection_bitmask2(module, &all);
	(void)ndpi_finalize_initialization(module);
	return module;
}

struct ndpi_door *
ndpi_door_new(size_t max_flows)
{
	struct ndpi_door *nd = calloc(1, sizeof(*nd));

	if (nd == NULL)
		return NULL;
	nd->max_states = max_flows;
	nd->module = module_new();
	if (nd->module == NULL)
		goto fail;
	nd->n_protos = ndpi_get_num_supported_protocols(nd->module);
	nd->protos = calloc(nd->n_protos, sizeof(nd->protos[0]));
	if (nd->protos == NULL)
		goto fail;
	for (size_t i = 1; i < nd->n_protos; i++)
		fill_row(nd, (uint16_t)i);
	return nd;
fail:
	ndpi_door_free(nd);
	return NULL;
}

void
ndpi_door_free(struct ndpi_door *nd)
{
	struct chunk *next;

	if (nd == NULL)
		return;
	for (struct chunk *chunk = nd->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	if (nd->module != NULL)
		ndpi_exit_detection_module(nd->module);
	free(nd->protos);
	free(nd);
}

struct ndpi_state *
ndpi_state_get(struct ndpi_door *nd)
{
	struct free_state *s = nd->free_states;

	if (s != NULL) {
		nd->free_states = s->next;
		memset(s, 0, sizeof(struct ndpi_state));
		return (struct ndpi_state *)(void *)s;
	}
	if (nd->n_states == nd->max_states)
		return NULL;
	if (nd->n_states % CHUNK_STATES == 0) {
		struct chunk *chunk = calloc(1, sizeof(*chunk));

		if (chunk == NULL)
			return NULL;
		chunk->next = nd->chunks;
		nd->chunks = chunk;
	}
	return &nd->chunks->states[nd->n_states++ % CHUNK_STATES];
}

void
ndpi_state_put(struct ndpi_door *nd, struct ndpi_state *state)
{
	struct free_state *s;

	if (state == NULL)
		return;
	ndpi_free_flow_data(&state->flow);
	s = (struct free_state *)(void *)state;
	s->next = nd->free_states;
	nd->free_states = s;
}

/* A flow of "TLS carrying Google" is a TLS flow to us: whose it is, our own knowledge says. */
static struct ndpi_answer
answer_of(struct ndpi_door *nd, const ndpi_protocol *p, struct ndpi_state *state)
{
	struct ndpi_answer answer = { 0 };
#if NDPI_SINCE(4, 10)
	uint16_t master = p->proto.master_protocol, app = p->proto.app_protocol;
#else
	uint16_t master = p->master_protocol, app = p->app_protocol;
#endif

	answer.proto = master != NDPI_PROTOCOL_UNKNOWN ? master : app;
	/* Told by the address alone it is an owner ("Amazon"), not a protocol. */
	if (answer.proto >= nd->n_protos
	    || state->flow.confidence == NDPI_CONFIDENCE_MATCH_BY_IP)
		answer.proto = NDPI_PROTOCOL_UNKNOWN;
	answer.guessed = state->flow.confidence != NDPI_CONFIDENCE_DPI
	    && state->flow.confidence != NDPI_CONFIDENCE_DPI_CACHE;
	answer.done = answer.proto != NDPI_PROTOCOL_UNKNOWN && !answer.guessed;
	return answer;
}

struct ndpi_answer
ndpi_inspect(struct ndpi_door *nd, struct ndpi_state *state, const struct packet *pkt)
{
	uint16_t len = pkt->l3_len > UINT16_MAX ? UINT16_MAX : (uint16_t)pkt->l3_len;
	ndpi_protocol p;

#if NDPI_SINCE(4, 4)
	p = ndpi_detection_process_packet(nd->module, &state->flow, pkt->l3, len,
	    pkt->time_us / 1000, NULL);
#else
	p = ndpi_detection_process_packet(nd->module, &state->flow, pkt->l3, len,
	    pkt->time_us / 1000);
#endif
	return answer_of(nd, &p, state);
}

struct ndpi_answer
ndpi_give_up(struct ndpi_door *nd, struct ndpi_state *state)
{
	struct ndpi_answer answer;
	uint8_t guessed = 0;
	ndpi_protocol p;

#if NDPI_SINCE(4, 10)
	p = ndpi_detection_giveup(nd->module, &state->flow, &guessed);
#else
	p = ndpi_detection_giveup(nd->module, &state->flow, 1, &guessed);
#endif
	answer = answer_of(nd, &p, state);
	answer.guessed = answer.guessed || guessed != 0;
	answer.done = true;
	return answer;
}

const char *
ndpi_door_name(const struct ndpi_door *nd, uint16_t proto)
{
	return proto == 0 || proto >= nd->n_protos ? "unknown" : nd->protos[proto].name;
}

enum role
ndpi_door_role(const struct ndpi_door *nd, uint16_t proto)
{
	return proto == 0 || proto >= nd->n_protos ? ROLE_UNKNOWN : nd->protos[proto].role;
}

const char *
ndpi_door_version(void)
{
	return ndpi_revision();
}
