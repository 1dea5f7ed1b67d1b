# SPDX-License-Identifier: Apache-2.0
"""What our parsers read of signalling in real captures, beside what tshark reads.

    compare_tshark.py TELL FIELDS PCAPS [--only PROTOCOL] [CAPTURE ...]

TELL is the program of tell.c, FIELDS that of tell_fields.c, PCAPS the folder with the captures. For every frame in which
either of us sees a protocol of PROTOCOLS, the values of each key are compared as multisets:
IMSI, IMEI, MSISDN, APN, UE addresses, TEIDs ... Each difference is printed, with its reason
where differences.tsv has one. Exit status 1 when a difference has none, 77 when tshark or the
captures are not there.

To add a protocol: one row in PROTOCOLS. `tshark` maps our key to tshark's fields, all values of
which count (see Chosen); `ours` makes our values of a key from one message (the default is the member of
that name); `plain` brings a value of either side into the form that is compared, or to None
where it says nothing (an unset address)."""
import argparse
import collections
import concurrent.futures
import csv
import dataclasses
import fnmatch
import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ("cellular-core", "dns-dhcp-radius")
SKIPPED = 77
SEPARATOR = "\x1f"    # between values of one field


# --- values in one form ---

def count(value):
    """A number where 0 is one, decimal or hexadecimal."""
    return int(str(value), 0)


def digits(value):
    """None for what is no number: nothing, or filled with zeros."""
    value = str(value)
    return value if value.strip("0") else None


def number(value):
    """TEIDs and the like: 0 is none."""
    return int(str(value), 0) or None


def address(value):
    """IPv6 by its /64: the interface identifier is the device's own affair."""
    host = ipaddress.ip_interface(str(value))
    if host.ip.is_unspecified:
        return None
    return str(host.ip) if host.version == 4 else str(ipaddress.ip_network((host.ip, 64), strict=False))


def node(value):
    value = ipaddress.ip_address(str(value))
    return None if value.is_unspecified else str(value)


def apn(value):
    """Lower case, without the operator identifier (TS 23.003, 9.1.2)."""
    labels = str(value).lower().rstrip(".").split(".")
    if len(labels) > 3 and labels[-1] == "gprs" and labels[-2].startswith("mcc") and labels[-3].startswith("mnc"):
        labels = labels[:-3]
    return ".".join(labels) or None


# --- values out of one of our messages ---

def member(name):
    def values(message):
        value = message.get(name, [])
        return value if isinstance(value, list) else [value]
    return values


def end_ids(message):
    """An end with an address of each family has one id."""
    told = collections.defaultdict(lambda: [0, 0])
    for e in message.get("ends", ()):
        told[e["kind"], e.get("interface"), e.get("bearer"), e["id"]][":" in e["node"]] += 1
    return [end[-1] for end, families in told.items() for _ in range(max(families))]


def end_nodes(message):
    return [e["node"] for e in message.get("ends", ())]


def octets(value):
    """A number that tshark shows as octets."""
    return int(value, 16) or None if isinstance(value, str) else value or None


def imei_told(value):
    """Masked IMEISV in hexadecimal: the digits before those that are masked."""
    return digits(str(value).lower().replace(":", "").split("f")[0])


def msin(value):
    """Of a SUCI tshark shows only what comes behind the PLMN: the last nine digits are in both."""
    return str(value)[-9:] or None


def one_less(name):
    """The ids of S1AP and NGAP begin at 0; ours, where 0 is none, at 1."""
    return lambda message: [message[name] - 1] if name in message else []


PLAIN = {"imsi": digits, "imei": digits, "msisdn": digits, "apn": apn, "ue": address, "ids": number, "nodes": node,
         "session": number, "session_peer": number, "type": count, "sequence": count, "cause": number}
OURS = {"ids": end_ids, "nodes": end_nodes}


@dataclasses.dataclass(frozen=True)
class Chosen:
    """Of the values of one field those where another, which goes with it, has a certain value."""
    field: str
    by: str
    value: str
    empty: tuple = ()    # values of `by` that have no partner

    def of(self, columns):
        kinds = [kind for kind in columns[self.by] if kind not in self.empty]
        return [value for kind, value in zip(kinds, columns[self.field]) if kind == self.value]

    def names(self):
        return [self.field, self.by]


@dataclasses.dataclass(frozen=True)
class Whole:
    """All values of one field."""
    field: str

    def of(self, columns):
        return columns[self.field]

    def names(self):
        return [self.field]


@dataclasses.dataclass
class Protocol:
    source: str          # as signalling_source_name() says
    layer: str           # as tshark's frame.protocols calls it
    display_filter: str  # of the frames to compare
    tshark: dict         # our key: tshark's fields
    plain: dict = dataclasses.field(default_factory=dict)    # our key: its form, where PLAIN has another
    ours: dict = dataclasses.field(default_factory=dict)     # our key: its values, where OURS has others
    options: tuple = ()  # of tshark
    settings: tuple = ()  # of ours: "option=value"
    within: tuple = ()   # keys of which tshark may have more: it lists addresses without their TEID
    once: tuple = ()     # keys whose values may be repeated within a message: compared as sets
    random: tuple = ()   # captures of random elements in any place: ours must be among tshark's, in all of `drawn`
    drawn: tuple = ()
    told: bool = True    # by TELL; else by FIELDS
    also: tuple = ()     # captures outside of FOLDERS: of what is not in those


# --- PFCP, RADIUS ---

def seids(message):
    """tshark has one name for the SEID of the header and that of an F-SEID."""
    return [message.get("session", 0), *{end["id"] for end in message.get("ends", ()) if end["kind"] == "control"}]


def tunnels(message):
    return [end["id"] for end in message.get("ends", ()) if end["kind"] != "control"]


def tunnel_nodes(message):
    return [end["node"] for end in message.get("ends", ()) if end["kind"] != "control"]


def station(value):
    """Calling-Station-Id: a number, or a MAC in whatever form."""
    return "".join(c for c in str(value).lower() if c not in "-:.+") or None


# --- Diameter ---

def equipment(value):
    """The 14 digits that IMEI and IMEISV share. Octets, which tshark shows in hexadecimal, are ASCII, or hold one digit
    each, or two."""
    value = str(value)
    if len(value) >= 16:
        octets = bytes.fromhex(value)
        if octets.isdigit():
            value = octets.decode()
        elif max(octets) <= 9:
            value = "".join(map(str, octets))
        else:
            value = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets)
    return digits(value[:14])


def framed_address(value):
    """Framed-IP-Address and Framed-IPv6-Prefix are octets to tshark."""
    value = str(value)
    if "." in value or ":" in value:
        return address(value)
    octets = bytes.fromhex(value)
    return address(ipaddress.ip_address(octets if len(octets) == 4 else octets[2:].ljust(16, b"\0")))


RATS = {0: "wlan", 1: "virtual", 1000: "utran", 1001: "geran", 1002: "gan", 1003: "hspa", 1004: "e-utran",
        1005: "nb-iot", 1006: "nr", 1007: "lte-m"}    # TS 29.212, 5.3.31


def rat(value):
    """RAT-Type is a number, 3GPP-RAT-Type (TS 29.061, 16.4.7.2) one octet."""
    value = str(value)
    if value == "06":
        return "e-utran"
    return RATS.get(int(value)) if value.isdigit() else value


def ecgi(value):
    """The last octets of TAI and ECGI, or ECGI alone (TS 29.061, 16.4.7.2)."""
    value = str(value)
    return int(value[-8:], 16) & 0xfffffff if value[:2] in ("81", "82") and len(value) in (16, 26) else int(value)


def act(value):
    return {"1": "create", "2": "modify", "3": "delete"}.get(value, value)


def credit_act(message):
    return [message["act"]] if message["type"] == 272 else []


# --- DHCP ---

def field(*names):
    """Values of our fields."""
    return lambda message: [value for name, value in message["fields"] if name in names]


def listed_numbers(name):
    return lambda message: [number for value in field(name)(message) for number in value.split(",")]


DHCP_TYPES = ("bootp", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform", "forcerenew",
              "leasequery", "leaseunassigned", "leaseunknown", "leaseactive")
DHCPV6_TYPES = ("", "solicit", "advertise", "request", "confirm", "renew", "rebind", "reply", "release", "decline",
                "reconfigure", "information-request")


def type_of(name, types):
    return lambda message: [types.index(value) for value in field(name)(message)]


def inner_type(value):
    """Of a relayed message tshark shows the relays' types, too; BOOTP has none."""
    return None if int(value) in (0, 12, 13) else int(value)


def client_macs(message):
    """tshark has one name for the hardware address of the head and for one in a client identifier."""
    identifiers = field("dhcp.client_id")(message)
    return field("dhcp.client_mac")(message) + [
        ":".join(i[at:at + 2] for at in range(2, 14, 2)) for i in identifiers if len(i) == 14 and i[:2] == "01"]


def option(number):
    return Chosen("dhcp.option.value", "dhcp.option.type", str(number), empty=("0", "255"))


def octets_text(value):
    return str(value).replace(":", "").lower() or None


def text(value):
    return str(value) or None


def host(value):
    """With or without the root at its end."""
    return str(value).rstrip(".") or None


PROTOCOLS = (
    Protocol("gtpv2-c", "gtpv2", "gtpv2", {
        "type": ["gtpv2.message_type"], "sequence": ["gtpv2.seq"], "session": ["gtpv2.teid"],
        "imsi": ["e212.imsi"], "imei": ["gtpv2.mei"], "msisdn": ["e164.msisdn"], "apn": ["gtpv2.apn"],
        "ue": ["gtpv2.pdn_addr_and_prefix.ipv4", "gtpv2.pdn_addr_and_prefix.ipv6"],
        "ids": ["gtpv2.f_teid_gre_key"], "nodes": ["gtpv2.f_teid_ipv4", "gtpv2.f_teid_ipv6"]},
        within=("nodes",)),
    # PT 0 is GTP', which is charging; on other ports it is the user plane's own signalling
    Protocol("gtpv1-c", "gtp", "gtp.flags.version == 1 && gtp.flags.payload == 1 && udp.port == 2123 && gtp.message != 255", {
        "type": ["gtp.message"], "sequence": ["gtp.seq_number"], "session": ["gtp.teid"],
        "imsi": ["e212.imsi"], "imei": ["gtp.ext_imeisv"], "msisdn": ["e164.msisdn"], "apn": ["gtp.apn"],
        "ue": ["gtp.user_ipv4", "gtp.user_ipv6"], "ids": ["gtp.teid_cp", "gtp.teid_data"],
        "nodes": ["gtp.gsn_ipv4", "gtp.gsn_ipv6"]}, within=("nodes",)),
    # what an ICMP error quotes is not sent anew
    Protocol("pfcp", "pfcp", "pfcp && !icmp && !icmpv6", {
        "type": ["pfcp.msg_type"], "sequence": ["pfcp.seqno"], "session": ["pfcp.seid"], "cause": ["pfcp.cause"],
        "imsi": ["e212.imsi"], "imei": ["pfcp.user_id.imei"], "msisdn": ["e164.msisdn"],
        "apn": ["pfcp.apn_dnn", "pfcp.network_instance"], "ue": ["pfcp.ue_ip_addr_ipv4", "pfcp.ue_ip_addr_ipv6"],
        "ids": ["pfcp.f_teid.teid", "pfcp.outer_hdr_creation.teid"],
        "nodes": ["pfcp.f_teid.ipv4_addr", "pfcp.f_teid.ipv6_addr", "pfcp.outer_hdr_creation.ipv4", "pfcp.outer_hdr_creation.ipv6"]},
        ours={"session": seids, "ids": tunnels, "nodes": tunnel_nodes},
        within=("apn",), once=("session", "cause", "apn", "ue", "ids", "nodes"),
        random=("*/scapy__pfcp.pcap", "*/dongnt__pfcp.pcap"),
        drawn=("session", "cause", "imsi", "imei", "msisdn", "ue", "ids", "nodes")),
    Protocol("radius", "radius", "radius", {
        "type": ["radius.code"], "sequence": ["radius.id"], "nas": ["radius.NAS_IP_Address", "radius.NAS_IPv6_Address"],
        "calling": ["radius.Calling_Station_Id"], "apn": ["radius.Called_Station_Id"],
        "ue": ["radius.Framed-IP-Address", "radius.Framed_IPv6_Prefix", "radius.Framed_IPv6_Address", "radius.Delegated_IPv6_Prefix"]},
        plain={"nas": node, "calling": station, "sequence": number, "ue": framed_address},
        ours={"sequence": lambda message: [message["sequence"] & 0xff],
              "calling": lambda message: [message.get("msisdn") or message.get("mac", "")]},
        within=("apn", "ue")),    # not every Called-Station-Id is an APN, not every Framed-IP-Address is given
    Protocol("diameter", "diameter", "diameter", {
        "type": ["diameter.cmd.code"], "sequence": ["diameter.hopbyhopid"],
        "cause": ["diameter.Result-Code", "diameter.Experimental-Result-Code"], "imsi": ["e212.imsi"],
        "imei": ["diameter.IMEI", "diameter.User-Equipment-Info-Value"], "msisdn": ["e164.msisdn"],
        "apn": ["diameter.Called-Station-Id"],
        "ue": ["diameter.Framed-IP-Address", "diameter.Framed-IPv6-Prefix", "diameter.PDP-Address.IPv4"],
        "rat": ["diameter.RAT-Type", "diameter.3GPP-RAT-Type"], "ecgi": ["diameter.3GPP-User-Location-Info"],
        "act": ["diameter.CC-Request-Type"]},
        plain={"sequence": number, "imei": equipment, "ue": framed_address, "rat": rat, "ecgi": ecgi, "act": act,
               "msisdn": lambda value: digits(str(value).removeprefix("tel:"))},
        ours={"imei": lambda message: [message.get("imei", "")[:14]], "act": credit_act},
        options=("-d", "tcp.port==3871,diameter"),
        once=("cause",)),    # each service that is charged has its own result
    Protocol("s1ap", "s1ap", "s1ap", {
        "type": ["s1ap.procedureCode"], "session": ["s1ap.MME_UE_S1AP_ID"], "session_peer": ["s1ap.ENB_UE_S1AP_ID"],
        "imsi": ["e212.imsi"], "imei": ["s1ap.Masked_IMEISV", "gsm_a.imeisv", "gsm_a.imei", "nas_eps.emm.imei"],
        "apn": ["gsm_a.gm.sm.apn"], "ue": ["nas_eps.esm.pdn_ipv4"],
        "ids": ["s1ap.gTP_TEID", "s1ap.dL_GTP_TEID", "s1ap.dL_gTP_TEID", "s1ap.uL_GTP_TEID"],
        "nodes": ["s1ap.transportLayerAddressIPv4", "s1ap.transportLayerAddressIPv6"], "ecgi": ["s1ap.CellIdentity"]},
        plain={"ids": octets, "imei": imei_told, "ecgi": number}, ours={"session": one_less("session"), "session_peer": one_less("session_peer")},
        options=("-o", "nas-eps.null_decipher:TRUE"), once=("session", "session_peer", "ecgi")),
    # tshark finds NGAP in the HTTP between SMF and AMF, too
    Protocol("ngap", "ngap", "ngap && sctp.data_payload_proto_id == 60", {
        "type": ["ngap.procedureCode"], "session": ["ngap.AMF_UE_NGAP_ID"], "session_peer": ["ngap.RAN_UE_NGAP_ID"],
        "imsi": ["nas_5gs.mm.suci.msin"], "imei": ["ngap.MaskedIMEISV", "gsm_a.imeisv", "gsm_a.imei", "nas_5gs.mm.imei", "nas_5gs.mm.imeisv"],
        "apn": ["nas_5gs.cmn.dnn"], "ue": ["nas_5gs.sm.pdu_addr_inf_ipv4"], "ids": ["ngap.gTP_TEID"],
        "nodes": ["ngap.TransportLayerAddressIPv4", "ngap.TransportLayerAddressIPv6"], "ncgi": ["ngap.NRCellIdentity"]},
        plain={"ids": octets, "imei": imei_told, "ncgi": number, "imsi": msin}, ours={"session": one_less("session"), "session_peer": one_less("session_peer")},
        options=("-o", "nas-5gs.null_decipher:TRUE"), once=("session", "session_peer", "ncgi")),
    # a field of ours keeps a value once
    Protocol("dhcp", "dhcp", "dhcp && !icmp", {
        "type": ["dhcp.option.dhcp"], "mac": ["dhcp.hw.mac_addr"], "client_id": [option(61)],
        "host_name": ["dhcp.option.hostname"], "fqdn": ["dhcp.fqdn.name"],
        "vendor_class": ["dhcp.option.vendor_class_id", "dhcp.option.vendor_class_data"],
        "user_class": ["dhcp.option.user_class.data"], "parameters": ["dhcp.option.request_list_item"],
        "requested": ["dhcp.option.requested_ip_address"], "assigned": ["dhcp.ip.your"],
        "lease": ["dhcp.option.ip_address_lease_time"], "server": ["dhcp.option.dhcp_server_id"],
        "relay": ["dhcp.ip.relay"], "circuit": ["dhcp.option.agent_information_option.agent_circuit_id"],
        "remote": ["dhcp.option.agent_information_option.agent_remote_id"]},
        plain={"type": inner_type, "mac": text, "client_id": octets_text, "host_name": text, "fqdn": host, "vendor_class": text,
               "user_class": octets_text, "parameters": count, "requested": node, "assigned": node, "lease": count,
               "server": node, "relay": node, "circuit": octets_text, "remote": octets_text},
        ours={"type": type_of("dhcp.message_type", DHCP_TYPES), "mac": client_macs, "client_id": field("dhcp.client_id"),
              "host_name": field("dhcp.host_name"), "fqdn": field("dhcp.fqdn"), "vendor_class": field("dhcp.vendor_class"),
              "user_class": lambda message: [v.encode().hex() for v in field("dhcp.user_class")(message)],
              "parameters": listed_numbers("dhcp.parameter_list"), "requested": field("dhcp.requested_address"),
              "assigned": field("dhcp.assigned_address"), "lease": field("dhcp.lease_time"),
              "server": field("dhcp.server_id"), "relay": field("dhcp.relay_address"),
              "circuit": field("dhcp.relay_circuit_id"), "remote": field("dhcp.relay_remote_id")},
        once=("mac",), told=False, also=("general/emreekin__LANtastic1_00027_20100407020716.pcap",
                                         "malware/markofu__suspicious-time.pcap")),
    # of both DUIDs, the client's and the server's, tshark has one name
    Protocol("dhcpv6", "dhcpv6", "dhcpv6 && !icmpv6", {
        "type": ["dhcpv6.msgtype"], "duid": ["dhcpv6.duid.bytes"], "fqdn": ["dhcpv6.client_domain", "dhcpv6.tld"],
        "vendor_class": ["dhcpv6.vendorclass.data"], "enterprise": ["dhcpv6.vendorclass.enterprise"],
        "user_class": ["dhcpv6.userclass.opaque_data"], "requested": ["dhcpv6.requested_option_code"],
        "address": ["dhcpv6.iaaddr.ip"], "prefix": ["dhcpv6.iaprefix.pref_addr"],
        "lifetime": ["dhcpv6.iaaddr.valid_lifetime", "dhcpv6.iaprefix.valid_lifetime"],
        "status": ["dhcpv6.status_code"], "relay": ["dhcpv6.peeraddr"], "interface": ["dhcpv6.interface_id"],
        "remote": ["dhcpv6.remoteid_enterprise_id"]},
        plain={"type": inner_type, "duid": octets_text, "fqdn": host, "vendor_class": text, "enterprise": count,
               "user_class": octets_text, "requested": count, "address": node, "prefix": node, "lifetime": count,
               "status": count, "relay": node, "interface": octets_text, "remote": octets_text},
        ours={"type": type_of("dhcpv6.message_type", DHCPV6_TYPES), "duid": field("dhcpv6.client_duid"), "fqdn": field("dhcpv6.fqdn"),
              "vendor_class": field("dhcpv6.vendor_class"), "enterprise": field("dhcpv6.vendor_enterprise"),
              "user_class": lambda message: [v.encode().hex() for v in field("dhcpv6.user_class")(message)],
              "requested": listed_numbers("dhcpv6.option_request"), "address": field("dhcpv6.address"),
              "prefix": lambda message: [v.split("/")[0] for v in field("dhcpv6.prefix")(message)],
              "lifetime": field("dhcpv6.valid_lifetime"), "status": field("dhcpv6.status"),
              "relay": field("dhcpv6.relay_peer"), "interface": field("dhcpv6.relay_interface_id"),
              "remote": field("dhcpv6.relay_remote_id")},
        within=("duid",), once=("address", "prefix", "lifetime", "status", "relay"), told=False,
        also=("encapsulation/zeek__erspan.pcap", "malware/suriverify__smb2-07__20171220_smb_psexec_add_user.pcap",
              "malware/maip__botnet_honeypot.pcap")),
)


# --- reading both sides: {frame: {key: Counter of values}} ---

def gather(frames, frame, key, values, plain):
    found = frames[frame][key]
    for value in values:
        value = plain(value)
        if value is not None:
            found[value] += 1


def form_of(protocol, key):
    return protocol.plain.get(key) or PLAIN[key]


def empty():
    return collections.defaultdict(lambda: collections.defaultdict(collections.Counter))


def run_tshark(capture, *args):
    done = subprocess.run(["tshark", "-n", "-r", str(capture), "-T", "fields", *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=300)
    if done.returncode not in (0, 2):    # 2: the file is cut short, what came before it was read
        sys.exit(f"tshark: {capture}: {done.stderr.strip()[:300]}")
    return done.stdout.split("\n")[:-1]    # not at the other octets that end lines for Python


def layers_of(capture, protocols):
    """Starting tshark costs most: asked for each protocol only where it occurs."""
    options = [option for protocol in protocols for option in protocol.options]
    return {layer for line in run_tshark(capture, "-e", "frame.protocols", *options) for layer in line.split(":")}


def read_tshark(capture, protocol):
    fields = [(key, field if isinstance(field, Chosen) else Whole(field))
              for key, names in protocol.tshark.items() for field in names]
    names = list(dict.fromkeys(name for _, field in fields for name in field.names()))
    args = ["-Y", protocol.display_filter, "-E", "occurrence=a", "-E", f"aggregator={SEPARATOR}", "-e", "frame.number",
            *protocol.options]
    for name in names:
        args += ["-e", name]
    frames = empty()
    for line in run_tshark(capture, *args):
        frame, *rest = line.split("\t")
        columns = {name: [v for v in column.split(SEPARATOR) if v] for name, column in zip(names, rest)}
        for key, field in fields:
            gather(frames, int(frame), key, field.of(columns), form_of(protocol, key))
    return frames


def read_ours(tellers, capture, protocol, cache):
    run = (tellers[0] if protocol.told else tellers[1], str(capture), *protocol.settings)
    if run not in cache:
        done = subprocess.run(run, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300)
        if done.returncode != 0:
            sys.exit(f"{run[0]}: {capture}: {done.stderr.strip()[:300]}")
        cache[run] = [json.loads(line) for line in done.stdout.splitlines()]
    frames = empty()
    for message in cache[run]:
        if message["source"] != protocol.source:
            continue
        for key in protocol.tshark:
            values = protocol.ours.get(key) or OURS.get(key) or member(key)
            gather(frames, message["frame"], key, values(message), form_of(protocol, key))
    return frames


def listed(counter):
    return " ".join(map(str, sorted(counter.elements(), key=str))) or "-"


def compare(tellers, root, capture, protocols):
    """(capture, protocol, frame, key, what tshark has more, what we have more), and how many values agree."""
    differences, agreed, cache = [], collections.Counter(), {}
    name = capture.relative_to(root).as_posix()
    layers = layers_of(capture, protocols)
    for protocol in protocols:
        theirs = read_tshark(capture, protocol) if protocol.layer in layers else empty()
        ours = read_ours(tellers, capture, protocol, cache)
        for frame in sorted(theirs.keys() | ours.keys()):
            for key in protocol.tshark:
                they, we = theirs[frame][key], ours[frame][key]
                if key in protocol.once:
                    they, we = collections.Counter(set(they)), collections.Counter(set(we))
                agreed[protocol.source, key] += (they & we).total()
                within = key in protocol.within or (key in protocol.drawn
                                                    and any(fnmatch.fnmatchcase(name, p) for p in protocol.random))
                if we - they or (they - we and not within):
                    differences.append((name, protocol.source, frame, key, listed(they - we), listed(we - they)))
    return differences, agreed


# --- differences that are explained: capture, protocol, frame, key (each a pattern), why ---

def explanations():
    with open(pathlib.Path(__file__).parent / "differences.tsv", newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def reason(rows, difference):
    for row in rows:
        if all(fnmatch.fnmatchcase(str(value), row[column])
               for column, value in zip(("capture", "protocol", "frame", "key"), difference)):
            row["used"] = True
            return row["why"]
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tell")
    parser.add_argument("fields")
    parser.add_argument("pcaps", type=pathlib.Path)
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    parser.add_argument("--only", help="of one protocol")
    args = parser.parse_args()
    if shutil.which("tshark") is None or not (args.pcaps / "MANIFEST.tsv").exists():
        print("SKIPPED: no tshark, or no real captures beside the repository")
        return SKIPPED
    protocols = [p for p in PROTOCOLS if args.only in (None, p.source)]
    captures = args.captures or sorted(f for folder in FOLDERS for f in (args.pcaps / folder).iterdir() if f.is_file())
    jobs = [(capture, protocols) for capture in captures]
    if not args.captures:
        jobs += [(args.pcaps / name, [protocol]) for protocol in protocols for name in protocol.also]
    rows, agreed, unexplained = explanations(), collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(lambda job: compare((args.tell, args.fields), args.pcaps, *job), jobs))
    for differences, counts in results:
        agreed.update(counts)
        for difference in differences:
            why = reason(rows, difference)
            unexplained += why is None
            name, source, frame, key, theirs, ours = difference
            print(f"{name} frame {frame} {source} {key}: tshark {theirs}, ours {ours}: {why or 'NOT EXPLAINED'}")
    for row in rows:
        if args.only is None and not args.captures and "used" not in row:
            print(f"note: nothing differs any more: {row['capture']} {row['protocol']} {row['frame']} {row['key']}")
    for protocol in protocols:
        print(f"{protocol.source}: values that agree: "
              + ", ".join(f"{key} {agreed[protocol.source, key]}" for key in protocol.tshark))
    print(f"{len(jobs)} captures, {unexplained} differences not explained")
    return int(unexplained != 0)


if __name__ == "__main__":
    sys.exit(main())
