/* SPDX-License-Identifier: Apache-2.0 */
/* intel_pattern.h - patterns of STIX 2.1. */
#ifndef PICKET_KNOWLEDGE_INTEL_PATTERN_H
#define PICKET_KNOWLEDGE_INTEL_PATTERN_H

#include "intel.h"

/** Hand each alternative of a pattern to intel_value() or intel_skip(); a pattern that is not understood
 * counts as one. */
void intel_pattern(struct feed_reader *r, const char *pattern, const struct intel_meta *meta);

#endif
