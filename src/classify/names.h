/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - which name each device was given an address for, and when.
 *
 * Two bounded tables: (device, address) -> name, latest answer wins; and address -> how many
 * different names, as they were registered (suffix.h), over all devices, for the shared-hosting guard. Names are kept once. When
 * full, the entry that was learned longest ago of a bounded sample goes (counted). */
#ifndef PICKET_CLASSIFY_NAMES_H
#define PICKET_CLASSIFY_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "stats.h"

struct flow;
struct names;

/** An address as one that asks: with the VLANs it is in mixed in, because the same private address in
 * another VLAN is somebody else. */
struct addr names_address(const struct flow *flow, unsigned end);
/** Who asks, at key end `end` of a flow: the device, when the registry knows it, whatever address
 * it has now, so that the next holder of an address does not inherit its names; else the address.
 * A device is written as an address of ff00::/96, which nobody on the wire can ask from. */
struct addr names_asker(const struct flow *flow, unsigned end);

/** At most `max` (device, address) pairs. NULL when out of memory. */
struct names *names_new(size_t max, struct stats *st);
void names_free(struct names *n);

/** `device` was told at `now_us` that `name` (len octets, as asked for, any case) has address
 * `a`. Kept in lower case without the trailing dot. */
void names_learn(struct names *n, const struct addr *device, const struct addr *a,
    const char *name, size_t len, uint64_t now_us);

/** The name that `device` last knew `a` by, if learned at most `max_age_s` ago; 0 if none. The
 * caller holds a reference: names_unref(). *age_s: age of the answer. */
uint32_t names_find(struct names *n, const struct addr *device, const struct addr *a,
    uint64_t now_us, uint32_t max_age_s, uint32_t *age_s);
void names_unref(struct names *n, uint32_t name);
/** Text of a referenced name, "" for 0. */
const char *names_text(const struct names *n, uint32_t name);
/** Different registered names known for `a`, counted up to 16: hosts of one owner are one. */
unsigned names_of(const struct names *n, const struct addr *a);

size_t names_memory(const struct names *n);

#endif
