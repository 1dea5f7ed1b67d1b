/* SPDX-License-Identifier: Apache-2.0 */
/* tell_fields.c - the fields of each message of DHCP in a capture, as lines of JSON like those of
 * tell.c: a flow's record keeps a value once, so each message is shown to a flow of its own.
 *
 *	tell_fields CAPTURE */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"
#include "emit/writer.h"
#include "harness.h"
#include "identify/replay.h"
#include "macros.h"

enum { LINE_MAX_OCTETS = 1 << 14 };

static const enum parser_id told[] = { PARSER_dhcp, PARSER_dhcpv6 };

struct teller {
	struct decoder *decoder;
	struct harness *harness[ARRAY_LEN(told)];
	uint64_t frame;		/* number of the last one, from 1 */
	char line[LINE_MAX_OCTETS];
};

static void
put_entry(struct writer *w, const struct record_entry *e)
{
	const struct field *field = field_by_id(e->field);
	struct addr a;

	writer_open(w, NULL, '[');
	writer_text(w, NULL, field->name);
	switch (field->type) {
	case FIELD_UINT:
		writer_uint(w, NULL, record_uint(e));
		break;
	case FIELD_IP:
		memcpy(a.octet, e->octets, sizeof(a.octet));
		writer_addr(w, NULL, &a);
		break;
	case FIELD_HEX:
		writer_hex(w, NULL, e->octets, e->len);
		break;
	default:
		writer_octets(w, NULL, e->octets, e->len);
		break;
	}
	writer_close(w, ']');
}

static void
print_fields(struct teller *t, const char *source, const struct record *record)
{
	uint16_t offset = 0;
	struct record_entry e;
	struct writer w;

	writer_init(&w, t->line, sizeof(t->line));
	writer_open(&w, NULL, '{');
	writer_uint(&w, "frame", t->frame);
	writer_text(&w, "source", source);
	writer_open(&w, "fields", '[');
	while (record != NULL && record_next(record, &offset, &e))
		put_entry(&w, &e);
	writer_close(&w, ']');
	writer_close(&w, '}');
	if (w.full) {
		fputs("tell_fields: a message is too long for its line\n", stderr);
		exit(1);
	}
	printf("%.*s\n", (int)writer_len(&w), t->line);
}

static void
add_frame(void *arg, const struct frame *frame)
{
	struct teller *t = arg;
	struct packet pkt;

	t->frame++;
	if (decode_frame(t->decoder, frame, &pkt) != DECODE_OK || pkt.ends.proto != IPPROTO_UDP)
		return;
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		const struct app_parser *p = app_parser_at(told[i]);
		struct harness *h = t->harness[i];
		bool src = false, dest = false;

		for (size_t k = 0; k < ARRAY_LEN(p->ports) && p->ports[k] != 0; k++) {
			src |= pkt.ends.src_port == p->ports[k];
			dest |= pkt.ends.dest_port == p->ports[k];
		}
		harness_again(h);
		if ((pkt.flags & PACKET_TRUNCATED) != 0)
			harness_truncate(h);
		if ((src || dest) && harness_show(h, (struct shown){ dest ? TO_SERVER : TO_CLIENT,
		    pkt.payload, pkt.payload_len }) != PARSE_WRONG)
			print_fields(t, p->name, harness_record(h));
	}
}

int
main(int argc, char **argv)
{
	const char *const paths[] = { argc > 1 ? argv[1] : NULL };
	struct teller t = { 0 };
	struct stats *st = stats_new();
	struct config_error err;
	struct config cfg;
	int result = -1;

	if (argc != 2 || st == NULL || config_init(&cfg) != 0) {
		fputs("usage: tell_fields CAPTURE\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		t.harness[i] = harness_new(told[i], true, app_parser_at(told[i])->ports[0]);
	t.decoder = decoder_new(&cfg, st);
	if (t.decoder != NULL && config_set_list(&cfg, "capture.read", paths, 1, &err) == 0)
		result = replay_frames(&cfg, st, add_frame, &t);
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		harness_free(t.harness[i]);
	decoder_free(t.decoder);
	config_done(&cfg);
	stats_free(st);
	return result == 0 ? 0 : 1;
}
