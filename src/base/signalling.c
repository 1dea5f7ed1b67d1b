/* SPDX-License-Identifier: Apache-2.0 */
/* signalling.c - filling one message; names of what it says. */
#include <string.h>

#include "cursor.h"
#include "macros.h"
#include "signalling.h"

const char *
signalling_source_name(enum signalling_source source)
{
	static const char *const names[SIGNALLED_N] = {
#define X(id, name) [id] = name,
		SIGNALLING_SOURCES(X)
#undef X
	};

	return (unsigned)source < SIGNALLED_N ? names[source] : "unknown";
}

const char *
signalling_rat_name(uint8_t rat)
{
	static const char *const names[] = {
		[RAT_UTRAN] = "utran", [RAT_GERAN] = "geran", [RAT_WLAN] = "wlan",
		[RAT_GAN] = "gan", [RAT_HSPA] = "hspa", [RAT_EUTRAN] = "e-utran",
		[RAT_VIRTUAL] = "virtual", [RAT_NB_IOT] = "nb-iot", [RAT_LTE_M] = "lte-m",
		[RAT_NR] = "nr",
	};

	return rat < ARRAY_LEN(names) ? names[rat] : NULL;
}

void
signalling_init(struct signalling *s)
{
	memset(s, 0, sizeof(*s));
	s->imsi = s->msisdn = s->imei = DIGITS_NONE;
}

void
signalling_add_end(struct signalling *s, const struct signalling_end *end)
{
	if (end->id == 0 || addr_is_unspecified(&end->node))
		return;
	if (s->n_ends == SIGNALLING_ENDS_MAX) {
		s->cut = true;
		return;
	}
	s->end[s->n_ends++] = *end;
}

/* The bits behind the prefix are the device's own affair. */
static struct cidr
prefix_of(const struct addr *a, uint8_t len)
{
	struct cidr prefix = { *a, len };

	for (unsigned i = len / 8u; i < sizeof(a->octet); i++)
		prefix.base.octet[i] &= i == len / 8u ? (uint8_t)(0xff00 >> len % 8) : 0;
	return prefix;
}

void
signalling_add_addr(struct signalling *s, const struct addr *a, uint8_t len)
{
	struct cidr ue;

	if (addr_is_unspecified(a) || addr_is_multicast(a) || len == 0 || len > 128)
		return;
	ue = prefix_of(a, len);
	for (unsigned i = 0; i < s->n_ue; i++)
		if (s->ue[i].len == len && addr_equal(&s->ue[i].base, &ue.base))
			return;
	if (s->n_ue == SIGNALLING_ADDRS_MAX) {
		s->cut = true;
		return;
	}
	s->ue[s->n_ue++] = ue;
}

/* The operator identifier is "mnc<3 digits>.mcc<3 digits>.gprs" (TS 23.003, 9.1.2). */
static void
cut_operator(char *apn)
{
	static const char form[] = ".mnc000.mcc000.gprs";
	size_t n = strlen(apn);
	const char *tail = apn + n - (sizeof(form) - 1);

	if (n < sizeof(form))		/* a network identifier comes before it */
		return;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? tail[i] < '0' || tail[i] > '9' : tail[i] != form[i])
			return;
	apn[n - (sizeof(form) - 1)] = '\0';
}

void
signalling_set_apn_text(struct signalling *s, const void *text, size_t len)
{
	signalling_copy_name(s->apn, SIGNALLING_APN_MAX, text, len);
	for (char *at = s->apn; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at + 32);
	cut_operator(s->apn);
}

bool
signalling_set_apn(struct signalling *s, const uint8_t *labels, size_t len)
{
	char text[SIGNALLING_APN_MAX + 1];
	struct cursor in = cursor_over(labels, len);
	size_t n = 0;

	s->apn[0] = '\0';
	while (cur_left(&in) != 0) {
		struct cursor label = cur_sub(&in, cur_u8(&in));
		size_t octets = cur_left(&label);

		if (octets == 0 && n != 0 && cur_left(&in) == 0 && !label.short_read)
			break;			/* some cores close it with the root label */
		if (label.short_read || octets == 0 || n + octets + 1 > sizeof(text))
			return false;
		if (n != 0)
			text[n++] = '.';
		memcpy(text + n, cur_take(&label, octets), octets);
		n += octets;
	}
	signalling_set_apn_text(s, text, n);
	return n != 0;
}

void
signalling_copy_name(char *to, size_t max, const void *from, size_t len)
{
	const char *octets = from;
	size_t n = 0;

	while (n < len && n < max && octets[n] != '\0') {
		to[n] = octets[n];
		n++;
	}
	to[n] = '\0';
}
