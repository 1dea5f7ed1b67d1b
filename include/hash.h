/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - the keyed hash of every table whose keys strangers choose.
 *
 * SipHash-2-4 costs more than the packet budget allows for a 40-octet key; this is a
 * multiply-fold hash in the manner of wyhash with a secret 128-bit seed per process, which
 * is what keeps a sender from choosing colliding keys. Output never depends on the seed:
 * no table is walked in bucket order for anything that is written. */
#ifndef PICKET_HASH_H
#define PICKET_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_seed {
	uint64_t a, b;
};

/** A fresh secret seed from the kernel. */
struct hash_seed hash_seed_new(void);

/** Hash `len` octets. */
uint64_t hash_octets(const struct hash_seed *seed, const void *data, size_t len);

/** A fixed, public hash (FNV-1a, 64 bit): for identifiers that must not change from run to
 * run, never for a table. */
uint64_t hash_stable(uint64_t basis, const void *data, size_t len);
#define HASH_STABLE_BASIS UINT64_C(0xcbf29ce484222325)

#endif
