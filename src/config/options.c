/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the table of options: every key of picket.yaml, once.
 *
 * Columns: name (dotted path of YAML keys), type, member of struct config, preset (as
 * --set takes it), least and greatest value (text: octets, lists: entries), what a plain
 * number counts, help. Rows of one section stand together. */
#include <stddef.h>
#include <string.h>

#include "config/option.h"
#include "macros.h"

#define MEMBER(m) offsetof(struct config, m)

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define DAY UINT64_C(86400)

enum { PATHS_MAX = 4096, PATH_OCTETS_MAX = 4095 };

const struct option_section option_sections[] = {
	{ "capture", "What to read." },
	{ "decode", "How deep to look into a frame." },
	{ "decode.fragments", "Reassembly of IP fragments." },
	{ "flow", "The table of flows." },
	{ "flow.timeout", "How long a flow may be silent before it ends." },
	{ "classify", "What is read of a flow to tell what it is." },
	{ "identity", "Whose module and SIM stand behind an address." },
	{ "privacy", "What of a person or a SIM is written." },
	{ "knowledge", "Who is who: entities, lists and indicators." },
	{ "detect", "From contacts to alerts." },
	{ "emit", "What is written." },
};
const size_t option_section_count = ARRAY_LEN(option_sections);

const struct option option_table[] = {
	{ "capture.read", OPTION_TEXTS, MEMBER(read), "", 0, PATHS_MAX, NULL,
	  "Capture files, folders (with all below them) and globs to replay, merged by packet "
	  "time; \"-\" is standard input. Also -r." },
	{ "capture.interfaces", OPTION_TEXTS, MEMBER(interfaces), "", 0, 64, NULL,
	  "Interfaces to listen on. Also -i." },
	{ "capture.filter", OPTION_TEXT, MEMBER(filter), "", 0, 64 * KIB, NULL,
	  "Filter in the language of pcap-filter(7); only frames that match are read. Also -F." },
	{ "capture.promiscuous", OPTION_BOOL, MEMBER(promiscuous), "true", 0, 0, NULL,
	  "Take frames for other stations too." },
	/* libpcap's own upper limit; a frame put together by the host's GRO outgrows 65535. */
	{ "capture.snaplen", OPTION_OCTETS32, MEMBER(snaplen), "256KiB", 64, 256 * KIB, NULL,
	  "Octets taken of each frame. What is cut off cannot be reassembled or parsed." },
	/* pcap_set_buffer_size() takes an int. */
	{ "capture.buffer", OPTION_OCTETS64, MEMBER(buffer_octets), "64MiB", MIB, 2047 * MIB,
	  NULL, "Kernel's buffer for each interface; when it is full, the kernel drops." },
	{ "capture.timestamp_type", OPTION_TEXT, MEMBER(timestamp_type), "", 0, 64, NULL,
	  "Who stamps the frames, such as adapter_unsynced; see pcap-tstamp(7). Empty: the host." },

	{ "decode.max_layers", OPTION_U32, MEMBER(max_layers), "16", 4, 64, "headers",
	  "Nested headers (tags, tunnels, extension headers) before a packet is refused." },
	{ "decode.fragments.max", OPTION_U32, MEMBER(fragment_max), "4096", 16, MIB, "datagrams",
	  "Datagrams being reassembled at once; when full, the oldest is given up." },
	{ "decode.fragments.memcap", OPTION_OCTETS64, MEMBER(fragment_octets), "16MiB",
	  128 * KIB, 16 * GIB, NULL, "Octets of fragments kept." },
	/* RFC 8200, 4.5, allows 60 s; Linux waits 30 s. */
	{ "decode.fragments.timeout", OPTION_SECONDS, MEMBER(fragment_timeout_s), "30s", 1, 300,
	  NULL, "Packet time to wait for the missing fragments." },

	{ "flow.max", OPTION_U32, MEMBER(flow_max), "1048576", 16, 64 * MIB, "flows",
	  "Flows held at once; when full, the longest idle one of a sample leaves." },
	{ "flow.stream_max", OPTION_OCTETS32, MEMBER(stream_max), "64KiB", KIB, 16 * MIB, NULL,
	  "Octets of one direction of a TCP flow kept until they can be parsed; past that the "
	  "stream is given up, not the flow." },
	{ "flow.stream_memcap", OPTION_OCTETS64, MEMBER(stream_memcap), "256MiB", 64 * KIB,
	  1024 * GIB, NULL, "Octets kept for all streams together." },
	{ "flow.timeout.tcp", OPTION_SECONDS, MEMBER(idle_tcp_s), "10m", 1, 30 * DAY, NULL,
	  "Established TCP flow." },
	{ "flow.timeout.udp", OPTION_SECONDS, MEMBER(idle_udp_s), "60s", 1, 30 * DAY, NULL,
	  "UDP flow that was answered." },
	{ "flow.timeout.new", OPTION_SECONDS, MEMBER(idle_new_s), "30s", 1, 30 * DAY, NULL,
	  "Flow of which one side only was seen so far." },
	{ "flow.timeout.closed", OPTION_SECONDS, MEMBER(idle_closed_s), "10s", 1, 30 * DAY,
	  NULL, "TCP flow after its FIN or RST." },
	{ "flow.timeout.other", OPTION_SECONDS, MEMBER(idle_other_s), "60s", 1, 30 * DAY,
	  NULL, "Flow of any other protocol." },
	/* A flow that is cut in two loses its ClientHello or CONNECT for the second half, and a
	 * meter's session lasts for weeks. Alerts do not wait for the end of a flow. */
	{ "flow.timeout.active", OPTION_SECONDS, MEMBER(active_s), "0", 0, 365 * DAY, NULL,
	  "Longest life of a flow before it is ended and begun anew, as IPFIX exporters do; "
	  "0: one flow event per flow, however long it lives." },

	{ "classify.record_max", OPTION_OCTETS32, MEMBER(record_max), "2KiB", 256, 32 * KIB,
	  NULL, "Octets of fields kept per flow; what is left out is said." },
	{ "classify.record_memcap", OPTION_OCTETS64, MEMBER(record_memcap), "512MiB", 64 * KIB,
	  1024 * GIB, NULL, "Octets of fields kept for all flows together." },
	{ "classify.sessions_max", OPTION_U32, MEMBER(sessions_max), "131072", 16, 16 * MIB,
	  "flows", "Flows being parsed at once; those beyond stay unknown, and are counted." },
	{ "classify.ndpi_packets", OPTION_U32, MEMBER(ndpi_packets), "5", 0, 255, "packets",
	  "Packets with payload shown to nDPI of a flow that no own parser decides; 0: none." },
	{ "classify.parse_octets", OPTION_OCTETS32, MEMBER(parse_octets), "64KiB", KIB, 16 * MIB,
	  NULL, "Payload parsed per flow; then it is settled with what is known." },
	{ "classify.names_max", OPTION_U32, MEMBER(names_max), "1048576", 16, 64 * MIB, "pairs",
	  "Pairs of device and address in the cache of names learned from DNS; when full, the "
	  "oldest leaves." },
	{ "classify.name_max_age", OPTION_SECONDS, MEMBER(name_age_s), "1d", 1, 365 * DAY,
	  NULL, "How long a DNS answer may name later flows to its address." },

	{ "classify.ports", OPTION_TEXTS, MEMBER(parser_ports), "", 0, 64, NULL,
	  "Further ports for protocols of ours, as protocol=port: radius=11813. Parsers are asked "
	  "first about flows on their ports, and some read on their ports only." },

	/* RFC 1918, RFC 6598, RFC 3927, RFC 1122 (loopback); RFC 4193, RFC 4291. */
	{ "home_nets", OPTION_CIDRS, MEMBER(home_nets),
	  "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,127.0.0.0/8,"
	  "fc00::/7,fe80::/10,::1/128", 0, 4096, NULL,
	  "Address blocks that are inside: where the devices are." },
	{ "groups", OPTION_GROUPS, MEMBER(groups), "", 0, 1024, NULL,
	  "Named groups of devices, by address block, VLAN id, APN or maker (as picket.device.maker or "
	  "maker_entity name it); the longest block wins, an address goes before a VLAN, and those before "
	  "APN and maker. Example: [{name: meters, subnets: [10.8.0.0/16], vlans: [120], "
	  "apns: [meters.example], makers: [quectel]}]." },

	{ "identity.max", OPTION_U32, MEMBER(devices_max), "1048576", 16, 16 * MIB, "devices",
	  "Devices remembered; when full, the longest unheard one of a sample leaves." },
	{ "identity.sessions_max", OPTION_U32, MEMBER(device_sessions_max), "1572864", 16, 32 * MIB,
	  "sessions", "Sessions (PDP contexts, PDN connections, PDU sessions, leases) held at once; "
	  "when full, the longest unheard one of a sample leaves." },
	{ "identity.session_age", OPTION_SECONDS, MEMBER(device_session_age_s), "7d", 60, 365 * DAY,
	  NULL, "How long a session names flows after it was last heard of, when nobody ended it." },
	{ "identity.device_age", OPTION_SECONDS, MEMBER(device_age_s), "90d", 60, 3650 * DAY, NULL,
	  "How long a device without a session is remembered." },
	{ "identity.skew", OPTION_SECONDS, MEMBER(device_skew_s), "5s", 0, 300, NULL,
	  "A flow may begin so long before the message that opens its session: taps have "
	  "different delays." },
	{ "identity.tac_files", OPTION_TEXTS, MEMBER(tac_files), "", 0, 64, NULL,
	  "Your own tables of TACs (CSV with a line of names first), such as an export of the GSMA "
	  "device database; they go before the table that came with picketd." },
	{ "identity.tac_columns", OPTION_TEXTS, MEMBER(tac_columns), "", 0, 16, NULL,
	  "Where their columns have other names: tac=Type Allocation Code, maker=Applicant, "
	  "brand=Brand Name, model=Marketing Name." },
	{ "identity.register", OPTION_TEXT, MEMBER(device_register), "", 0, PATH_OCTETS_MAX, NULL,
	  "Your register of devices (CSV with the columns imei and imsi, either may be empty): a "
	  "device on the network that is not in it is a finding." },

	{ "privacy.mask", OPTION_TEXTS, MEMBER(privacy_mask), "", 0, 3, NULL,
	  "What is written as a token instead: imsi, msisdn, imei_serial. A token is the same for "
	  "the same number and key; country and network code and the TAC stay readable." },
	{ "privacy.key_file", OPTION_TEXT, MEMBER(privacy_key_file), "", 0, PATH_OCTETS_MAX, NULL,
	  "File with the key of the tokens, at least 16 octets; needed with privacy.mask." },

	{ "knowledge.paths", OPTION_PACK, MEMBER(knowledge_paths), "", 0, 256, NULL,
	  "Folders of knowledge to load; empty: the signatures that came with picketd. Also -k. Read again at SIGHUP, "
	  "as are intel, knowledge.mmdb, identity.tac_files and identity.register." },
	{ "knowledge.mmdb", OPTION_TEXTS, MEMBER(mmdb_files), "", 0, 8, NULL,
	  "Databases of who holds an address, in MaxMind's format: GeoLite2 (ASN, Country), DB-IP, "
	  "IPinfo, ip-location-db and others of their shapes. The first that knows counts; they go "
	  "before the tables of networks that came with picketd." },

	{ "intel", OPTION_INTEL, MEMBER(intel), "", 0, 256, NULL,
	  "Outside intelligence: files or folders, each with path and, where it matters, name, format "
	  "(auto, plain, csv, zeek, suricata, hosts, misp, stix, misp-warninglist), entity or list (of "
	  "knowledge.paths), role, severity (critical, high, medium, low), confidence (high, medium, low: at "
	  "most), use (alert, context), allow (true: an allow-list), expires_days, max_age_days, "
	  "max_shrink_percent, on_bad (refuse, warn). Example: [{path: /etc/picket/intel/urlhaus.csv, "
	  "max_age_days: 7, role: c2}]." },

	{ "detect.fold", OPTION_SECONDS, MEMBER(fold_s), "1h", 1, 30 * DAY, NULL,
	  "Quiet packet time after which an alert is closed and summed up; until then further "
	  "contacts are folded into it." },
	{ "detect.settle", OPTION_SECONDS, MEMBER(settle_s), "10s", 0, 3600, NULL,
	  "Packet time to wait for a contact to go further before its alert is written." },
	{ "detect.max_open", OPTION_U32, MEMBER(max_open), "65536", 16, 16 * MIB, "alerts",
	  "Alerts kept open for folding; when full, the longest quiet one is closed early." },
	{ "detect.max_marked", OPTION_U32, MEMBER(max_marked), "65536", 16, 16 * MIB, "flows",
	  "Flows followed for an alert; those beyond still alert, their stage stays." },
	/* classify counts registered names of an address up to 16. */
	{ "detect.shared_names", OPTION_U32, MEMBER(shared_names), "5", 2, 16, "names",
	  "An address known by this many registered names is shared hosting: it accuses nobody by itself." },
	{ "detect.networks", OPTION_WORD, MEMBER(networks), "alert", 0, 0, "alert|inform|off",
	  "What an address inside the network of an adversary-linked entity does when nothing else "
	  "names the far end: raise a weak alert where the table of networks allows it, stand as "
	  "evidence beside other alerts only, or nothing." },
	{ "detect.roaming_days", OPTION_U32, MEMBER(roaming_days), "90", 1, 3650, "days",
	  "A roaming SIM that has been in one visited network for so long is a finding." },

	{ "suppress", OPTION_SUPPRESS, MEMBER(suppress), "", 0, 1024, NULL,
	  "Exceptions: contacts that are known and not told. All that one says must fit: rule, entity "
	  "and indicator by id, group of the device, source (address block), destination (address "
	  "block, or host name with all below it), port of the destination. Reason, owner and expires "
	  "(the last day, UTC, of packet time) are needed. They are counted, and the flow event keeps "
	  "saying what it was. Example: [{entity: acme, group: meters, destination: fota.acme.example, "
	  "reason: works order 17, owner: j.doe, expires: 2027-01-31}]." },

	{ "log_dir", OPTION_TEXT, MEMBER(log_dir), "", 0, PATH_OCTETS_MAX, NULL,
	  "Folder for eve.json; empty: nothing is written, everything is counted. Also -l." },
	{ "sensor", OPTION_HOST_NAME, MEMBER(sensor), "", 0, 255, NULL,
	  "Name of this sensor in every event; empty: the host's name." },

	{ "emit.flows", OPTION_BOOL, MEMBER(emit_flows), "true", 0, 0, NULL,
	  "Write an event for each flow that ends." },
	{ "emit.devices", OPTION_BOOL, MEMBER(emit_devices), "true", 0, 0, NULL,
	  "Write an event when a device is first seen or changes." },
	{ "emit.stats_interval", OPTION_SECONDS, MEMBER(stats_s), "60s", 0, DAY, NULL,
	  "Packet time between two events of statistics when live; 0: only at the end, as in replay." },
	{ "emit.line_max", OPTION_OCTETS32, MEMBER(line_max), "64KiB", 32 * KIB, MIB, NULL,
	  "Longest line; a flow that would be longer is written without its fields." },

	{ "user", OPTION_TEXT, MEMBER(user), "", 0, 255, NULL,
	  "User to become once sources and outputs are open; empty: stay." },
	{ "group", OPTION_TEXT, MEMBER(group_name), "", 0, 255, NULL,
	  "Group to become; empty: the user's own." },
	{ "quiet", OPTION_BOOL, MEMBER(quiet), "false", 0, 0, NULL,
	  "Neither progress nor a summary on the terminal. Also -q." },
};
const size_t option_count = ARRAY_LEN(option_table);

const struct option *
option_find(const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_table[i].name, name) == 0)
			return &option_table[i];
	return NULL;
}

const struct option_section *
option_section_find(const char *name)
{
	for (size_t i = 0; i < option_section_count; i++)
		if (strcmp(option_sections[i].name, name) == 0)
			return &option_sections[i];
	return NULL;
}
