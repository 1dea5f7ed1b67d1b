/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.h - the fleet by maker: how many devices, how each maker stands to official lists,
 * and how many days are left to the next deadline. */
#ifndef PICKET_INVENTORY_H
#define PICKET_INVENTORY_H

#include <stdint.h>
#include <stdio.h>

struct identity;

/** Print the table as of `now_us` (packet time: the days left count from there). */
void inventory_print(const struct identity *reg, uint64_t now_us, FILE *out);

#endif
