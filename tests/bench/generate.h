/* SPDX-License-Identifier: Apache-2.0 */
/* generate.h - what the generators of bench_generate share: a capture file to write to,
 * checksums, and numbers that only look random. */
#ifndef PICKET_BENCH_GENERATE_H
#define PICKET_BENCH_GENERATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct writer {
	FILE *out;
	uint64_t packets, octets;
};

/** Begin a pcap file (Ethernet, microseconds). 0 or -errno. */
int writer_open(struct writer *w, const char *path);
void writer_frame(struct writer *w, uint64_t time_us, const uint8_t *octets, size_t len);
/** 0, or -EIO when anything could not be written. */
int writer_close(struct writer *w);

/** RFC 1071: sum of 16-bit words, to be continued or folded. */
uint32_t sum_words(uint32_t sum, const uint8_t *octets, size_t len);
uint16_t sum_fold(uint32_t sum);
/** splitmix64: the same number for the same seed, everywhere. */
uint64_t scramble(uint64_t seed);

/** Each of `meters` devices opens one flow to its head-end and sends `reports`; all are alive
 * until the last packet. With `dns` each asks for its server first. With `tunnel` the same packets
 * are in GTP-U, and each meter's bearer is announced before its first one. */
int generate_meters(struct writer *w, uint32_t meters, uint32_t reports, int dns, int tunnel);
/** A meter attaches and is given the address `device`: four messages. */
void tunnel_attach(struct writer *w, uint64_t time_us, uint32_t id, uint32_t device, int trusted);
/** An IP packet of at most TUNNEL_PACKET_MAX octets in the meter's bearer; up: from the meter. */
enum { TUNNEL_PACKET_MAX = 1024 };
void tunnel_frame(struct writer *w, uint64_t time_us, uint32_t id, int up, const uint8_t *packet,
    size_t len);
/** Repeat and interleave the captures until there are `packets`; -errno when none is usable. */
int generate_mixed(struct writer *w, uint64_t packets, char *const *paths, size_t n_paths);

#endif
