/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.c - which known key did the writer of an unknown one mean? */
#include "config/option.h"
#include "nearest.h"

const char *
option_nearest(const char *name)
{
	const char *best = option_table[0].name;
	unsigned best_edits = nearest_distance(name, best);

	for (size_t i = 1; i < option_count + option_section_count; i++) {
		const char *known = i < option_count ? option_table[i].name
						     : option_sections[i - option_count].name;
		unsigned edits = nearest_distance(name, known);

		if (edits < best_edits) {
			best = known;
			best_edits = edits;
		}
	}
	return best;
}
