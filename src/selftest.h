/* SPDX-License-Identifier: Apache-2.0 */
/* selftest.h - does the knowledge still find what it says, and nothing else? Runs the proofs of
 * each pack (PACK/proof/expect.csv and the captures beside it) through a monitor of this process. */
#ifndef PICKET_SELFTEST_H
#define PICKET_SELFTEST_H

#include <stdio.h>

#include "monitor.h"

struct config;

/** Prove every pack of cfg->knowledge_paths; of the rest of `cfg` nothing is used. Prints a table by
 * family to `out`, and a line for each proof that failed. EXIT_CODE_OK, or EXIT_CODE_KNOWLEDGE when
 * one failed, is missing or cannot be read. */
enum exit_code selftest(const struct config *cfg, FILE *out);

#endif
