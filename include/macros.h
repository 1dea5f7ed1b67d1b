/* SPDX-License-Identifier: Apache-2.0 */
/* macros.h - the few words C lacks. */
#ifndef PICKET_MACROS_H
#define PICKET_MACROS_H

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
