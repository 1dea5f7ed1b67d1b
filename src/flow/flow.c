/* SPDX-License-Identifier: Apache-2.0 */
/* flow.c - reading a flow: names of its states, its identifier. */
#include "flow.h"
#include "hash.h"

#define X_NAME(id, name) [id] = name,
static const char *const end_reasons[] = { FLOW_END_REASONS(X_NAME) };
static const char *const states[] = { FLOW_STATES(X_NAME) };
static const char *const evidences[] = { FLOW_INITIATOR_EVIDENCE(X_NAME) };
#undef X_NAME

const char *
flow_end_reason_name(enum flow_end_reason reason)
{
	return (unsigned)reason < FLOW_END_REASON_N ? end_reasons[reason] : end_reasons[0];
}

const char *
flow_state_name(enum flow_state state)
{
	return (unsigned)state < FLOW_STATE_N ? states[state] : states[0];
}

const char *
flow_initiator_evidence_name(enum flow_initiator_evidence evidence)
{
	return (unsigned)evidence < INITIATOR_EVIDENCE_N ? evidences[evidence] : evidences[0];
}

/* Octet by octet, so that machines of either byte order agree. */
static uint64_t
hash_number(uint64_t basis, uint64_t value)
{
	uint8_t octets[8];

	for (unsigned i = 0; i < 8; i++)
		octets[i] = (uint8_t)(value >> (56 - 8 * i));
	return hash_stable(basis, octets, sizeof(octets));
}

uint64_t
flow_id(const struct flow *flow)
{
	uint64_t h = hash_stable(HASH_STABLE_BASIS, flow->key.addr, sizeof(flow->key.addr));

	h = hash_number(h, (uint64_t)flow->key.port[0] << 16 | flow->key.port[1]);
	h = hash_number(h, flow->key.tenant_proto);
	h = hash_number(h, flow->first_us);
	/* FNV mixes upwards: the high bits are the good ones. */
	h = (h ^ h >> 32) & ((UINT64_C(1) << 53) - 1);
	return h == 0 ? 1 : h;
}
