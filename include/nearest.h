/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - which known name did the writer of an unknown one mean? */
#ifndef PICKET_NEAREST_H
#define PICKET_NEAREST_H

/** Edits between a key as written and a known dotted name: insert, delete, replace, swap. A key in
 * the wrong section is near too: the last parts alone, at the price of one edit. Names are
 * compared up to 64 octets. */
unsigned nearest_distance(const char *key, const char *name);

#endif
