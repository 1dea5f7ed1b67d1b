/* SPDX-License-Identifier: Apache-2.0 */
/* proof.h - what a pack says of itself (proof/expect.csv, "proof" of rules), and what a run showed. */
#ifndef PICKET_PROOF_H
#define PICKET_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"
#include "detect.h"
#include "knowledge.h"

enum { PROOF_FAMILIES_MAX = 64, PROOF_FAMILY_NAME = 32 };

/* What is expected of an indicator or rule: X(id, word in the table) */
#define PROOF_EXPECTS(X)							\
	X(EXPECT_FIRES, "fires")	/* an alert about the device rests on it */	\
	X(EXPECT_INFORMS, "informs")	/* it is found, and no alert rests on it */	\
	X(EXPECT_LATE, "late")		/* the same: outside its dates */		\
	X(EXPECT_SILENT, "silent")	/* it is not found */
enum proof_expect {
#define X(id, word) id,
	PROOF_EXPECTS(X)
#undef X
	EXPECT_N
};

/* A row of expect.csv. Texts belong to the table. */
struct proof {
	const char *capture;	/* beside the table; "-": the value is only looked up */
	const char *device;	/* its address; of a look-up the value */
	const char *id;		/* of an indicator or rule */
	struct addr addr;
	enum proof_expect expect;
	unsigned line;
};

struct proof_table {
	char *path;
	char *text;		/* of all rows */
	struct proof *row;
	size_t n;
	const char **fires, **silent;	/* ids, sorted */
	size_t n_fires, n_silent;
};

struct proof_family {
	char name[PROOF_FAMILY_NAME];
	size_t proofs, passed, failed;
};

/* One thing that a run showed. The id is borrowed from the knowledge. */
struct sighting {
	struct addr device;
	const char *id;
	bool fired;		/* in an alert; else only found */
};

struct sightings {
	struct sighting *at;
	size_t n, room;
	bool lost;		/* there was no memory for all */
};

/** Read PACK/proof/expect.csv. 0, -ENOENT when there is none, or -errno with a line in err. */
int proof_table_load(struct proof_table *t, const char *pack, char *err, size_t err_size);
void proof_table_done(struct proof_table *t);
/** Has the id a row where it is found, and one where it is not (or too late)? */
void proof_covers(const struct proof_table *t, const char *id, bool *fires, bool *silent);

/** Forget all, and give the memory back. */
void sightings_clear(struct sightings *s);
/** An alert_fn and a match_fn; `arg` is the sightings. */
void sightings_alert(void *arg, const struct alert *alert);
void sightings_match(void *arg, const struct addr *device, const struct indicator *ind);
/** A role_fn: rules that raise are known by their alerts. */
void sightings_role(void *arg, const struct addr *device, const struct rule *rule);
void sightings_sort(struct sightings *s);
/** Did the id fire for any device? */
bool sightings_any(const struct sightings *s, const char *id);

/** Why the row does not hold; NULL: it does. `s` is sorted. */
const char *proof_wrong(const struct proof *p, const struct sightings *s);
/** The same for a row whose value is only looked up. */
const char *proof_lookup_wrong(const struct proof *p, const struct knowledge *k);

/** Call `each` for both proofs of each rule of PACK/rules/, sorted by file: `capture` is NULL when the
 * rule names none. 0 (also without rules), or -errno with a line in err. */
int rule_proofs(const char *pack, void (*each)(void *arg, const char *where, const char *id,
    const char *capture, bool fires), void *arg, char *err, size_t err_size);

#endif
