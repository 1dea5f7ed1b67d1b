/* SPDX-License-Identifier: Apache-2.0 */
/* alerts.c - hash of open alerts, a list of the quiet ones, a queue of those not written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alerts.h"
#include "config.h"
#include "hash.h"
#include "packet_clock.h"
#include "rule.h"
#include "score.h"

enum { BUCKETS = 4096 };	/* open alerts are few: they are what a person reads */

struct alert_book {
	const struct config *cfg;
	uint64_t *counters;	/* enum detect_counter */
	alert_fn raise;
	void *arg;
	judge_fn judge;
	void *judge_arg;
	struct hash_seed seed;
	struct open_alert *bucket[BUCKETS];
	struct open_alert *quietest, *latest;
	struct open_alert *first, *last;	/* in order of opening */
	struct open_alert *due_first, **due_last;
	size_t n;
	uint64_t now_us;	/* of the last tick */
	uint64_t next_tick_us;
};

struct alert_book *
alert_book_new(const struct config *cfg, uint64_t *counters, alert_fn raise, void *arg)
{
	struct alert_book *book = calloc(1, sizeof(*book));

	if (book == NULL)
		return NULL;
	book->cfg = cfg;
	book->counters = counters;
	book->raise = raise;
	book->arg = arg;
	book->seed = hash_seed_new();
	book->due_last = &book->due_first;
	return book;
}

void
alert_book_free(struct alert_book *book)
{
	struct open_alert *next;

	if (book == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct open_alert *o = book->bucket[i]; o != NULL; o = next) {
			next = o->chain;
			free(o);
		}
	free(book);
}

static_assert(sizeof(struct alert_key) == 16 + 8 + 2 * sizeof(void *) + 24, "a key has no padding");

static size_t
bucket_of(const struct alert_book *book, const struct alert_key *key)
{
	return hash_octets(&book->seed, key, sizeof(*key)) % BUCKETS;
}

static void
unlink_quiet(struct alert_book *book, struct open_alert *o)
{
	*(o->older != NULL ? &o->older->newer : &book->quietest) = o->newer;
	*(o->newer != NULL ? &o->newer->older : &book->latest) = o->older;
}

static void
link_quiet(struct alert_book *book, struct open_alert *o)
{
	o->quiet_us = book->now_us;
	o->older = book->latest;
	o->newer = NULL;
	*(book->latest != NULL ? &book->latest->newer : &book->quietest) = o;
	book->latest = o;
}

void
alert_book_judge(struct alert_book *book, judge_fn judge, void *arg)
{
	book->judge = judge;
	book->judge_arg = arg;
}

/* Contacts have been judged one by one; what is about a device is judged when all is known of it. */
static bool
is_held(struct alert_book *book, struct open_alert *o)
{
	if (o->alert.has_contact || book->judge == NULL)
		return o->held != NULL;
	o->alert.count -= o->held_count;
	o->held = book->judge(book->judge_arg, &o->alert, o->alert.count);
	o->held_count = o->held == NULL ? 0 : o->held_count + o->alert.count;
	if (o->held != NULL)
		o->alert.count = o->held_count;
	return o->held != NULL;
}

static void
tell(struct alert_book *book, struct open_alert *o, bool final)
{
	o->alert.final = final && o->told;
	o->told = true;
	score_alert(&o->alert);
	book->raise(book->arg, &o->alert);
	book->counters[o->alert.final ? DETECT_COUNT_FINAL : DETECT_COUNT_ALERTS]++;
}

static void
link_open(struct alert_book *book, struct open_alert *o)
{
	o->before = book->last;
	*(book->last != NULL ? &book->last->after : &book->first) = o;
	book->last = o;
}

static void
unlink_open(struct alert_book *book, struct open_alert *o)
{
	*(o->before != NULL ? &o->before->after : &book->first) = o->after;
	*(o->after != NULL ? &o->after->before : &book->last) = o->before;
}

static void
write_alert(struct alert_book *book, struct open_alert *o, uint64_t now_us, bool final)
{
	o->alert.time_us = now_us > o->alert.last_us ? now_us : o->alert.last_us;
	if (!is_held(book, o))
		tell(book, o, final);
	o->written = true;
	o->written_count = o->alert.count;
	o->written_octets = o->alert.octets_out + o->alert.octets_in;
	o->written_stage = o->alert.stage;
}

static void
write_due(struct alert_book *book, uint64_t now_us)
{
	struct open_alert *o = book->due_first;

	book->due_first = o->next_due;
	if (book->due_first == NULL)
		book->due_last = &book->due_first;
	write_alert(book, o, now_us, false);
}

/* Write the closing summary if there is anything to add, and forget the alert. */
static void
close_alert(struct alert_book *book, struct open_alert *o, uint64_t now_us)
{
	struct alert *a = &o->alert;
	struct open_alert **at;

	while (!o->written)
		write_due(book, now_us);	/* in order of first contact, up to this one */
	if (a->count != o->written_count || a->stage != o->written_stage
	    || a->octets_out + a->octets_in != o->written_octets)
		write_alert(book, o, now_us, true);
	at = &book->bucket[bucket_of(book, &o->key)];
	while (*at != o)
		at = &(*at)->chain;
	*at = o->chain;
	unlink_quiet(book, o);
	unlink_open(book, o);
	book->n--;
	free(o);
}

void
alert_book_drop(struct alert_book *book, struct open_alert *o)
{
	struct open_alert **at = &book->bucket[bucket_of(book, &o->key)];

	while (*at != o)
		at = &(*at)->chain;
	*at = o->chain;
	for (at = &book->due_first; *at != NULL && *at != o; at = &(*at)->next_due)
		;
	if (*at == o) {
		*at = o->next_due;
		if (o->next_due == NULL)
			book->due_last = at;
	}
	unlink_quiet(book, o);
	unlink_open(book, o);
	book->n--;
	free(o);
}

/* The one quiet for longest goes. When all are watched there is none. */
static void
make_room(struct alert_book *book)
{
	if (book->quietest == NULL)
		return;
	book->counters[DETECT_COUNT_EVICTED]++;
	close_alert(book, book->quietest, book->now_us);
}

struct open_alert *
alert_book_peek(struct alert_book *book, const struct alert_key *key)
{
	struct open_alert *o = book->bucket[bucket_of(book, key)];

	while (o != NULL && memcmp(&o->key, key, sizeof(*key)) != 0)
		o = o->chain;
	return o;
}

struct open_alert *
alert_book_find(struct alert_book *book, const struct alert_key *key, uint64_t time_us,
    bool *is_new)
{
	size_t at = bucket_of(book, key);
	struct open_alert *o = alert_book_peek(book, key);

	*is_new = false;
	if (o != NULL && o->watchers == 0
	    && time_us > o->alert.last_us + (uint64_t)book->cfg->fold_s * 1000000) {
		/* quiet for longer than alerts fold, though no tick has said so */
		close_alert(book, o, book->now_us);
		o = NULL;
	}
	if (o != NULL)
		return o;
	if (book->n >= book->cfg->max_open)
		make_room(book);
	if (book->n >= book->cfg->max_open || (o = calloc(1, sizeof(*o))) == NULL)
		return NULL;
	*is_new = true;
	o->key = *key;
	o->alert.rule = (enum detect_rule)key->rule;
	o->alert.lead = key->about;
	o->alert.by = key->by;
	o->alert.entity = key->about != NULL ? key->about->entity
	    : key->by != NULL ? key->by->entity : NULL;
	o->alert.other = (struct alert_other){ DIGITS_NONE, DIGITS_NONE };
	o->alert.first_us = o->alert.last_us = time_us;
	o->seen_us = book->now_us;
	o->chain = book->bucket[at];
	book->bucket[at] = o;
	link_quiet(book, o);
	link_open(book, o);
	*book->due_last = o;
	book->due_last = &o->next_due;
	book->n++;
	return o;
}

void
alert_book_watch(struct alert_book *book, struct open_alert *o)
{
	if (o->watchers++ == 0)
		unlink_quiet(book, o);
}

void
alert_book_unwatch(struct alert_book *book, struct open_alert *o)
{
	if (--o->watchers == 0)
		link_quiet(book, o);
}

void
alert_book_touch(struct open_alert *o, uint64_t time_us)
{
	if (time_us > o->alert.last_us)
		o->alert.last_us = time_us;
}

/* Has it waited for so long? What began in what is now the future has: time was set back. */
static bool
is_over(uint64_t now_us, uint64_t since_us, uint64_t wait_us)
{
	return now_us >= since_us + wait_us || since_us > now_us + PACKET_CLOCK_STEP_US;
}

void
alert_book_tick(struct alert_book *book, uint64_t now_us)
{
	uint64_t settle_us = (uint64_t)book->cfg->settle_s * 1000000;
	uint64_t fold_us = (uint64_t)book->cfg->fold_s * 1000000;

	book->now_us = now_us;
	if (now_us < book->next_tick_us && now_us + 2000000 > book->next_tick_us)
		return;
	book->next_tick_us = now_us + 1000000;
	while (book->due_first != NULL && is_over(now_us, book->due_first->seen_us, settle_us))
		write_due(book, now_us);
	while (book->quietest != NULL && is_over(now_us, book->quietest->quiet_us, fold_us))
		close_alert(book, book->quietest, now_us);
}

/* --- a change of knowledge --- */

size_t
alert_book_sift(struct alert_book *book,
    bool (*holds)(const struct open_alert *o, const struct knowledge *k), const struct knowledge *k)
{
	size_t n = 0;

	for (struct open_alert *o = book->first; o != NULL; o = o->after) {
		o->withdrawn = !holds(o, k);
		n += o->withdrawn;
	}
	return n;
}

/* What was found under the old knowledge is told, though it has not settled. */
static void
write_withdrawn(struct alert_book *book)
{
	struct open_alert **at = &book->due_first, *o;

	while ((o = *at) != NULL) {
		if (!o->withdrawn) {
			at = &o->next_due;
			continue;
		}
		*at = o->next_due;
		write_alert(book, o, book->now_us, false);
	}
	book->due_last = at;
}

void
alert_book_withdraw(struct alert_book *book)
{
	struct open_alert *next;

	write_withdrawn(book);
	for (struct open_alert *o = book->first; o != NULL; o = next) {
		next = o->after;
		if (o->withdrawn) {
			book->counters[DETECT_COUNT_WITHDRAWN]++;
			close_alert(book, o, book->now_us);
		}
	}
}

void
alert_book_rekey(struct alert_book *book,
    void (*adopt)(struct open_alert *o, const struct knowledge *k), const struct knowledge *k)
{
	memset(book->bucket, 0, sizeof(book->bucket));
	for (struct open_alert *o = book->first; o != NULL; o = o->after) {
		struct open_alert **first;

		adopt(o, k);
		first = &book->bucket[bucket_of(book, &o->key)];
		o->chain = *first;
		*first = o;
	}
}

void
alert_book_finish(struct alert_book *book, uint64_t now_us)
{
	while (book->due_first != NULL)
		write_due(book, now_us);
	while (book->quietest != NULL)
		close_alert(book, book->quietest, now_us);
}
