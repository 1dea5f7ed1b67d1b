/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - interfaces, by libpcap without waiting; and what was lost on them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "config.h"
#include "fail.h"
#include "filter.h"
#include "live.h"
#include "macros.h"

/* A block of the kernel's ring is handed over when full or after this time: few wake-ups
 * under load, and no packet waits longer. */
enum { BLOCK_TIMEOUT_MS = 50, PER_TURN = 64, INTERFACES_MAX = 256 };

/* Files of /sys/class/net/IF/statistics (Documentation/ABI/testing/sysfs-class-net-statistics
 * of Linux) and the counter that each goes to. */
static const struct {
	const char *name;
	enum capture_counter counter;
} losses[] = {
	{ "rx_dropped", CAPTURE_RX_DROPPED },
	{ "rx_missed_errors", CAPTURE_RX_MISSED },
	{ "rx_fifo_errors", CAPTURE_RX_FIFO },
};

struct interface {
	pcap_t *pcap;
	char *name;
	int fd;
	struct frame frame;		/* link type and source are set once */
	u_int kernel_drops, if_drops;	/* of pcap_stats(), when last looked at */
	bool has_sysfs;
	uint64_t lost[ARRAY_LEN(losses)];	/* of sysfs, when last looked at */
};

struct live {
	uint64_t *count;
	capture_frame_fn fn;		/* of the call of live_read() that runs */
	void *arg;
	size_t next;			/* whose turn it is */
	size_t n;
	struct interface interface[];
};

/* What each_frame() is given: libpcap passes one pointer. */
struct turn {
	struct live *live;
	struct interface *it;
};

static int
errno_of(int pcap_rc)
{
	switch (pcap_rc) {
	case PCAP_ERROR_NO_SUCH_DEVICE:		return -ENODEV;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:	return -EPERM;
	case PCAP_ERROR_IFACE_NOT_UP:		return -ENETDOWN;
	case PCAP_ERROR_CANTSET_TSTAMP_TYPE:
	case PCAP_ERROR_TSTAMP_PRECISION_NOTSUP: return -EINVAL;
	default:				return -EIO;
	}
}

/* Why libpcap refused: the code in words, and what else it has to say. */
static int
fail_pcap(struct interface *it, int pcap_rc, struct capture_error *err)
{
	const char *code = pcap_rc == PCAP_ERROR ? "" : pcap_statustostr(pcap_rc);
	const char *more = pcap_geterr(it->pcap);

	if (strcmp(code, more) == 0)
		more = "";
	return capture_fail(err, errno_of(pcap_rc), "cannot open '%s': %s%s%s", it->name, code,
	    code[0] == '\0' || more[0] == '\0' ? "" : ": ", more);
}

static int
set_timestamp_type(struct interface *it, const char *name, struct capture_error *err)
{
	int type = pcap_tstamp_type_name_to_val(name);

	if (type < 0)
		return capture_fail(err, -EINVAL, "unknown timestamp type '%s'", name);
	if (pcap_set_tstamp_type(it->pcap, type) != 0)
		return capture_fail(err, -EINVAL, "'%s' has no timestamps of type '%s'", it->name,
		    name);
	return 0;
}

static int
set_filter(struct interface *it, const char *expression, struct capture_error *err)
{
	struct bpf_program program;
	char why[PCAP_ERRBUF_SIZE];
	int rc;

	if (filter_compile(it->pcap, expression, &program, why, sizeof(why)) != 0)
		return capture_fail(err, -EINVAL, "filter '%s' on '%s': %s", expression, it->name,
		    why);
	rc = pcap_setfilter(it->pcap, &program);
	pcap_freecode(&program);
	return rc == 0 ? 0 : capture_fail(err, -EIO, "filter '%s' on '%s': %s", expression,
	    it->name, pcap_geterr(it->pcap));
}

static int
activate(struct interface *it, const struct config *cfg, struct capture_error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	uint64_t buffer = cfg->buffer_octets < INT32_MAX ? cfg->buffer_octets : INT32_MAX;
	int rc = 0;

	it->pcap = pcap_create(it->name, why);
	if (it->pcap == NULL)
		return capture_fail(err, -ENODEV, "cannot open '%s': %s", it->name, why);
	if (cfg->snaplen != 0)
		pcap_set_snaplen(it->pcap, cfg->snaplen < INT32_MAX ? (int)cfg->snaplen
		    : INT32_MAX);
	if (buffer != 0)
		pcap_set_buffer_size(it->pcap, (int)buffer);
	pcap_set_promisc(it->pcap, cfg->promiscuous);
	pcap_set_timeout(it->pcap, BLOCK_TIMEOUT_MS);
	if (cfg->timestamp_type != NULL && cfg->timestamp_type[0] != '\0')
		rc = set_timestamp_type(it, cfg->timestamp_type, err);
	if (rc != 0)
		return rc;
	rc = pcap_activate(it->pcap);
	return rc < 0 ? fail_pcap(it, rc, err) : 0;
}

static bool
read_loss(const struct interface *it, const char *what, uint64_t *value)
{
	char path[256], text[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", it->name, what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	*value = strtoull(text, NULL, 10);
	return true;
}

static int
open_interface(struct interface *it, const struct config *cfg, struct capture_error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	int rc = activate(it, cfg, err);

	if (rc == 0 && cfg->filter != NULL && cfg->filter[0] != '\0')
		rc = set_filter(it, cfg->filter, err);
	if (rc != 0)
		return rc;
	if (pcap_setnonblock(it->pcap, 1, why) != 0)
		return capture_fail(err, -EIO, "cannot open '%s': %s", it->name, why);
	it->fd = pcap_get_selectable_fd(it->pcap);
	if (it->fd < 0)
		return capture_fail(err, -EIO, "cannot open '%s': it cannot be waited for",
		    it->name);
	it->frame.link_type = pcap_datalink(it->pcap);
	it->has_sysfs = true;
	for (size_t i = 0; i < ARRAY_LEN(losses); i++)
		it->has_sysfs &= read_loss(it, losses[i].name, &it->lost[i]);
	return 0;
}

int
live_open(struct live **out, const struct config *cfg, uint64_t *count,
    struct capture_error *err)
{
	const struct text_list *names = &cfg->interfaces;
	struct live *l;
	int rc = 0;

	if (names->n > INTERFACES_MAX)
		return capture_fail(err, -E2BIG, "more than %d interfaces", INTERFACES_MAX);
	l = calloc(1, sizeof(*l) + names->n * sizeof(l->interface[0]));
	if (l == NULL)
		return capture_fail(err, -ENOMEM, "out of memory");
	l->count = count;
	for (size_t i = 0; rc == 0 && i < names->n; i++) {
		struct interface *it = &l->interface[l->n++];

		it->frame.source = (uint16_t)i;
		it->name = strdup(names->text[i]);
		rc = it->name == NULL ? capture_fail(err, -ENOMEM, "out of memory")
		    : open_interface(it, cfg, err);
	}
	if (rc != 0) {
		live_free(l);
		return rc;
	}
	*out = l;
	return 0;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (l->interface[i].pcap != NULL)
			pcap_close(l->interface[i].pcap);
		free(l->interface[i].name);
	}
	free(l);
}

static void
each_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct turn *t = (struct turn *)(void *)user;
	struct frame *frame = &t->it->frame;

	frame->data = data;
	frame->cap_len = h->caplen;
	frame->wire_len = h->len < h->caplen ? h->caplen : h->len;
	frame->time_us = (uint64_t)h->ts.tv_sec * 1000000 + (uint64_t)h->ts.tv_usec;
	t->live->count[CAPTURE_FRAMES]++;
	t->live->count[CAPTURE_SNAPPED] += frame->cap_len < frame->wire_len;
	t->live->fn(t->live->arg, frame);
}

/* In turns of a bounded number, so that a busy interface does not starve the others. */
int
live_read(struct live *l, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err)
{
	unsigned n = 0;
	size_t idle = 0;

	l->fn = fn;
	l->arg = arg;
	while (n < max && idle < l->n) {
		struct interface *it = &l->interface[l->next];
		struct turn turn = { l, it };
		int rc = pcap_dispatch(it->pcap, max - n < PER_TURN ? (int)(max - n) : PER_TURN,
		    each_frame, (u_char *)&turn);

		if (rc < 0)
			return capture_fail(err, -EIO, "cannot read '%s': %s", it->name,
			    pcap_geterr(it->pcap));
		l->next = (l->next + 1) % l->n;
		idle = rc == 0 ? idle + 1 : 0;
		n += (unsigned)rc;
	}
	return (int)n;
}

size_t
live_fds(const struct live *l, int *fds, size_t max)
{
	for (size_t i = 0; i < l->n && i < max; i++)
		fds[i] = l->interface[i].fd;
	return l->n;
}

void
live_update_drops(struct live *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct interface *it = &l->interface[i];
		struct pcap_stat st;
		uint64_t now;

		if (pcap_stats(it->pcap, &st) == 0) {	/* 32 bits that wrap around */
			l->count[CAPTURE_KERNEL_DROPS] += (uint32_t)(st.ps_drop - it->kernel_drops);
			if (!it->has_sysfs)
				l->count[CAPTURE_RX_MISSED] +=
				    (uint32_t)(st.ps_ifdrop - it->if_drops);
			it->kernel_drops = st.ps_drop;
			it->if_drops = st.ps_ifdrop;
		}
		for (size_t k = 0; it->has_sysfs && k < ARRAY_LEN(losses); k++) {
			if (!read_loss(it, losses[k].name, &now))
				continue;
			if (now > it->lost[k])	/* less: the driver began anew */
				l->count[losses[k].counter] += now - it->lost[k];
			it->lost[k] = now;
		}
	}
}

const char *
live_name(const struct live *l, uint16_t source)
{
	return source < l->n ? l->interface[source].name : "";
}

size_t
live_interfaces(const struct live *l)
{
	return l->n;
}
