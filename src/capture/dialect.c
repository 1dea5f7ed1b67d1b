/* SPDX-License-Identifier: Apache-2.0 */
/* dialect.c - classic pcap files that only libpcap knows: libpcap over a FILE that reads our
 * input, so that plain, compressed and piped files are one case. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pcap/pcap.h>

#include "dialect.h"
#include "input.h"
#include "macros.h"

struct dialect {
	pcap_t *pcap;	/* owns the FILE */
	int link_type;
	uint64_t position;
};

/* libpcap's sf-pcap.c lists them. What it cannot read, it refuses in words of its own. */
static const uint32_t magics[] = {
	0xa1b2cd34,	/* Kuznetsov's patched libpcap */
	0xa1b234cd,	/* F. Mesquita's */
	0xa12b3c4d,	/* Navtel */
};

/* Headers in the writer's byte order, which libpcap turns around (its pcap-util.c), and
 * frames that may be longer than others (its pcap-int.h). */
static const int special_links[] = {
	DLT_USB_LINUX, DLT_USB_LINUX_MMAPPED, DLT_NFLOG, DLT_DBUS, DLT_USBPCAP,
};

bool
dialect_is_magic(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (magics[i] == magic)
			return true;
	return false;
}

bool
dialect_needs(int link_type)
{
	for (size_t i = 0; i < ARRAY_LEN(special_links); i++)
		if (special_links[i] == link_type)
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

struct dialect *
dialect_new(struct input *in, char *why, size_t why_size)
{
	char text[PCAP_ERRBUF_SIZE] = "out of memory";
	struct dialect *d = calloc(1, sizeof(*d));
	FILE *file = fopencookie(in, "r",
	    (cookie_io_functions_t){ .read = cookie_read, .seek = cookie_seek });

	if (d != NULL && file != NULL)
		d->pcap = pcap_fopen_offline(file, text);
	if (d == NULL || d->pcap == NULL) {
		if (file != NULL)
			fclose(file);	/* libpcap leaves it open when it fails */
		free(d);
		snprintf(why, why_size, "%s", text);
		return NULL;
	}
	d->link_type = pcap_datalink(d->pcap);
	return d;
}

void
dialect_free(struct dialect *d)
{
	if (d == NULL)
		return;
	pcap_close(d->pcap);
	free(d);
}

enum record
dialect_next(struct dialect *d, struct frame *frame)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	off_t at = ftello(pcap_file(d->pcap));
	int rc = pcap_next_ex(d->pcap, &h, &data);

	d->position = at < 0 ? 0 : (uint64_t)at;	/* a pipe, which is never parked */
	if (rc != 1)
		return rc == PCAP_ERROR_BREAK ? RECORD_END : RECORD_BROKEN;
	frame->data = data;
	frame->cap_len = h->caplen;
	frame->wire_len = h->len < h->caplen ? h->caplen : h->len;
	/* Both are 32 bits wide in the file and unsigned, libpcap's are not. */
	frame->time_us = (uint64_t)(uint32_t)h->ts.tv_sec * 1000000 + (uint32_t)h->ts.tv_usec;
	frame->link_type = d->link_type;
	return RECORD_FRAME;
}

const char *
dialect_reason(struct dialect *d)
{
	return pcap_geterr(d->pcap);
}

uint64_t
dialect_position(const struct dialect *d)
{
	return d->position;
}

int
dialect_seek(struct dialect *d, uint64_t position)
{
	return fseeko(pcap_file(d->pcap), (off_t)position, SEEK_SET) == 0 ? 0 : -errno;
}
