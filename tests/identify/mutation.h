/* SPDX-License-Identifier: Apache-2.0 */
/* mutation.h - frames of captures, drawn by chance and changed. The same seed and captures give
 * the same frames on every machine. */
#ifndef PICKET_MUTATION_H
#define PICKET_MUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dialect;	/* mutation.c: where a protocol has its type and length */

enum { MUTATED_FRAME_MAX = 4096, SAMPLES_MAX = 32768, KINDS_MAX = 1024 };

struct sample {
	uint8_t *octets;
	uint16_t len, ip, l4, payload; /* offsets; payload is len when there is none */
	const struct dialect *dialect; /* NULL: user plane and all else */
	uint32_t kind, order; /* dialect and type of message; as read */
};

/* signalling: sorted by kind; kind[i] is where the i-th begins, and kind[n_kinds] the end. */
struct mutation {
	struct sample signalling[SAMPLES_MAX], other[SAMPLES_MAX];
	size_t n_signalling, n_other;
	size_t kind[KINDS_MAX + 1], n_kinds;
	uint64_t chance;	/* state of the generator: the seed, to begin with */
};

/** Add the frames of one of our own captures (little-endian, microseconds, Ethernet). False, with
 * a word on stderr, when it cannot be read. */
bool mutation_add_capture(struct mutation *p, const char *path);
/** After the last capture: a fleet attaches two hundred times the same way, but each kind of
 * message is to have its turn. */
void mutation_sort(struct mutation *p);
/** One frame into `o` (MUTATED_FRAME_MAX octets); returns its length, and in *wire what it was before
 * the snapshot length cut it. */
size_t mutation_frame(struct mutation *p, uint8_t *o, size_t *wire);
/** Below `n`, from the pool's generator. */
size_t mutation_below(struct mutation *p, size_t n);
/** Frees the frames. */
void mutation_done(struct mutation *p);

#endif
