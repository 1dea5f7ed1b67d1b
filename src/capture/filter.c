/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - the BPF filter for frames from files; see filter.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "fail.h"
#include "filter.h"

/* Link types with a program of their own. Files choose them, so there is an end to it:
 * frames of further ones are FILTER_UNFIT, which capture counts. */
enum { PROGRAMS_MAX = 64, FILTER_SNAPLEN = 262144 };

struct program {
	int link_type;
	bool fits;
	struct bpf_program bpf;
};

struct filter {
	char *expression;
	struct program *last;	/* used by the frame before */
	size_t n;
	struct program program[PROGRAMS_MAX];
	char why[PCAP_ERRBUF_SIZE];	/* it last did not compile */
};

struct filter *
filter_new(const char *expression)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (f != NULL && asprintf(&f->expression, "%s", expression) < 0) {
		free(f);
		return NULL;
	}
	return f;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->program[i].fits)
			pcap_freecode(&f->program[i].bpf);
	free(f->expression);
	free(f);
}

int
filter_compile(pcap_t *pcap, const char *expression, struct bpf_program *program, char *why,
    size_t why_size)
{
	if (pcap_compile(pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0)
		return 0;
	snprintf(why, why_size, "%s", pcap_geterr(pcap));
	return -1;
}

static struct program *
add_program(struct filter *f, int link_type)
{
	struct program *p = &f->program[f->n];
	pcap_t *dead = pcap_open_dead(link_type, FILTER_SNAPLEN);

	if (dead == NULL)
		return NULL;
	p->link_type = link_type;
	p->fits = filter_compile(dead, f->expression, &p->bpf, f->why, sizeof(f->why)) == 0;
	pcap_close(dead);
	f->n++;
	return p;
}

static struct program *
program_for(struct filter *f, int link_type)
{
	if (f->last != NULL && f->last->link_type == link_type)
		return f->last;
	f->last = NULL;
	for (size_t i = 0; i < f->n; i++)
		if (f->program[i].link_type == link_type)
			f->last = &f->program[i];
	if (f->last == NULL && f->n < PROGRAMS_MAX)
		f->last = add_program(f, link_type);
	return f->last;
}

int
filter_check(struct filter *f, int link_type, struct capture_error *err)
{
	struct program *p = program_for(f, link_type);

	if (p == NULL)
		return capture_fail(err, -ENOMEM, "filter '%s': out of memory", f->expression);
	if (!p->fits)
		return capture_fail(err, -EINVAL, "filter '%s': %s", f->expression, f->why);
	return 0;
}

bool
filter_fits_any(const struct filter *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->program[i].fits)
			return true;
	return false;
}

enum filter_answer
filter_frame(struct filter *f, const struct frame *frame)
{
	struct pcap_pkthdr h = { .caplen = frame->cap_len, .len = frame->wire_len };
	struct program *p;

	if (f == NULL)
		return FILTER_PASS;
	p = program_for(f, frame->link_type);
	if (p == NULL || !p->fits)
		return FILTER_UNFIT;
	return pcap_offline_filter(&p->bpf, &h, frame->data) != 0 ? FILTER_PASS : FILTER_BLOCK;
}
