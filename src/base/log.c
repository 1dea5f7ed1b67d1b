/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - one escaped line per message on stderr. */
#include <stdarg.h>
#include <stdio.h>

#include "log.h"

enum { LINE_MAX_OCTETS = 1024 };

/* The one mutable global of the program: messages may come before there is a monitor. */
static enum log_level level_now = LOG_LEVEL_INFO;

void
log_set_level(enum log_level level)
{
	level_now = level;
}

/* Octets that could steer a terminal, or forge a second line, become \xNN. */
static void
write_line(const char *stage, const char *text)
{
	char line[4 * LINE_MAX_OCTETS + 64];
	size_t n = (size_t)snprintf(line, 48, "picketd: %s: ", stage);

	for (const char *p = text; *p != '\0' && n + 6 < sizeof(line); p++) {
		unsigned char octet = (unsigned char)*p;

		if (octet < 0x20 || octet >= 0x7f)
			n += (size_t)snprintf(line + n, 5, "\\x%02x", octet);
		else
			line[n++] = (char)octet;
	}
	line[n++] = '\n';
	(void)fwrite(line, 1, n, stderr);
}

#define LOG_AT(level_name)					\
	do {							\
		char text[LINE_MAX_OCTETS];			\
		va_list ap;					\
								\
		if (level_now < (level_name))			\
			return;					\
		va_start(ap, fmt);				\
		(void)vsnprintf(text, sizeof(text), fmt, ap);	\
		va_end(ap);					\
		write_line(stage, text);			\
	} while (0)

void
log_error(const char *stage, const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_ERROR);
}

void
log_warn(const char *stage, const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_WARN);
}

void
log_info(const char *stage, const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_INFO);
}

void
log_debug(const char *stage, const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_DEBUG);
}
