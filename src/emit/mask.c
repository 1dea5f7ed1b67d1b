/* SPDX-License-Identifier: Apache-2.0 */
/* mask.c - tokens for IMSI, MSISDN and IMEI. */
#include <errno.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "macros.h"
#include "mask.h"

enum { MSISDN_LEAST = 7, MSISDN_MOST = 15 };	/* E.164, 6.2.1: 15 at most */
enum { KEY_LEAST = 16, KEY_MOST = 4096, TOKEN_OCTETS = 6 };

struct mask {
	struct hmac_sha256_ctx keyed;
	bool masked[MASK_KIND_N];
};

static const char *const words[MASK_KIND_N] = {
	[MASK_IMSI] = "imsi", [MASK_MSISDN] = "msisdn", [MASK_IMEI] = "imei_serial"
};

static int
take_words(struct mask *m, const struct config *cfg, char *err, size_t err_size)
{
	for (size_t i = 0; i < cfg->privacy_mask.n; i++) {
		unsigned kind = 0;

		while (kind < MASK_KIND_N && strcmp(cfg->privacy_mask.text[i], words[kind]) != 0)
			kind++;
		if (kind == MASK_KIND_N) {
			(void)snprintf(err, err_size, "privacy.mask: '%s' is none of imsi, msisdn, "
			    "imei_serial", cfg->privacy_mask.text[i]);
			return -EINVAL;
		}
		m->masked[kind] = true;
	}
	return 0;
}

static int
take_key(struct mask *m, const char *path, char *err, size_t err_size)
{
	uint8_t key[KEY_MOST];
	size_t n;
	FILE *in;
	int result;

	if (path == NULL) {
		(void)snprintf(err, err_size, "privacy.mask needs privacy.key_file");
		return -EINVAL;
	}
	in = fopen(path, "re");
	if (in == NULL) {
		result = -errno;
		(void)snprintf(err, err_size, "privacy.key_file: cannot open '%s': %s", path,
		    strerror(-result));
		return result;
	}
	setbuf(in, NULL);	/* no second copy of the key */
	n = fread(key, 1, sizeof(key), in);
	result = ferror(in) != 0 ? -EIO : n < KEY_LEAST ? -EINVAL : 0;
	(void)fclose(in);
	if (result != 0)
		(void)snprintf(err, err_size, "privacy.key_file: '%s' %s", path,
		    result == -EIO ? "cannot be read" : "holds less than 16 octets");
	else
		hmac_sha256_set_key(&m->keyed, n, key);
	explicit_bzero(key, sizeof(key));
	return result;
}

int
mask_new(struct mask **out, const struct config *cfg, char *err, size_t err_size)
{
	struct mask *m;
	int result;

	*out = NULL;
	if (cfg->privacy_mask.n == 0)
		return 0;
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		(void)snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	result = take_words(m, cfg, err, err_size);
	if (result == 0)
		result = take_key(m, cfg->privacy_key_file, err, err_size);
	if (result != 0) {
		mask_free(m);
		return result;
	}
	*out = m;
	return 0;
}

void
mask_free(struct mask *m)
{
	if (m == NULL)
		return;
	explicit_bzero(m, sizeof(*m));
	free(m);
}

/* Mobile network codes have three digits in North America and some other countries (ITU E.212
 * annex), two elsewhere. Where it is not known, two are shown. */
static unsigned
imsi_network_digits(digits imsi)
{
	static const uint16_t three[] = { 302, 310, 311, 312, 313, 314, 315, 316, 334, 338, 342,
		344, 346, 348, 352, 354, 356, 358, 360, 365, 366, 376, 708, 722, 732, 750 };
	unsigned mcc = digits_at(imsi, 0) * 100 + digits_at(imsi, 1) * 10 + digits_at(imsi, 2);

	for (size_t i = 0; i < ARRAY_LEN(three); i++)
		if (three[i] == mcc)
			return 6;
	return 5;
}

static size_t
write_token(const struct mask *m, enum mask_kind kind, digits number, unsigned shown,
    char text[static MASK_TEXT_MAX])
{
	static const char hex[] = "0123456789abcdef";
	struct hmac_sha256_ctx hmac = m->keyed;
	char plain[DIGITS_TEXT_MAX];
	uint8_t token[TOKEN_OCTETS];
	size_t n = digits_text(number, plain), at = 0;

	hmac_sha256_update(&hmac, strlen(words[kind]) + 1, (const uint8_t *)words[kind]);
	hmac_sha256_update(&hmac, n, (const uint8_t *)plain);
	hmac_sha256_digest(&hmac, sizeof(token), token);
	if (shown != 0) {
		memcpy(text, plain, shown);
		at = shown;
		text[at++] = '-';
	}
	for (unsigned i = 0; i < TOKEN_OCTETS; i++) {
		text[at++] = hex[token[i] >> 4];
		text[at++] = hex[token[i] & 0xf];
	}
	text[at] = '\0';
	return at;
}

size_t
mask_number(const struct mask *m, enum mask_kind kind, digits number,
    char text[static MASK_TEXT_MAX])
{
	unsigned n = digits_count(number);

	if (m == NULL || !m->masked[kind])
		return digits_text(number, text);
	switch (kind) {
	case MASK_IMSI:
		return write_token(m, kind, number, n > 6 ? imsi_network_digits(number) : 0, text);
	case MASK_IMEI:
		return write_token(m, kind, digits_first(number, IMEI_KEY_DIGITS),
		    n > IMEI_TAC_DIGITS ? IMEI_TAC_DIGITS : 0, text);
	default:
		return write_token(m, kind, number, 0, text);
	}
}

size_t
mask_run(const struct mask *m, const void *octets, size_t len, bool says_msisdn,
    char text[static MASK_TEXT_MAX])
{
	digits number;
	bool imei;

	if (m == NULL || len < MSISDN_LEAST)
		return 0;
	if (len > IMEISV_DIGITS) {	/* with something before or behind it: nothing is shown */
		(void)snprintf(text, MASK_TEXT_MAX, "masked");
		return strlen(text);
	}
	number = digits_from_text(octets, len);
	if (number == DIGITS_NONE)
		return 0;
	if (says_msisdn && m->masked[MASK_MSISDN] && len <= MSISDN_MOST
	    && (len != IMEI_DIGITS || !imei_check_ok(number)))
		return write_token(m, MASK_MSISDN, number, 0, text);
	if ((!m->masked[MASK_IMSI] && !m->masked[MASK_IMEI]) || len < IMEI_KEY_DIGITS)
		return 0;
	imei = len != IMEI_DIGITS || imei_check_ok(number);
	return write_token(m, imei ? MASK_IMEI : MASK_IMSI,
	    imei ? digits_first(number, IMEI_KEY_DIGITS) : number,
	    imei ? IMEI_TAC_DIGITS : imsi_network_digits(number), text);
}
