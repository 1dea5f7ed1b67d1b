/* SPDX-License-Identifier: Apache-2.0 */
/* generate_mixed.c - captures repeated and interleaved, each repeat with clients of its own.
 *
 * A number of slots take turns; each plays one capture, one packet a turn, and then goes on
 * to the next capture. A packet's client (the private end, else the one with the higher
 * port) gets another address in each play, and checksums are carried along (RFC 1624). */
#include <dirent.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "generate.h"

enum { SLOTS = 1000, TURN_US = 40, FRAME_MAX = 1 << 16, FILES_MAX = 4096, DEPTH_MAX = 4 };

struct clip {
	uint8_t *octets;	/* frames: 4 octets length, then the frame */
	size_t size;
	int raw;		/* no link header: gets one */
};

struct clips {
	struct clip clip[FILES_MAX];
	size_t n;
};

struct slot {
	size_t clip, at;
	uint64_t play;		/* which repeat; seeds its addresses */
};

static void
add_clip(struct clips *c, const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in = c->n < FILES_MAX ? pcap_open_offline(path, error) : NULL;
	struct pcap_pkthdr *head;
	const uint8_t *octets;
	struct clip clip = { 0 };
	FILE *out;

	if (in == NULL)
		return;
	clip.raw = pcap_datalink(in) == DLT_RAW;
	if ((clip.raw || pcap_datalink(in) == DLT_EN10MB) &&
	    (out = open_memstream((char **)&clip.octets, &clip.size)) != NULL) {
		while (pcap_next_ex(in, &head, &octets) == 1) {
			uint32_t len = head->caplen;

			if (len != head->len || len < 20 || len > 1600)
				continue;	/* cut or giant frames do not occur on a wire */
			fwrite(&len, sizeof(len), 1, out);
			fwrite(octets, len, 1, out);
		}
		if (fclose(out) == 0 && clip.size != 0)
			c->clip[c->n++] = clip;
		else
			free(clip.octets);
	}
	pcap_close(in);
}

static void
add_path(struct clips *c, const char *path, int depth)
{
	struct dirent **names;
	struct stat st;
	int n;

	if (stat(path, &st) != 0 || depth > DEPTH_MAX)
		return;
	if (!S_ISDIR(st.st_mode)) {
		add_clip(c, path);
		return;
	}
	if ((n = scandir(path, &names, NULL, alphasort)) < 0)
		return;
	for (int i = 0; i < n; i++) {
		char inner[4096];

		snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			add_path(c, inner, depth + 1);
		free(names[i]);
	}
	free(names);
}

static int
is_private(const uint8_t *a)
{
	return a[0] == 10 || (a[0] == 172 && a[1] >> 4 == 1) || (a[0] == 192 && a[1] == 168) ||
	    (a[0] == 100 && a[1] >> 6 == 1);
}

/* RFC 1624, eq. 3, for the four octets that change. */
static void
carry(uint8_t *sum, const uint8_t *old, const uint8_t *new)
{
	uint32_t s = (uint16_t)~(sum[0] << 8 | sum[1]);

	for (int i = 0; i < 4; i += 2)
		s += (uint16_t)~(old[i] << 8 | old[i + 1]) + (uint32_t)(new[i] << 8 | new[i + 1]);
	uint16_t folded = sum_fold(s);
	sum[0] = (uint8_t)(folded >> 8);
	sum[1] = (uint8_t)folded;
}

/* Give the IPv4 packet's client the address that it has in this play. */
static void
move_client(uint8_t *ip, size_t len, const struct slot *slot)
{
	size_t head = (ip[0] & 15) * 4u;

	if (ip[0] >> 4 != 4 || head < 20 || len < head + 8 || ip[12] >= 224 || ip[16] >= 224)
		return;
	const uint8_t *l4 = ip + head;
	int ports = (ip[9] == 6 || ip[9] == 17) && ((ip[6] & 31) | ip[7]) == 0;
	int src = is_private(ip + 12), dest = is_private(ip + 16);
	int client_is_src = src != dest ? src :
	    !ports || (l4[0] << 8 | l4[1]) >= (l4[2] << 8 | l4[3]);
	uint8_t *client = ip + (client_is_src ? 12 : 16), new[4] = { 10 };
	uint32_t old = (uint32_t)client[0] << 24 | client[1] << 16 | client[2] << 8 | client[3];
	uint64_t to = scramble(scramble(slot->play) ^ old);

	memcpy(new + 1, &to, 3);
	carry(ip + 10, client, new);
	uint8_t *sum = !ports ? NULL : ip[9] == 6 ? ip + head + 16 : ip + head + 6;
	if (sum != NULL && sum + 2 <= ip + len && (ip[9] == 6 || (sum[0] | sum[1]) != 0))
		carry(sum, client, new);
	memcpy(client, new, 4);
}

static void
next_clip(struct slot *slot, const struct clips *c, uint64_t *plays)
{
	slot->play = (*plays)++;
	slot->clip = slot->play % c->n;
	slot->at = 0;
}

static void
play_packet(struct writer *w, uint64_t time_us, struct slot *slot, const struct clip *clip)
{
	static const uint8_t link[] = { 0, 0, 0x5e, 0, 0x53, 2, 0, 0, 0x5e, 0, 0x53, 1 };
	uint8_t frame[2048];
	size_t ip = 14;
	uint32_t len;

	memcpy(&len, clip->octets + slot->at, sizeof(len));
	memcpy(frame + (clip->raw ? 14 : 0), clip->octets + slot->at + 4, len);
	slot->at += 4 + len;
	if (clip->raw) {
		memcpy(frame, link, sizeof(link));
		memcpy(frame + 12, frame[14] >> 4 == 6 ? "\x86\xdd" : "\x08", 2);
		len += 14;
	}
	while (ip + 4 <= len && frame[ip - 2] == 0x81 && frame[ip - 1] == 0)
		ip += 4;
	if (len > ip + 20 && frame[ip - 2] == 8 && frame[ip - 1] == 0)
		move_client(frame + ip, len - ip, slot);
	writer_frame(w, time_us, frame, len);
}

int
generate_mixed(struct writer *w, uint64_t packets, char *const *paths, size_t n_paths)
{
	struct clips *c = calloc(1, sizeof(*c));
	static struct slot slots[SLOTS];
	uint64_t plays = 0, time_us = 1772438400ull * 1000000;

	if (c == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n_paths; i++)
		add_path(c, paths[i], 0);
	for (size_t i = 0; i < SLOTS && c->n != 0; i++)
		next_clip(&slots[i], c, &plays);
	for (uint64_t n = 0; n < packets && c->n != 0; n++) {
		struct slot *slot = &slots[n % SLOTS];

		play_packet(w, time_us += TURN_US, slot, &c->clip[slot->clip]);
		if (slot->at >= c->clip[slot->clip].size)
			next_clip(slot, c, &plays);
	}
	int error = c->n == 0 ? -ENOENT : 0;
	for (size_t i = 0; i < c->n; i++)
		free(c->clip[i].octets);
	free(c);
	return error;
}
