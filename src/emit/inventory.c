/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.c - counts the devices of the registry by maker. For people, after a run. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "identify.h"
#include "inventory.h"
#include "knowledge.h"
#include "macros.h"
#include "writer.h"

enum { MAKERS_MAX = 1024, MODELS_SHOWN = 3, NAME_WIDTH = 40 };
#define US_PER_DAY (UINT64_C(86400) * 1000000)

struct maker_row {
	const char *name;
	const struct entity *entity;	/* NULL: only a name */
	const char *model[MODELS_SHOWN];
	unsigned n_models;	/* different ones, counted up to MODELS_SHOWN + 1 */
	uint64_t devices, roaming;
};

struct inventory {
	const struct identity *reg;
	struct maker_row row[MAKERS_MAX];
	size_t n;
	uint64_t devices, modules, left_out;
};

static void
count_model(struct maker_row *row, const char *model)
{
	if (model == NULL || model[0] == '\0' || row->n_models > MODELS_SHOWN)
		return;
	for (unsigned i = 0; i < row->n_models; i++)
		if (strcmp(row->model[i], model) == 0)
			return;
	if (row->n_models < MODELS_SHOWN)
		row->model[row->n_models] = model;
	row->n_models++;
}

/* What is said where no table knows the TAC: who allocated it, which proves no maker. */
static const char *
unknown_name(digits imei)
{
	static const struct {
		const char *body, *name;
	} rows[] = {
		{ "TAF (China)", "unknown, TAC allocated by TAF (China)" },
	};
	const char *body = tac_reporting_body(imei_tac(imei));

	for (size_t i = 0; body != NULL && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].body, body) == 0)
			return rows[i].name;
	return "unknown TAC";
}

static struct maker_row *
row_of(struct inventory *v, const char *name, const struct entity *entity)
{
	size_t i = 0;

	while (i < v->n && (v->row[i].entity != entity || strcmp(v->row[i].name, name) != 0))
		i++;
	if (i == v->n) {
		if (i == MAKERS_MAX)
			return NULL;
		v->row[v->n++] = (struct maker_row){ .name = name, .entity = entity };
	}
	return &v->row[i];
}

static void
count_device(void *arg, device_ref ref)
{
	struct inventory *v = arg;
	struct device_view view;
	struct maker_row *row;
	const struct tac *tac;

	identity_view(v->reg, ref, NULL, &view);
	v->devices++;
	tac = view.tac;
	if (view.imei != DIGITS_NONE)
		v->modules++;
	if (view.imei == DIGITS_NONE)
		row = row_of(v, view.imsi != DIGITS_NONE || view.msisdn != DIGITS_NONE
		    ? "SIM seen, IMEI not seen" : "no cellular identity seen", NULL);
	else if (tac == NULL)
		row = row_of(v, unknown_name(view.imei), NULL);
	else
		row = row_of(v, tac_maker_name(tac), tac->maker);
	if (row == NULL) {
		v->left_out++;
		return;
	}
	row->devices++;
	row->roaming += view.roaming;
	count_model(row, tac == NULL ? NULL : tac->model);
}

static enum listing_status
status_of(const struct maker_row *row)
{
	return row->entity == NULL ? LISTING_NONE : row->entity->status;
}

static int
by_status(const void *a, const void *b)
{
	const struct maker_row *x = a, *y = b;

	if (status_of(x) != status_of(y))
		return status_of(x) < status_of(y) ? 1 : -1;
	if ((x->entity == NULL) != (y->entity == NULL))
		return x->entity == NULL ? 1 : -1;
	if (x->devices != y->devices)
		return x->devices < y->devices ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* "2027-06-30, 219 days left: what happens", or that it is past. */
static void
print_deadline(const struct listing *l, uint64_t now_us, FILE *out)
{
	uint64_t first, last;

	if (l->list->deadline == NULL || date_parse(l->list->deadline, &first, &last) != 0)
		return;
	if (now_us > last)
		fprintf(out, "; deadline %s, past", l->list->deadline);
	else
		fprintf(out, "; deadline %s, %llu days left", l->list->deadline,
		    (unsigned long long)((last - now_us) / US_PER_DAY));
	if (l->list->deadline_what != NULL)
		fprintf(out, ": %s", l->list->deadline_what);
}

static void
print_listings(const struct maker_row *row, uint64_t now_us, FILE *out)
{
	for (size_t i = 0; row->entity != NULL && i < row->entity->n_listings; i++) {
		const struct listing *l = &row->entity->listings[i];

		if (!l->named || !l->verified)
			continue;
		fprintf(out, "      %s: %s%s%s%s", listing_status_name(l->list->status),
		    l->list->name, l->since != NULL ? ", since " : "",
		    l->since != NULL ? l->since : "", l->affiliate ? " (affiliate)" : "");
		print_deadline(l, now_us, out);
		fputc('\n', out);
	}
}

static void
print_row(const struct maker_row *row, FILE *out)
{
	char name[256], model[256];
	const char *status = row->entity == NULL ? "-" : listing_status_name(row->entity->status);

	fprintf(out, "  %-*.*s %9llu  %-12s ", NAME_WIDTH, NAME_WIDTH,
	    writer_show(NULL, row->name, strlen(row->name), name, sizeof(name)),
	    (unsigned long long)row->devices, status);
	for (unsigned i = 0; i < row->n_models && i < MODELS_SHOWN; i++)
		fprintf(out, "%s%s", i == 0 ? "" : ", ",
		    writer_show(NULL, row->model[i], strlen(row->model[i]), model,
			sizeof(model)));
	fprintf(out, "%s\n", row->n_models > MODELS_SHOWN ? ", ..." : "");
}

void
inventory_print(const struct identity *reg, uint64_t now_us, FILE *out)
{
	struct inventory *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return;
	v->reg = reg;
	identity_walk(reg, count_device, v);
	qsort(v->row, v->n, sizeof(v->row[0]), by_status);
	fprintf(out, "\n%llu devices, of %llu of them the module's IMEI was seen\n",
	    (unsigned long long)v->devices, (unsigned long long)v->modules);
	if (v->n != 0)
		fprintf(out, "\n  %-*s %9s  %-12s %s\n", NAME_WIDTH, "maker by TAC", "devices",
		    "status", "models");
	for (size_t i = 0; i < v->n; i++) {
		print_row(&v->row[i], out);
		print_listings(&v->row[i], now_us, out);
	}
	if (v->left_out != 0)
		fprintf(out, "  and %llu devices of further makers\n",
		    (unsigned long long)v->left_out);
	fprintf(out, "\n  A TAC names the company to which it was allocated: a strong hint at the maker,"
	    "\n  not a proof. A device that is not here was not seen; that clears nobody.\n");
	free(v);
}
