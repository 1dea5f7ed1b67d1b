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
#include <string.h>

struct hash_seed {
	uint64_t a, b;
};

/** A fresh secret seed from the kernel. */
struct hash_seed hash_seed_new(void);

/** Hash `len` octets. */
uint64_t hash_octets(const struct hash_seed *seed, const void *data, size_t len);

/* The high and the low half of the 128-bit product, folded. */
static inline uint64_t
hash_fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/** hash_octets() of 40 octets, without loop and call: the key of a flow. */
static inline uint64_t
hash_key40(const struct hash_seed *seed, const void *key)
{
	uint64_t word[5], h = seed->a ^ (40 * UINT64_C(0x9e3779b97f4a7c15));

	memcpy(word, key, sizeof(word));
	h = hash_fold(word[0] ^ seed->b ^ h, word[1] ^ seed->a);
	h = hash_fold(word[2] ^ seed->b ^ h, word[3] ^ seed->a);
	h = hash_fold(word[4] ^ seed->b ^ h, seed->a);
	return hash_fold(h ^ UINT64_C(0xd6e8feb86659fd93), seed->b | 1);
}

/** A fixed, public hash (FNV-1a, 64 bit): for identifiers that must not change from run to
 * run, never for a table. */
uint64_t hash_stable(uint64_t basis, const void *data, size_t len);
#define HASH_STABLE_BASIS UINT64_C(0xcbf29ce484222325)

#endif
