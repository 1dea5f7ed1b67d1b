/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - the configuration: one struct, filled once from one table, then constant.
 *
 * Each option is one row in src/config/options.c; parser, presets, range check, --set,
 * --dump-config, sample file and manual come from that table. */
#ifndef PICKET_CONFIG_H
#define PICKET_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "addr.h"

struct text_list {
	char **text;
	size_t n;
};

struct cidr_list {
	struct cidr *cidr;
	size_t n;
};

/* A named set of devices: by subnet, VLAN id, APN or maker. */
struct group {
	char *name;
	struct cidr_list subnets;
	uint16_t *vlans;
	size_t n_vlans;
	struct text_list apns, makers;	/* maker: name, or id of an entity */
};

/* Outside intelligence: a file or folder, and what holds for all that it says. Texts that are
 * NULL were not given. */
struct intel_source {
	char *path;
	char *name;		/* in events; preset: the last part of the path */
	char *format;		/* a row of src/knowledge/intel.c, or NULL: by its contents */
	char *entity;		/* id of an entity of the pack */
	char *list;		/* id of a list of the pack, for a feed without an entity */
	char *role;		/* role.h */
	uint8_t severity;	/* 1 critical .. 4 low, 0: as for the rest */
	uint8_t confidence;	/* enum verdict_confidence: the most that an entry may have */
	uint8_t use;		/* enum indicator_use: alert, context, baseline */
	bool allow;		/* an allow-list */
	bool refuse_bad;	/* on_bad: refuse */
	uint32_t max_age_days;	/* 0: any */
	uint32_t max_shrink_percent;	/* 100: any */
	uint32_t expires_days;	/* an entry holds so long after its date; 0: for ever */
};

/* An exception: which contacts are not told, why, by whom and until when. */
struct suppression {
	char *rule, *entity, *indicator, *group;	/* NULL: any */
	bool has_source, has_destination;
	struct cidr source, destination;
	char *name;		/* of the destination, lower case: itself and all below it; NULL: any */
	uint16_t port;		/* of the destination, 0: any */
	char *reason, *owner, *expires;
	uint64_t expires_us;	/* the last microsecond of that day */
	unsigned line;		/* of the file */
};

/* detect.networks */
enum networks_mode { NETWORKS_ALERT, NETWORKS_INFORM, NETWORKS_OFF };

struct config {
	/* what to read; also -r, -i, -F */
	struct text_list read;		/* capture.read */
	struct text_list interfaces;	/* capture.interfaces */
	char *filter;			/* capture.filter: BPF, NULL without */
	bool promiscuous;		/* capture.promiscuous */
	uint32_t snaplen;		/* capture.snaplen */
	uint64_t buffer_octets;		/* capture.buffer, of each interface */
	char *timestamp_type;		/* capture.timestamp_type: as pcap-tstamp(7), NULL: host's */

	/* decode */
	uint32_t max_layers;		/* decode.max_layers */
	uint32_t fragment_max;		/* decode.fragments.max: datagrams in the making */
	uint64_t fragment_octets;	/* decode.fragments.memcap */
	uint32_t fragment_timeout_s;	/* decode.fragments.timeout */

	/* flow */
	uint32_t flow_max;		/* flow.max */
	uint32_t stream_max;		/* flow.stream_max: unparsed octets kept per direction */
	uint64_t stream_memcap;		/* flow.stream_memcap */
	uint32_t idle_tcp_s, idle_udp_s, idle_other_s;	/* flow.timeout.tcp ... */
	uint32_t idle_new_s;		/* flow.timeout.new: one side only so far */
	uint32_t idle_closed_s;		/* flow.timeout.closed */
	uint32_t active_s;		/* flow.timeout.active, 0: never */

	/* classify */
	uint32_t record_max;		/* classify.record_max: octets of fields per flow */
	uint64_t record_memcap;		/* classify.record_memcap */
	uint32_t sessions_max;		/* classify.sessions_max: flows being parsed at once */
	uint32_t ndpi_packets;		/* classify.ndpi_packets: shown to nDPI at most, per flow */
	uint32_t parse_octets;		/* classify.parse_octets: per flow, then it is settled */
	uint32_t names_max;		/* classify.names_max: (device, address) pairs */
	uint32_t name_age_s;		/* classify.name_max_age */
	struct text_list parser_ports;	/* classify.ports: "protocol=port" */

	/* identify */
	uint32_t devices_max, device_sessions_max;	/* identity.max, identity.sessions_max */
	uint32_t device_session_age_s, device_age_s;	/* identity.session_age, identity.device_age */
	uint32_t device_skew_s;		/* identity.skew */
	struct text_list tac_files;	/* identity.tac_files */
	struct text_list tac_columns;	/* identity.tac_columns: "tac=Column" */
	char *device_register;		/* identity.register, NULL without */
	struct text_list privacy_mask;	/* privacy.mask: imsi, msisdn, imei_serial */
	char *privacy_key_file;		/* privacy.key_file, NULL without */

	/* who is inside */
	struct cidr_list home_nets;	/* home_nets */
	struct group *groups;		/* groups */
	size_t n_groups;
	struct suppression *suppress;	/* suppress */
	size_t n_suppress;

	/* knowledge, detect */
	struct text_list knowledge_paths;	/* knowledge.paths */
	struct intel_source *intel;	/* intel */
	size_t n_intel;
	struct text_list mmdb_files;	/* knowledge.mmdb */
	uint32_t fold_s;		/* detect.fold: quiet time that closes an alert */
	uint32_t roaming_days;		/* detect.roaming_days */
	uint32_t settle_s;		/* detect.settle: wait for the furthest stage before writing */
	uint32_t max_open;		/* detect.max_open: alerts kept for folding */
	uint32_t max_marked;		/* detect.max_marked: flows followed for an alert */
	uint32_t networks;		/* detect.networks: enum networks_mode */
	uint32_t shared_names;		/* detect.shared_names: names on an address that excuse it */

	/* emit */
	char *log_dir;			/* log_dir; also -l; NULL: write nothing */
	char *sensor;			/* sensor: name in every event, preset: host name */
	bool emit_flows;		/* emit.flows */
	bool emit_devices;		/* emit.devices */
	uint32_t stats_s;		/* emit.stats_interval, packet time; 0: only at the end */
	uint32_t line_max;		/* emit.line_max */

	/* daemon */
	char *user, *group_name;	/* user, group: dropped to after opening, NULL: stay */
	bool quiet;			/* quiet; also -q */
};

/** Set every option to its preset. `cfg` must be freed with config_done(). 0 or -ENOMEM. */
int config_init(struct config *cfg);
void config_done(struct config *cfg);

struct config_error {
	char text[512];		/* "FILE:LINE: reason", ready to print */
};

/** Read a YAML file over `cfg`. 0, or -errno with `err`: then some options are set, others
 * not, and `cfg` is only good for config_done(). Lists in the file replace. */
int config_load(struct config *cfg, const char *path, struct config_error *err);
/** Set one option from "key=value"; lists take commas. 0 or -EINVAL with `err`. */
int config_set(struct config *cfg, const char *assignment, struct config_error *err);
/** Set a list option from `n` texts, which may hold commas. 0, -EINVAL or -ENOMEM with `err`. */
int config_set_list(struct config *cfg, const char *name, const char *const *texts, size_t n,
    struct config_error *err);
/** Check what rows cannot: combinations. 0 or -EINVAL with `err`. */
int config_check(const struct config *cfg, struct config_error *err);
/** Write the configuration as YAML that config_load() reads back to the same. */
void config_dump(const struct config *cfg, FILE *out);
/** The commented sample file, from the table. */
void config_sample(FILE *out);
/** The list of options for picket.yaml(5), in mdoc, from the table. */
void config_manual(FILE *out);

/** Is the address inside (home_nets)? */
bool config_is_home(const struct config *cfg, const struct addr *a);
/** Group of a device by address (longest subnet first) or VLAN; index + 1, 0: none. */
uint16_t config_group_of(const struct config *cfg, const struct addr *a, const uint16_t *vlans,
    size_t n_vlans);
/** Group of a device by what is known of its module: APN, else maker (its name or the id of its
 * entity); in any case of letters, the first group that has it. All may be NULL. */
uint16_t config_group_of_device(const struct config *cfg, const char *apn, const char *maker,
    const char *maker_entity);

#endif
