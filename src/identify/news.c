/* SPDX-License-Identifier: Apache-2.0 */
/* news.c - what changed, gathered while a message is read and told at its end. */
#include "internal.h"

void
news_numbers(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes,
    const struct told *t, digits old_imei, digits old_imsi)
{
	struct device_news *news = NULL;

	for (unsigned i = 0; i < reg->n_pending && news == NULL; i++)
		if (reg->pending[i].ref == ref
		    && (other == 0 || reg->pending[i].other == 0 || reg->pending[i].other == other))
			news = &reg->pending[i];
	if (news == NULL && reg->n_pending == NEWS_MAX)
		return;
	if (news == NULL) {
		news = &reg->pending[reg->n_pending++];
		*news = (struct device_news){ .ref = ref, .time_us = t->time_us,
			.old_imei = DIGITS_NONE, .old_imsi = DIGITS_NONE,
			.source = t->source };
	}
	news->changes |= changes;
	if (other != 0)
		news->other = other;
	if (old_imei != DIGITS_NONE)
		news->old_imei = old_imei;
	if (old_imsi != DIGITS_NONE)
		news->old_imsi = old_imsi;
}

void
news_add(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes,
    const struct told *t)
{
	news_numbers(reg, ref, other, changes, t, DIGITS_NONE, DIGITS_NONE);
}

void
news_hold(struct identity *reg, struct transaction *tr)
{
	struct device_news *news = &reg->pending[0];

	if (reg->n_pending != 1 || news->other != 0 || (news->changes & ~(unsigned)NEWS_PLAIN) != 0
	    || !device_has_key(reg, device_at(reg, news->ref)))
		return;
	tr->news = *news;
	device_hold(reg, news->ref);
	reg->n_pending = 0;
}

void
news_resume(struct identity *reg, struct transaction *tr, uint64_t time_us)
{
	uint32_t held = tr->news.ref;

	if (held == 0)
		return;
	tr->news.ref = device_resolve(reg, held);
	tr->news.time_us = time_us;
	if (reg->n_pending < NEWS_MAX)
		reg->pending[reg->n_pending++] = tr->news;
	device_release(reg, held);
}

/* A device that was merged away while the message was read is told as what it became. */
void
news_send(struct identity *reg)
{
	unsigned n = reg->n_pending;

	reg->n_pending = 0;
	for (unsigned i = 0; i < n && reg->news != NULL; i++) {
		struct device_news *news = &reg->pending[i];

		if ((device_at(reg, news->ref)->flags & DEVICE_USED) == 0)
			continue;
		news->ref = device_resolve(reg, news->ref);
		if (news->other != 0 && (news->changes & DEVICE_MERGED) == 0)
			news->other = (device_at(reg, news->other)->flags & DEVICE_USED) == 0 ? 0
			    : device_resolve(reg, news->other);
		reg->news(reg->news_arg, news);
	}
}
