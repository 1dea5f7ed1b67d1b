/* SPDX-License-Identifier: Apache-2.0 */
/* score.c - severity from listing status x role x stage; confidence from the evidence; the
 * sentences on limits and next steps. Tables only: nothing here looks at traffic. */
#include <string.h>
#include <time.h>

#include "macros.h"
#include "score.h"

/* Each role: how much of collecting data and how much of control over the device it gives to
 * whoever runs the far end (0..100, a finished contact), how many steps it makes an alert
 * worse (-) or better (+), and what to do. */
struct role_row {
	uint8_t collection, control;
	int8_t step;
	const char *remediation;
};

static const struct role_row role_rows[ROLE_N] = {
	[ROLE_UNKNOWN] = { 40, 30, 0,
	    "Find out what the device sends there; allow only what its function needs." },
	[ROLE_TELEMETRY] = { 70, 30, 0,
	    "Confirm with the device's owner that this upload is wanted; if not, block it at the APN or firewall." },
	[ROLE_FIRMWARE_UPDATE] = { 30, 90, -1,
	    "Record the device's firmware version; serve updates from your own server and block this one." },
	[ROLE_CLOUD_ENDPOINT] = { 60, 40, 0,
	    "Check whether the device needs this cloud; if not, block it at the APN or firewall." },
	[ROLE_DEVICE_MANAGEMENT] = { 40, 90, -1,
	    "Find out who may manage this device; move it to your own management server and block this one." },
	[ROLE_PROVISIONING] = { 40, 60, 0,
	    "Provision the device through your own server and block this one." },
	[ROLE_POSITIONING] = { 70, 20, 0,
	    "Configure another positioning service, or none, and block this one." },
	[ROLE_TIME] = { 10, 10, 1, "Configure your own time server." },
	[ROLE_NAME_LOOKUP] = { 20, 20, 1, "Let the device use your own resolver." },
	[ROLE_REMOTE_ACCESS] = { 60, 90, -1,
	    "Close the remote access path now; reach the device through your own gateway." },
	[ROLE_CONTROL] = { 40, 90, -1,
	    "Find out who commands the device; allow only your own head-end." },
	[ROLE_MEDIA] = { 80, 20, 0,
	    "Check where pictures and sound go; keep them on your own recorder." },
	[ROLE_FILE_TRANSFER] = { 70, 50, 0,
	    "Find out which files move; allow only your own server." },
	[ROLE_TUNNEL] = { 60, 80, -1,
	    "Close the tunnel; nothing inside it can be inspected here." },
	[ROLE_SIGNALLING] = { 30, 50, 0, "Check which server the device should register with." },
	[ROLE_ANALYTICS_ADS] = { 60, 10, 0, "Block it: the device's function does not need it." },
	[ROLE_DATA_SPILL] = { 90, 20, -1,
	    "Isolate the device from the Internet and check what has left." },
	[ROLE_C2] = { 80, 90, -2, "Isolate the device and start incident handling." },
	[ROLE_TEST_SERVER] = { 20, 20, 1,
	    "Left over from development: ask the maker for a build without it, and block it." },
};

static const uint8_t stage_percent[STAGE_N] = {
	[STAGE_ASKED] = 25, [STAGE_ANSWERED] = 30, [STAGE_SYN] = 40, [STAGE_HANDSHAKE] = 60,
	[STAGE_DATA] = 100,
};

/* Listing status: where the severity starts. Lists of companies and lists of attackers are
 * different: the latter have no listing and start from their role (ROLE_C2). */
static const uint8_t status_severity[LISTING_STATUS_N] = {
	[LISTING_NONE] = 3, [LISTING_JURISDICTION] = 3, [LISTING_PROPOSED] = 3,
	[LISTING_CONCERN] = 3, [LISTING_LISTED] = 2,
};

enum { CONTROL_HIGH = 80 };	/* of a role: who has it has the device */

static uint8_t
severity_of(const struct alert *a)
{
	int severity = status_severity[a->entity->status] + role_rows[a->role].step;

	if (a->lead->feed != NULL && a->lead->severity_hint != 0)
		severity = a->lead->severity_hint;	/* the operator's word of the feed */

	if (a->stage <= STAGE_SYN)
		severity++;	/* nothing was exchanged */
	if (a->peer_on_lan)	/* whoever has the address may still give updates or commands */
		severity += role_rows[a->role].control >= CONTROL_HIGH ? 1 : 2;
	return severity < 1 ? 1 : severity > 4 ? 4 : (uint8_t)severity;
}

static bool
has_name_evidence(const struct alert *a)
{
	for (unsigned i = 0; i < a->n_evidence; i++)
		if (a->evidence[i].indicator != NULL
		    && a->evidence[i].indicator->kind == INDICATOR_DOMAIN
		    && a->evidence[i].indicator->use != USE_CONTEXT)
			return true;
	return false;
}

static enum verdict_confidence
confidence_of(const struct alert *a)
{
	enum verdict_confidence best = a->lead->confidence;
	enum { OLD_ANSWER_S = 3600 };

	/* An address that is used under somebody else's name may have changed hands. */
	if (a->other_name || a->peer_on_lan)
		return CONFIDENCE_LOW;

	/* An address changes hands; a name that was asked for long ago may too. */
	if (!has_name_evidence(a) && best > CONFIDENCE_MEDIUM)
		best = CONFIDENCE_MEDIUM;
	if (a->host_source != NULL && strcmp(a->host_source, "dns_cache") == 0
	    && a->host_age_s > OLD_ANSWER_S && best > CONFIDENCE_MEDIUM)
		best = CONFIDENCE_MEDIUM;
	return best;
}

void
score_limit(struct alert *a, const char *sentence)
{
	if (a->n_limits < ALERT_LIMITS_MAX)
		a->limits[a->n_limits++] = sentence;
}

/* Lists are read backwards in time too: was the entity on one when the contact was? */
static bool
was_listed(const struct entity *e, uint64_t time_us)
{
	time_t second = (time_t)(time_us / 1000000);
	char day[sizeof("9999-12-31")];
	struct tm tm;

	if (gmtime_r(&second, &tm) == NULL || strftime(day, sizeof(day), "%Y-%m-%d", &tm) == 0)
		return false;
	for (size_t i = 0; i < e->n_listings; i++) {
		const struct listing *l = &e->listings[i];

		if (l->list->status == LISTING_LISTED && l->named && l->since != NULL
		    && strcmp(l->since, day) <= 0
		    && (l->until == NULL || strcmp(day, l->until) < 0))
			return true;
	}
	return false;
}

void
score_status_limit(struct alert *a)
{
	switch (a->entity->status) {
	case LISTING_LISTED:
		score_limit(a, "Being on a list has the legal effect that the list states and no other.");
		if (!was_listed(a->entity, a->last_us))
			score_limit(a, a->has_contact
			    ? "No dated listing was in force on the day of this contact."
			    : "No dated listing was in force on that day.");
		break;
	case LISTING_CONCERN:
		score_limit(a, "An official concern is not a listing.");
		break;
	case LISTING_PROPOSED:
		score_limit(a, "A proposal is not in force.");
		break;
	case LISTING_JURISDICTION:
		score_limit(a, "On no list known here: only the jurisdiction of its owner is known.");
		break;
	default:
		if (!a->entity->is_feed)
			score_limit(a, "On no list known here.");
		else
			score_limit(a, a->entity->n_listings == 0
			    ? "Named by outside intelligence only, as of its date; on no official list known here."
			    : "Named by outside intelligence only, as of its date; that it stands for a list is the word of this sensor's configuration.");
		break;
	}
}

void
score_contact_limits(struct alert *a)
{
	if (a->stage == STAGE_ASKED)
		score_limit(a, "The device asked for the name; no connection was seen.");
	else if (a->stage == STAGE_ANSWERED)
		score_limit(a, "The name was resolved; no connection was seen.");
	else if (a->stage == STAGE_SYN)
		score_limit(a, a->device_is_responder
		    ? "The device did not answer as far as was seen here."
		    : "The far end did not answer as far as was seen here.");
	else if (a->stage == STAGE_HANDSHAKE)
		score_limit(a, "No payload was seen.");
	if (a->peer_inside)
		score_limit(a, "The connection ended inside the home networks: at a proxy, or at a server that is not this entity's.");
	if (a->peer_on_lan)
		score_limit(a, "The address was answered by a host of the device's own LAN: a site may use it inside, and nothing was seen to leave.");
}

static void
set_limits(struct alert *a)
{
	a->n_limits = 0;
	score_contact_limits(a);
	if (a->other_name)
		score_limit(a, "The name used in the contact is not known to be this entity's.");
	if (!has_name_evidence(a))
		score_limit(a, "Known by address only: addresses change hands and are shared.");
	if (a->host_source != NULL && strcmp(a->host_source, "dns_cache") == 0)
		score_limit(a, "The name is the one that the device had asked for earlier, not one seen in this contact.");
	switch (a->lead->identifies) {
	case IDENTIFIES_HOST_OPERATOR:
		score_limit(a, a->entity->is_feed
		    ? "Shows that the far end is on a feed, not who runs it or what was intended."
		    : "Shows who runs the far end, not who made the module or what was intended.");
		break;
	case IDENTIFIES_SIM:
		score_limit(a, "Shows a carrier's registration service, not who made the module.");
		break;
	default:
		break;
	}
	if (a->lead->feed != NULL && !a->entity->is_feed)
		score_limit(a, "Rests on a feed of outside intelligence, as of its date; that the feed is of this entity is the word of this sensor's configuration.");
	score_status_limit(a);
}

void
score_role(struct alert *a)
{
	const struct role_row *row = &role_rows[a->role];
	unsigned percent = stage_percent[a->stage];

	a->score_collection = (uint8_t)(row->collection * percent / 100);
	a->score_control = (uint8_t)(row->control * percent / 100);
	a->remediation = row->remediation;
}

void
score_alert(struct alert *a)
{
	if (a->by != NULL) {
		score_rule(a);
		return;
	}
	if (rule_row(a->rule)->finding != FINDING_INFRASTRUCTURE) {
		score_device(a);
		return;
	}
	if (a->rule == DETECT_NETWORK) {
		score_network(a, stage_percent[a->stage]);
		return;
	}
	a->severity = severity_of(a);
	a->confidence = confidence_of(a);
	score_role(a);
	set_limits(a);
}
