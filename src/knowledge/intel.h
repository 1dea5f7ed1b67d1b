/* SPDX-License-Identifier: Apache-2.0 */
/* intel.h - contract between intel.c, which reads feeds of outside intelligence, and the files
 * intel_FORMAT.c, one per published format.
 *
 * A format takes its file line by line (intel_line), as a stream of octets (intel_octets) or
 * whole (intel_whole), and hands each thing that the file says to intel_value() or intel_skip(): so
 * that read = used + skipped. It neither fails nor logs: what it does not understand it skips
 * with a reason. */
#ifndef PICKET_KNOWLEDGE_INTEL_H
#define PICKET_KNOWLEDGE_INTEL_H

#include "config.h"
#include "internal.h"
#include "json_walk.h"

enum {
	INTEL_FEEDS_MAX = 256,
	INTEL_FILES_MAX = 100000,	/* of one feed */
	INTEL_WINDOW = 64 << 10,	/* octets of a file in memory */
	INTEL_LINE_MAX = 8 << 10,
	INTEL_WHOLE_MAX = 128 << 20,	/* a JSON document */
	INTEL_RECORD_MAX = 256 << 10,	/* one object of it */
	INTEL_NOTE_MAX = 160,
	INTEL_TOLD_MAX = 64,	/* octets shown of what was skipped first */
	INTEL_URL_MAX = VALUE_MAX,	/* host and path */
	INTEL_PARTS_MAX = 1024,	/* substrings and regexes of allow-lists */
	INTEL_REGEX_MAX = 64
};

/* What a value is said to be. */
enum intel_kind {
	INTEL_ANY,		/* not said: by its form */
	INTEL_DOMAIN,		/* a name and all below it */
	INTEL_BELOW,		/* all below a name, not the name itself */
	INTEL_HOST,		/* one name */
	INTEL_NAME,		/* a host, or an address */
	INTEL_ADDR, INTEL_BLOCK, INTEL_ADDR_OR_BLOCK, INTEL_ADDR_PORT,
	INTEL_URL,
	INTEL_CERT_SHA1, INTEL_CERT_SHA256, INTEL_JA3, INTEL_JA4, INTEL_USER_AGENT,
	INTEL_FILE,		/* hash of a file */
	INTEL_OTHER,		/* known, but no field carries it */
	INTEL_UNKNOWN		/* not a known word */
};

/* What is said beside a value. All 0: nothing. */
struct intel_meta {
	const char *id;		/* the feed's own, such as a UUID; NULL: the line will do */
	const char *note;	/* cut at INTEL_NOTE_MAX */
	uint64_t date_us;	/* last seen or written; 0: as the file */
	uint64_t from_us, until_us;
	enum verdict_confidence confidence;	/* NONE: as configured; never more than that */
	uint16_t port;		/* of an address */
	uint8_t proto;
	unsigned line;		/* 0: the line now read */
};

struct feed_reader {
	struct loader *l;
	const struct intel_source *conf;
	struct feed *feed;
	struct item preset;	/* what all indicators of the feed share */
	struct text_set shared;	/* texts of the feed: they go when it is refused */
	uint64_t file_date_us;	/* when the file now read was written; 0: not known */
	uint64_t own_date_us;	/* the newest that the format tells; 0: it tells none */
	struct sha256_ctx sha;

	const struct intel_format *format;	/* of the folder now read; NULL: of each file its own */
	const char *path;	/* of the file now read */
	int fd;			/* -1: memory */
	const char *memory;
	size_t memory_left;
	char *window;		/* INTEL_WINDOW + 1 octets */
	size_t at, len;		/* in it */
	bool ended, skipping;	/* the file; a line that is too long */
	unsigned line;
	const char *as_of;	/* the last date written */
	uint64_t as_of_day;
};

struct intel_format {
	const char *name;
	/** Could a file that begins like this be one? NULL: never found by its contents. */
	bool (*looks)(const char *head, size_t len);
	void (*read)(struct feed_reader *r);
	bool allow;		/* always an allow-list */
	/** A folder with this file in it is one feed of this format; NULL: each file by itself. */
	const char *folder_mark;
};

/* The formats. */
extern const struct intel_format intel_plain, intel_csv, intel_zeek, intel_suricata, intel_hosts,
    intel_misp, intel_stix, intel_warninglist;

/* --- reading (intel_file.c) --- */

/** Open `path` for reading; 0 or -errno. */
int intel_open(struct feed_reader *r, const char *path);
void intel_open_memory(struct feed_reader *r, const char *name, const void *octets, size_t len);
void intel_close(struct feed_reader *r);
/** The beginning of the file, without reading on: up to INTEL_WINDOW octets. */
size_t intel_head(struct feed_reader *r, const char **head);
/** The next line that is not empty, without its end and the blanks around it; it may be written to,
 * and line[*len] is a NUL. False at the end. Lines that are too long are skipped and counted. */
bool intel_line(struct feed_reader *r, char **line, size_t *len);
/** What is left, as octets: how many, 0 at the end. */
size_t intel_octets(void *reader, char *to, size_t size);
/** What is left, at once (malloc'ed, the caller's). NULL: too large, counted. */
char *intel_whole(struct feed_reader *r, size_t *len);
/** The path of a file beside the one now read, in the arena. NULL: out of memory. */
const char *intel_path_beside(struct feed_reader *r, const char *name);

/* --- what a feed says (intel_value.c, intel_place.c) --- */

/** One value. `text[len]` is a NUL. Counts it. */
void intel_value(struct feed_reader *r, enum intel_kind kind, const char *text, size_t len,
    const struct intel_meta *meta);
/** Something that is not used. Counts it. */
void intel_skip(struct feed_reader *r, enum feed_skip why, const char *text, size_t len,
    const struct intel_meta *meta);
/** What stands beside a value, into an indicator of the feed. */
void intel_set_meta(struct feed_reader *r, struct indicator *ind, const struct intel_meta *meta);
/** Put an item in its place: FEED_SKIP_N, or why not. Key and text are copied. */
enum feed_skip intel_place(struct feed_reader *r, const struct item *from, const char *text,
    size_t text_len);
/** Of an allow-list? */
bool is_allow(const struct item *item);
/** The kind that a word of a format stands for: "ip-dst", "Intel::ADDR", "hostname" ... */
enum intel_kind intel_kind_of(const char *word, size_t len);
/** A part or regex of an allow-list. Counts it. */
void intel_allow_part(struct feed_reader *r, const char *text, bool regex,
    const struct intel_meta *meta);

/* --- words (intel_word.c) --- */

/** Replace the ways in which indicators are made harmless: hxxp, [.], (.), [:], [://]. In place;
 * returns the new length. */
size_t intel_refang(char *text, size_t len);
/** Seconds since 1970, RFC 3339 or "YYYY-MM-DD[ hh:mm:ss]", in microseconds since 1970, UTC. 0: it is none. */
uint64_t intel_time(const char *text);
/** The same of a member of an object, a text or a number. */
uint64_t intel_member_time(const struct json_value *object, const char *key);
/** Of 0..100, by the None / Low / Med / High scale of STIX 2.1, appendix A. */
enum verdict_confidence intel_confidence(unsigned percent);
/** (intel.c) The text in the feed's own memory, one of each; cut at `max`. NULL: out of memory. */
const char *intel_text(struct feed_reader *r, const char *text, size_t max);

/* --- what becomes of a feed (intel_judge.c) --- */

/** All of it is read: is it to be used? Takes it out again when not, and what the load before had in
 * its place when there is `previous`. */
void intel_judge(struct feed_reader *r, const struct knowledge_sources *from, struct arena_mark texts,
    size_t first_item);

/* --- of formats, for tests and fuzzing (intel.c) --- */

/** Read one document as a feed of this format ("auto": by its contents). */
void load_intel_document(struct loader *l, const struct intel_source *conf, const char *name,
    const void *octets, size_t len);
const struct intel_format *intel_format_find(const char *name);

#endif
