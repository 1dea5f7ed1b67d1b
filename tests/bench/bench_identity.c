/* SPDX-License-Identifier: Apache-2.0 */
/* bench_identity.c - the device registry: octets a device and the price of naming a flow, with a
 * thousand and a million devices side by side; and memory under a churn of 10,000 set-ups a
 * second of packet time, for ten minutes, with ends that are seen and with ends that are not.
 *
 * With arguments: only these numbers of devices. Nanoseconds grow with the distance of memory, which is why
 * one far read is printed beside them; instructions do not:
 * valgrind --tool=callgrind --toggle-collect=look_up bench_identity 1000 (and 1000000). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "config.h"
#include "identify.h"
#include "macros.h"
#include "stats.h"

enum {
	LOOKUPS = 2000000, SECOND = 1000000, SETUPS_PER_S = 10000, CHURN_S = 600,
	ALIVE_S = 30, POPULATION = 600000
};

static double
cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct addr
addr_of(uint8_t net, uint32_t n)
{
	const uint8_t octets[4] = { net, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	return addr_from_ipv4(octets);
}

static digits
number(const char *start, unsigned width, unsigned n)
{
	char text[DIGITS_TEXT_MAX + 16];
	int len = snprintf(text, sizeof(text), "%s%0*u", start, (int)width, n);

	return digits_from_text(text, (size_t)len);
}

static void
end(struct signalling *s, uint8_t kind, uint8_t interface, uint16_t bearer, struct addr node,
    uint32_t id)
{
	signalling_add_end(s, &(struct signalling_end){ .kind = kind, .interface = interface,
	    .bearer = bearer, .node = node, .id = id });
}

static struct signalling
begin(uint8_t act, uint8_t phase, bool from_mme, unsigned n, uint64_t time_us)
{
	struct signalling s;

	signalling_init(&s);
	s.source = SIGNALLED_GTPV2C;
	s.act = act;
	s.phase = phase;
	s.from = addr_of(10, from_mme ? 1 : 2);
	s.to = addr_of(10, from_mme ? 2 : 1);
	s.sequence = n;
	s.time_us = time_us;
	return s;
}

/* Create Session with all that a device can be found by: two control TEIDs, two of user plane. */
static void
set_up(struct identity *reg, unsigned n, unsigned device, uint64_t time_us)
{
	struct signalling s = begin(SIGNALLING_CREATE, SIGNALLING_REQUEST, true, n, time_us);
	struct addr ue = addr_of(100, device);

	s.imsi = number("00101", 10, device);
	s.imei = number("86650704", 8, device);
	s.msisdn = number("4917", 9, device);
	signalling_set_apn_text(&s, "meter.example", 13);
	end(&s, END_CONTROL, 10, 0, addr_of(10, 1), n + 1);
	end(&s, END_DOWNLINK, 0, 5, addr_of(11, device % 20000), n + 1);
	identity_signalling(reg, &s);
	s = begin(SIGNALLING_CREATE, SIGNALLING_ANSWER, false, n, time_us + 50000);
	s.session = n + 1;
	signalling_add_addr(&s, &ue, 128);
	end(&s, END_CONTROL, 11, 0, addr_of(10, 2), n + 1);
	end(&s, END_UPLINK, 1, 5, addr_of(10, 2), n + 1);
	identity_signalling(reg, &s);
}

static void
tear_down(struct identity *reg, unsigned n, uint64_t time_us)
{
	struct signalling s = begin(SIGNALLING_DELETE, SIGNALLING_REQUEST, true, n, time_us);

	s.session = n + 1;
	identity_signalling(reg, &s);
	s = begin(SIGNALLING_DELETE, SIGNALLING_ANSWER, false, n, time_us + 20000);
	s.session = n + 1;
	identity_signalling(reg, &s);
}

/* Name new flows of devices in random order; one in two downlink. Returns nanoseconds a flow. */
static double
look_up(struct identity *reg, unsigned devices, bool by_tunnel, uint64_t now_us)
{
	struct packet pkt = { .time_us = now_us };
	unsigned named = 0;
	double start;

	if (by_tunnel)
		pkt.tunnel = (struct tunnel){ .type = TUNNEL_GTPU, .depth = 1, .proto = 17 };
	start = cpu_seconds();
	for (unsigned i = 0; i < LOOKUPS; i++) {
		unsigned n = (unsigned)((i * UINT64_C(2654435761)) % devices);
		struct flow flow = { .first_us = now_us, .key = { .tenant_proto = 17,
			.addr = { addr_of(100, n), addr_of(192, 7) } } };

		pkt.tunnel.dest = i % 2 == 0 ? addr_of(10, 2) : addr_of(11, n % 20000);
		pkt.tunnel.id = n + 1;
		identity_flow_new(reg, &flow, &pkt, i % 2 == 0 ? TO_SERVER : TO_CLIENT);
		named += flow.device != 0;
		identity_flow_end(reg, &flow);
	}
	if (named != LOOKUPS)
		exit(1);
	return (cpu_seconds() - start) * 1e9 / LOOKUPS;
}

/* The measure of what the machine can do: one read that depends on the one before, at random in as
 * much memory as the registry uses. */
static double
far_read(size_t octets)
{
	size_t n = octets / 64, at = 0;
	uint64_t *line = aligned_alloc(4096, (n * 64 + 4095) / 4096 * 4096), sum = 0;
	double start;

	if (line == NULL || n == 0)
		exit(1);
	for (size_t i = 0; i < n; i++)
		line[i * 8] = (i * UINT64_C(2862933555777941757) + 3037000493) % n;
	start = cpu_seconds();
	for (unsigned i = 0; i < LOOKUPS; i++) {
		at = (line[at * 8] + i * UINT64_C(2654435761)) % n;
		sum += at;
	}
	start = (cpu_seconds() - start) * 1e9 / LOOKUPS;
	free(line);
	return sum == 0 ? 0 : start;
}

static struct config
limits(uint32_t devices)
{
	return (struct config){ .devices_max = devices, .device_sessions_max = devices * 3 / 2,
		.device_session_age_s = 604800, .device_age_s = 7776000, .device_skew_s = 5 };
}

static struct identity *
registry(const struct config *cfg, struct stats **st)
{
	struct identity *reg;

	*st = stats_new();
	reg = *st == NULL ? NULL : identity_new(cfg, *st, NULL, NULL, NULL);
	if (reg == NULL)
		exit(1);
	return reg;
}

static void
at_size(unsigned devices)
{
	const struct config cfg = limits(1 << 20);
	uint64_t now_us = UINT64_C(1000) * SECOND;
	struct stats *st;
	struct identity *reg = registry(&cfg, &st);
	double start = cpu_seconds(), set_up_ns;

	for (unsigned i = 0; i < devices; i++, now_us += 100) {
		identity_tick(reg, now_us);
		set_up(reg, i, i, now_us);
	}
	set_up_ns = (cpu_seconds() - start) * 1e9 / devices;
	now_us += SECOND;
	identity_tick(reg, now_us);
	if (identity_devices(reg) != devices || identity_sessions(reg) != devices)
		exit(1);
	printf("%7u devices: %.1f octets each, set-up %.0f ns, naming a flow by TEID %.0f ns, by "
	    "address %.0f ns, one read in so much memory %.0f ns\n", devices,
	    (double)identity_memory(reg) / devices, set_up_ns,
	    look_up(reg, devices, true, now_us), look_up(reg, devices, false, now_us),
	    far_read(identity_memory(reg)));
	identity_free(reg);
	stats_free(st);
}

/* `seen`: a population that comes and goes; else new devices for ever and no ends. */
static void
churn(bool seen)
{
	const struct config cfg = limits(1 << 20);
	uint64_t start_us = UINT64_C(1000) * SECOND, now_us = start_us;
	struct stats *st;
	struct identity *reg = registry(&cfg, &st);
	struct rusage usage;

	printf("churn, ends %s:", seen ? "seen" : "not seen");
	for (unsigned s = 0; s < CHURN_S; s++) {
		for (unsigned i = 0; i < SETUPS_PER_S; i++, now_us += SECOND / SETUPS_PER_S) {
			unsigned n = s * SETUPS_PER_S + i;

			identity_tick(reg, now_us);
			if (seen && s >= ALIVE_S)
				tear_down(reg, n - ALIVE_S * SETUPS_PER_S, now_us);
			set_up(reg, n, seen ? n % POPULATION : n, now_us);
		}
		if (s + 1 == 60 || s + 1 == 300 || s + 1 == 600) {
			getrusage(RUSAGE_SELF, &usage);
			printf("%s minute %u: %.1f MB in use (%zu devices, %zu sessions), peak of the "
			    "process %ld MB", s + 1 == 60 ? "" : ";", (s + 1) / 60,
			    (double)identity_memory(reg) / 1e6, identity_devices(reg),
			    identity_sessions(reg), usage.ru_maxrss / 1024);
		}
	}
	printf("\n");
	identity_free(reg);
	stats_free(st);
}

int
main(int argc, char **argv)
{
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		at_size((unsigned)strtoul(argv[i], NULL, 10));
	if (argc > 1)
		return 0;
	at_size(1000);
	at_size(1000000);
	churn(true);
	churn(false);
	return 0;
}
