/* SPDX-License-Identifier: Apache-2.0 */
/* classic.c - reader of classic pcap files: libpcap over a FILE that reads our input, so
 * that plain, compressed and piped files are one case, and the read size is ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "cursor.h"
#include "input.h"
#include "macros.h"

struct classic {
	pcap_t *pcap;	/* owns the FILE */
	int link_type;
	char *buffer;	/* of the FILE, must outlive it */
};

/* First four octets in the writer's byte order: libpcap's sf-pcap.c lists them. */
static const uint32_t magics[] = {
	0xa1b2c3d4,	/* microseconds (draft-ietf-opsawg-pcap, 4) */
	0xa1b23c4d,	/* nanoseconds (same) */
	0xa1b2cd34,	/* Kuznetsov's patched libpcap */
	0xa1b234cd,	/* F. Mesquita's */
	0xa12b3c4d,	/* Navtel */
};

bool
classic_is_magic(const uint8_t *at, size_t n)
{
	struct cursor be = cursor_over(at, n), le = be;
	uint32_t as_be = cur_be32(&be), as_le = cur_le32(&le);

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (!be.short_read && (magics[i] == as_be || magics[i] == as_le))
			return true;
	return false;
}

static ssize_t
cookie_read(void *cookie, char *to, size_t n)
{
	return (ssize_t)input_read(cookie, to, n);
}

/* Never relative but to ask where it stands: ftello() and fseeko() need no more. */
static int
cookie_seek(void *cookie, off64_t *position, int whence)
{
	if (whence == SEEK_SET && *position >= 0) {
		if (input_seek(cookie, (uint64_t)*position) != 0)
			return -1;
	} else if (whence != SEEK_CUR || *position != 0) {
		return -1;
	}
	*position = (off64_t)input_position(cookie);
	return 0;
}

struct classic *
classic_new(struct input *in, size_t chunk, char *why)
{
	struct classic *c = calloc(1, sizeof(*c));
	char *buffer = malloc(chunk);
	FILE *file = fopencookie(in, "r",
	    (cookie_io_functions_t){ .read = cookie_read, .seek = cookie_seek });

	snprintf(why, PCAP_ERRBUF_SIZE, "out of memory");
	if (c != NULL && buffer != NULL && file != NULL) {
		setvbuf(file, buffer, _IOFBF, chunk);
		c->buffer = buffer;
		c->pcap = pcap_fopen_offline(file, why);
	}
	if (c == NULL || c->pcap == NULL) {
		if (file != NULL)
			fclose(file);	/* libpcap leaves it open when it fails */
		free(buffer);
		free(c);
		return NULL;
	}
	c->link_type = pcap_datalink(c->pcap);
	return c;
}

void
classic_free(struct classic *c)
{
	if (c == NULL)
		return;
	pcap_close(c->pcap);
	free(c->buffer);
	free(c);
}

enum record
classic_next(struct classic *c, struct frame *frame)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int rc = pcap_next_ex(c->pcap, &h, &data);

	if (rc != 1)
		return rc == PCAP_ERROR_BREAK ? RECORD_END : RECORD_BROKEN;
	classic_frame(frame, h, data, c->link_type);
	return RECORD_FRAME;
}

int
classic_each(struct classic *c, int max, pcap_handler each, void *arg, enum record *last)
{
	int n = pcap_dispatch(c->pcap, max, each, arg);

	*last = n > 0 ? RECORD_FRAME : n == 0 ? RECORD_END : RECORD_BROKEN;
	return n < 0 ? 0 : n;
}

int
classic_link_type(const struct classic *c)
{
	return c->link_type;
}

const char *
classic_reason(struct classic *c)
{
	return pcap_geterr(c->pcap);
}

int64_t
classic_position(struct classic *c)
{
	return ftello(pcap_file(c->pcap));
}

int
classic_seek(struct classic *c, uint64_t position)
{
	return fseeko(pcap_file(c->pcap), (off_t)position, SEEK_SET);
}
