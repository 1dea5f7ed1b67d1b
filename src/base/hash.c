/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - keyed multiply-fold hash for tables, FNV-1a for lasting identifiers. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash.h"

struct hash_seed
hash_seed_new(void)
{
	struct hash_seed seed;

	/* 16 octets never come short once the pool is ready (getrandom(2)). */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort();
	return seed;
}

static inline uint64_t
load64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

uint64_t
hash_octets(const struct hash_seed *seed, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t h = seed->a ^ (len * UINT64_C(0x9e3779b97f4a7c15));
	size_t left = len;

	for (; left >= 16; left -= 16, at += 16)
		h = hash_fold(load64(at) ^ seed->b ^ h, load64(at + 8) ^ seed->a);
	if (left != 0) {
		uint8_t tail[16] = { 0 };

		memcpy(tail, at, left);
		h = hash_fold(load64(tail) ^ seed->b ^ h, load64(tail + 8) ^ seed->a);
	}
	return hash_fold(h ^ UINT64_C(0xd6e8feb86659fd93), seed->b | 1);
}

uint64_t
hash_stable(uint64_t basis, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t h = basis;

	for (size_t i = 0; i < len; i++)
		h = (h ^ at[i]) * UINT64_C(0x100000001b3);
	return h;
}
