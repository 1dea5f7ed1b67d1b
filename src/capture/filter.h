/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - the BPF filter, compiled once for each link type that turns up in files. */
#ifndef PICKET_CAPTURE_FILTER_H
#define PICKET_CAPTURE_FILTER_H

#include <pcap/pcap.h>
#include <stdbool.h>

#include "packet.h"

struct filter;
struct capture_error;

enum filter_answer { FILTER_PASS, FILTER_BLOCK, FILTER_UNFIT };

/** Borrows `expression`. NULL when out of memory. */
struct filter *filter_new(const char *expression);
void filter_free(struct filter *f);

/** Does the expression compile for this link type? 0, or -EINVAL with `err` filled. */
int filter_check(struct filter *f, int link_type, struct capture_error *err);

/** Did it compile for any link type so far? */
bool filter_fits_any(const struct filter *f);

/** Is the frame wanted? FILTER_UNFIT: the filter means nothing for its link type. `f` may be
 * NULL: everything is. */
enum filter_answer filter_frame(struct filter *f, const struct frame *frame);

/** Compile into *program, owned by the caller (pcap_freecode). 0, or -1 with `why` filled. */
int filter_compile(pcap_t *pcap, const char *expression, struct bpf_program *program,
    char *why, size_t why_size);

#endif
