/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - the octets of one file or pipe; see input.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec.h"
#include "input.h"
#include "macros.h"

static const struct codec *const codecs[] = { &codec_gzip, &codec_zstd, &codec_xz };

/* Octets that were read and not yet taken: data[start, end). */
struct buffer {
	uint8_t *data;
	size_t start, end, room;
};

struct input {
	int fd;
	bool seekable;
	bool raw_end;		/* the file itself is at its end */
	bool codec_ended;	/* the last compressed stream was complete */
	int error;
	const char *fault;
	size_t chunk;
	uint64_t raw_octets;
	uint64_t position;
	const struct codec *codec;	/* NULL: plain */
	void *codec_state;
	struct buffer raw;	/* compressed; unused when plain */
	struct buffer out;
};

/* read(2) up to `n` octets; 0 at the end and on error. */
static size_t
read_raw(struct input *in, void *to, size_t n)
{
	ssize_t got;

	do {
		got = read(in->fd, to, n);
	} while (got < 0 && errno == EINTR);
	if (got <= 0) {
		in->raw_end = true;
		if (got < 0)
			in->error = -errno;
		return 0;
	}
	in->raw_octets += (size_t)got;
	return (size_t)got;
}

/* Move what is left to the front and make room for `n` octets in all. */
static bool
buffer_reserve(struct buffer *b, size_t n)
{
	uint8_t *data;

	if (b->start != 0) {
		memmove(b->data, b->data + b->start, b->end - b->start);
		b->end -= b->start;
		b->start = 0;
	}
	if (n <= b->room)
		return true;
	data = realloc(b->data, n);
	if (data == NULL)
		return false;
	b->data = data;
	b->room = n;
	return true;
}

/* Names are whole phrases, so that a fault needs no memory of its own. */
static const char *
damage_text(const struct codec *codec)
{
	return codec == &codec_gzip ? "its gzip data is damaged"
	    : codec == &codec_zstd ? "its zstd data is damaged" : "its xz data is damaged";
}

/* Run the decompressor until it wrote something: 1 to `n` octets; 0 at the end. */
static size_t
decompress(struct input *in, uint8_t *to, size_t n)
{
	struct buffer *raw = &in->raw;
	struct codec_io io = { .out = to, .out_left = n };
	size_t before;

	while (in->fault == NULL && io.out_left == n) {
		if (raw->start == raw->end && !in->raw_end) {
			raw->start = 0;
			raw->end = read_raw(in, raw->data, raw->room);
		}
		io.in = raw->data + raw->start;
		io.in_left = before = raw->end - raw->start;
		io.last = in->raw_end;
		switch (in->codec->run(in->codec_state, &io)) {
		case CODEC_MORE:	in->codec_ended = false; break;
		case CODEC_END:		in->codec_ended = true; break;
		case CODEC_DAMAGED:	in->fault = damage_text(in->codec); break;
		case CODEC_TOO_LARGE:	in->fault = "decompressing it takes too much memory"; break;
		}
		raw->start = raw->end - io.in_left;
		if (in->raw_end && io.in_left == before && io.out_left == n)
			break;		/* nothing in, nothing out: this is all */
	}
	if (io.out_left == n && in->fault == NULL && !in->codec_ended && in->error == 0)
		in->fault = "its compressed data ends early";
	return n - io.out_left;
}

/* 1 to `n` octets from where the file stands, past the buffer; 0 at the end. */
static size_t
produce(struct input *in, uint8_t *to, size_t n)
{
	if (in->codec != NULL)
		return decompress(in, to, n);
	return in->raw_end ? 0 : read_raw(in, to, n);
}

/* Read the first octets and choose the codec by them. */
static int
sniff(struct input *in)
{
	enum { ENOUGH = sizeof(((struct codec *)0)->magic) };
	size_t got;

	in->out.data = malloc(in->chunk);
	if (in->out.data == NULL)
		return -ENOMEM;
	in->out.room = in->chunk;
	do {
		got = read_raw(in, in->out.data + in->out.end, in->out.room - in->out.end);
		in->out.end += got;
	} while (got != 0 && in->out.end < ENOUGH);
	for (size_t i = 0; i < ARRAY_LEN(codecs); i++)
		if (in->out.end >= codecs[i]->magic_len &&
		    memcmp(in->out.data, codecs[i]->magic, codecs[i]->magic_len) == 0)
			in->codec = codecs[i];
	if (in->codec == NULL)
		return in->error;
	in->raw = in->out;	/* what we read is compressed; a new buffer takes what comes out */
	in->out = (struct buffer){ 0 };
	in->codec_state = in->codec->open();
	return in->codec_state == NULL ? -ENOMEM : in->error;
}

int
input_from_fd(struct input **out, int fd, size_t chunk)
{
	struct input *in = calloc(1, sizeof(*in));
	int rc;

	if (in == NULL) {
		close(fd);
		return -ENOMEM;
	}
	in->fd = fd;
	in->chunk = chunk;
	in->seekable = lseek(fd, 0, SEEK_CUR) >= 0;
	rc = sniff(in);
	if (rc != 0) {
		input_free(in);
		return rc;
	}
	*out = in;
	return 0;
}

int
input_open(struct input **out, const char *path, size_t chunk)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc;

	if (fd < 0)
		return -errno;
	rc = input_from_fd(out, fd, chunk);
	if (rc == 0 && is_stdin)
		(*out)->seekable = false;	/* even if it is: its end may still be written */
	return rc;
}

void
input_free(struct input *in)
{
	if (in == NULL)
		return;
	if (in->codec_state != NULL)
		in->codec->close(in->codec_state);
	close(in->fd);
	free(in->raw.data);
	free(in->out.data);
	free(in);
}

size_t
input_peek(struct input *in, size_t n, const uint8_t **at)
{
	struct buffer *b = &in->out;
	size_t want = n > in->chunk ? n : in->chunk, got;

	if (b->end - b->start < n && buffer_reserve(b, want)) {
		do {
			got = produce(in, b->data + b->end, b->room - b->end);
			b->end += got;
		} while (got != 0 && b->end < n);
	}
	*at = b->data + b->start;
	return b->end - b->start < n ? b->end - b->start : n;
}

void
input_consume(struct input *in, size_t n)
{
	in->out.start += n;
	in->position += n;
}

size_t
input_read(struct input *in, void *to, size_t n)
{
	struct buffer *b = &in->out;
	size_t got = b->end - b->start;

	if (got == 0) {
		got = produce(in, to, n);	/* past the buffer: nothing is copied twice */
	} else {
		if (got > n)
			got = n;
		memcpy(to, b->data + b->start, got);
		b->start += got;
	}
	in->position += got;
	return got;
}

uint64_t
input_skip(struct input *in, uint64_t n)
{
	const uint8_t *at;
	uint64_t left = n;

	while (left != 0) {
		size_t step = left < in->chunk ? (size_t)left : in->chunk;
		size_t got = input_peek(in, step, &at);

		input_consume(in, got);
		left -= got;
		if (got < step)
			break;
	}
	return n - left;
}

uint64_t
input_position(const struct input *in)
{
	return in->position;
}

static int
rewind_to(struct input *in, uint64_t raw_position)
{
	if (lseek(in->fd, (off_t)raw_position, SEEK_SET) < 0)
		return -errno;
	in->raw_end = false;
	in->fault = NULL;
	in->raw.start = in->raw.end = in->out.start = in->out.end = 0;
	in->position = raw_position;
	in->raw_octets = raw_position;
	return 0;
}

int
input_seek(struct input *in, uint64_t position)
{
	int rc;

	if (position == in->position)
		return 0;
	if (in->codec == NULL)
		return rewind_to(in, position);
	if (position < in->position) {
		void *state = in->codec->open();

		if (state == NULL)
			return -ENOMEM;
		in->codec->close(in->codec_state);
		in->codec_state = state;
		in->codec_ended = false;
		rc = rewind_to(in, 0);
		if (rc != 0)
			return rc;
	}
	input_skip(in, position - in->position);
	return in->error;
}

bool
input_is_seekable(const struct input *in)
{
	return in->seekable;
}

const char *
input_fault(const struct input *in)
{
	return in->fault;
}

int
input_error(const struct input *in)
{
	return in->error;
}

uint64_t
input_raw_octets(const struct input *in)
{
	return in->raw_octets;
}

size_t
input_memory(const struct input *in)
{
	return sizeof(*in) + in->raw.room + in->out.room +
	    (in->codec == NULL ? 0 : in->codec->memory(in->codec_state));
}
