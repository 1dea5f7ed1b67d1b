/* SPDX-License-Identifier: Apache-2.0 */
/* score_device.c - severity, sentences and next steps of findings about a device itself: whose
 * module it is, and whether SIM and module belong together. Tables only. */
#include <string.h>

#include "macros.h"
#include "score.h"

/* Where a maker stands makes all of a module's scores: it can change the module's firmware, and
 * what the module may then collect or do is the same for each. */
static const struct {
	uint8_t severity, collection, control;
} makers[LISTING_STATUS_N] = {
	[LISTING_NONE] = { 4, 0, 0 },	/* not raised */
	[LISTING_JURISDICTION] = { 4, 20, 30 },
	[LISTING_PROPOSED] = { 3, 30, 45 },
	[LISTING_CONCERN] = { 3, 40, 50 },
	[LISTING_LISTED] = { 2, 40, 60 },
};

enum { SENTENCES_MAX = 4 };

struct sentences {
	uint8_t severity, collection, control;
	enum verdict_confidence confidence;	/* the most it can be */
	const char *limits[SENTENCES_MAX];
	const char *remediation;
};

static const char rewritten[] = "IMEIs can be rewritten.";
static const char allocation[] = "A TAC proves to whom it was allocated, not who made the module: "
    "a product certified by its seller has the seller's.";

static const struct sentences rows[DETECT_RULE_N] = {
	[DETECT_MODULE] = { .confidence = CONFIDENCE_HIGH,
	    .limits = { allocation, rewritten,
		"The module was seen, not that anything was sent to its maker." },
	    .remediation = "Put the device into the inventory of modules to be replaced; until then keep its "
		"traffic to your own head-end." },
	[DETECT_PAIR_CHANGED] = { 3, 10, 20, CONFIDENCE_HIGH,
	    { "A replaced module or SIM looks the same as a stolen one.", rewritten },
	    "Compare with the work orders of that day; if there is none, block the SIM and inspect the device." },
	[DETECT_DUPLICATE_IMEI] = { 2, 20, 40, CONFIDENCE_HIGH,
	    { "Cloned modules and makers that give one IMEI to many units look the same.", rewritten,
	      "A session whose end was not seen here may look alive." },
	    "Find both devices; block the SIM whose device is not yours." },
	[DETECT_TWO_SIMS] = { 3, 20, 30, CONFIDENCE_MEDIUM,
	    { "Some devices are made with two SIMs, or change their profile.",
	      "A session whose end was not seen here may look alive." },
	    "Check with the device's maker whether a second SIM belongs there; if not, inspect the device." },
	[DETECT_UNREGISTERED] = { 3, 20, 30, CONFIDENCE_HIGH,
	    { "A register that is out of date looks the same.", rewritten },
	    "Find the device; put it into the register, or block its SIM." },
	[DETECT_LABEL_CONFLICT] = { 3, 30, 70, CONFIDENCE_MEDIUM,
	    { allocation, "Makers serve updates for modules of others, and sellers use servers of their suppliers.",
	      "Shows who runs the server, not who made the module." },
	    "Ask the seller whose module is inside; until then treat the device as that of the server's owner." },
	[DETECT_ROAMING_RESIDENT] = { 4, 20, 20, CONFIDENCE_MEDIUM,
	    { "Roaming for good is how many SIMs for machines are sold.",
	      "Time away from this sensor is not seen." },
	    "Check the contract of the SIM: its home network sees and may steer all its traffic." },
};

static enum verdict_confidence
at_most(enum verdict_confidence a, enum verdict_confidence b)
{
	return a < b ? a : b;
}

/* What evidence says a thing of the TAC: an operator's own table is as sure as can be. */
static enum verdict_confidence
confidence_of_tac(const struct alert *a)
{
	const struct tac *tac = a->who.tac;

	if (tac == NULL)
		return CONFIDENCE_LOW;
	if (tac->own)
		return CONFIDENCE_HIGH;
	/* said by the tables themselves: see signatures/README.md */
	if (strstr(tac->source, "inferred") != NULL || strstr(tac->source, "test-fixture") != NULL)
		return CONFIDENCE_LOW;
	return CONFIDENCE_MEDIUM;
}

/* What a device or a LAN says of itself is less than the network's word. */
static enum verdict_confidence
confidence_of_source(const struct alert *a)
{
	return a->who.n_learned != 0 && a->who.learned[0].source <= SIGNALLED_NGAP ? CONFIDENCE_HIGH
	    : CONFIDENCE_MEDIUM;
}

void
score_device(struct alert *a)
{
	const struct sentences *row = &rows[a->rule];

	a->severity = row->severity;
	a->score_collection = row->collection;
	a->score_control = row->control;
	a->confidence = at_most(row->confidence, confidence_of_source(a));
	if (a->rule == DETECT_MODULE) {
		a->severity = makers[a->entity->status].severity;
		a->score_collection = makers[a->entity->status].collection;
		a->score_control = makers[a->entity->status].control;
		a->confidence = at_most(a->confidence, confidence_of_tac(a));
	} else if (a->rule == DETECT_LABEL_CONFLICT) {
		a->severity = a->entity->status == LISTING_LISTED ? 2 : 3;
		a->confidence = at_most(a->confidence, at_most(confidence_of_tac(a), a->lead->confidence));
	}
	a->remediation = row->remediation;
	a->n_limits = 0;
	for (size_t i = 0; i < SENTENCES_MAX && row->limits[i] != NULL; i++)
		score_limit(a, row->limits[i]);
	if (a->who.imei_masked)
		score_limit(a, "The network sent the IMEI without its last digits.");
	if (a->entity != NULL)
		score_status_limit(a);
}
