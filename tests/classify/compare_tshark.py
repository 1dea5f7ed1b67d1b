# SPDX-License-Identifier: Apache-2.0
"""What our parsers read in captures, beside what tshark reads.

    compare_tshark.py PICKETD PCAPS

For each capture and each field of FIELDS: every value of ours must be among tshark's for the whole capture.
The other way round it is demanded of pcaps/services.pcap alone, which is made so that nothing is left out: in
real ones we stop when enough is known. Captures are services.pcap and those of PCAPS that labels.tsv has one
of PROTOCOLS for. Differences are printed, with a reason where EXPLAINED has one; exit status 1 when one has
none, 77 when tshark is not there. Without PCAPS only the first one is compared.

To add a field: one row in FIELDS."""
import collections
import concurrent.futures
import csv
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OWN = ROOT / "pcaps" / "services.pcap"
SEPARATOR = "\x1f"
PROTOCOLS = {"ssh", "ftp", "tftp", "snmp", "stun", "sip", "rtsp", "rtp", "rtcp", "isakmp", "wg", "l2tp", "smb", "smb2",
             "nfs", "portmap", "rpc", "mount", "amqp"}


def same(value):
    return value


def number(value):
    return str(int(value, 0))


def octets(value):
    return value.replace(":", "").lower()


def software(value):
    """SSH-2.0-software comment"""
    return value.split("-", 2)[2].strip() if value.startswith("SSH-") and value.count("-") >= 2 else value.strip()


def dotted(value):
    """An OID with or without its leading dot."""
    return value.lstrip(".")


def upper(value):
    return value.upper()


def vendor(value):
    """We keep the first 24 octets."""
    return octets(value)[:48]


def backslashes(value):
    r"""eve.json has a backslash as \x5c."""
    return value.replace("\\x5c", "\\").rstrip()


def bare(value):
    return value.strip('"').strip()


# ours: tshark's, all of which count; the form that both are compared in; does it hold the other way round, too
FIELDS = {
    "ssh.client": (("ssh.protocol",), software, False), "ssh.server": (("ssh.protocol",), software, False),
    "ftp.command": (("ftp.request.command",), upper, True), "ftp.response_code": (("ftp.response.code",), number, False),
    "ftp.user": (("ftp.request.arg",), same, False), "ftp.retrieved": (("ftp.request.arg",), same, False),
    "ftp.stored": (("ftp.request.arg",), same, False),
    "ftp.data_port": (("ftp.passive.port", "ftp.active.port", "ftp.eprt.port", "ftp.epsv.port"), number, True),
    "tftp.read": (("tftp.source_file", "tftp.destination_file"), same, True), "tftp.written": (("tftp.destination_file",), same, False),
    "tftp.mode": (("tftp.type",), same, True), "tftp.error": (("tftp.error.code",), number, True),
    "snmp.community": (("snmp.community",), same, True), "snmp.user": (("snmp.msgUserName",), same, True),
    "snmp.engine_id": (("snmp.msgAuthoritativeEngineID",), octets, True), "snmp.oid": (("snmp.name",), dotted, False),
    "snmp.set": (("snmp.name",), dotted, False),
    "stun.mapped_address": (("stun.att.ipv4", "stun.att.ipv6"), same, False),
    "stun.relayed_address": (("stun.att.ipv4", "stun.att.ipv6"), same, False),
    "stun.peer_address": (("stun.att.ipv4", "stun.att.ipv6"), same, False),
    "stun.username": (("stun.att.username",), same, True), "stun.realm": (("stun.att.realm",), same, True),
    "stun.software": (("stun.att.software",), same, True),
    "sip.method": (("sip.Method",), same, True), "sip.status_code": (("sip.Status-Code",), number, True),
    "sip.call_id": (("sip.Call-ID",), same, True), "sip.user_agent": (("sip.User-Agent",), same, True),
    "sip.server": (("sip.Server",), same, True), "sip.from": (("sip.from.addr",), same, True),
    "sip.to": (("sip.to.addr",), same, True), "sip.media_port": (("sdp.media.port",), number, True),
    "rtsp.method": (("rtsp.method",), same, True), "rtsp.url": (("rtsp.url",), same, True),
    "rtsp.status": (("rtsp.status",), number, True),
    "rtp.ssrc": (("rtp.ssrc",), number, True), "rtcp.cname": (("rtcp.sdes.text",), same, False),
    "ike.initiator_spi": (("isakmp.ispi",), octets, True), "ike.vendor_id": (("isakmp.vid_bytes",), vendor, True),
    "ike.notify": (("isakmp.notify.msgtype",), number, True), "ike.esp_spi": (("esp.spi",), number, True),
    "wireguard.sender": (("wg.sender",), number, True),
    "l2tp.host_name": (("l2tp.avp.host_name",), same, True), "l2tp.vendor_name": (("l2tp.avp.vendor_name",), same, True),
    "smb.tree": (("smb2.tree", "smb.path"), backslashes, True), "smb.user": (("ntlmssp.auth.username",), same, True),
    "smb.host": (("ntlmssp.auth.hostname",), same, True), "smb.domain": (("ntlmssp.auth.domain",), same, True),
    "smb.dialect": (("smb2.dialect",), number, False),
    "rpc.program": (("rpc.program",), number, True), "rpc.procedure": (("rpc.procedure",), number, True),
    "rpc.machine": (("rpc.auth.machinename",), same, True), "rpc.mount_directory": (("mount.path",), same, True),
    "nfs.name": (("nfs.name",), same, True),
    "amqp.routing_key": (("amqp.method.arguments.routing_key",), same, True),
    "amqp.container": (("amqp.performative.arguments.containerId",), same, True),
    "adb.version": (("adb.version",), number, True),
    "lpd.queue": (("lpd.printer_option",), same, False),
}

# (capture, field): why one of us is right or both are
EXPLAINED = {
    ("firmware/pcapplusplus__Ftp.pcap", "ftp.command"): "pieces of connections with repeated segments, which tshark leaves out",
    ("firmware/pcapplusplus__Ftp.pcap", "ftp.response_code"): "as above",
    ("general/ndpi__custom_categories.pcapng", "ssh.client"): "SSH 1.5 on port 20868, where tshark does not look",
    ("general/ndpi__custom_categories.pcapng", "ssh.server"): "as above",
    ("general/ndpi__discord.pcap", "rtp.ssrc"): "the ports are agreed upon inside TLS, so tshark does not look",
}


def values(words, form):
    out = set()
    for word in words:
        try:
            value = form(str(word))
        except ValueError:
            value = str(word)
        if value not in (None, "", "NULL", "<missing>", "<MISSING>"):
            out.add(value)
    return out


def theirs(capture, known):
    names = sorted({name for fields, _, _ in FIELDS.values() for name in fields} & known)
    command = ["tshark", "-r", str(capture), "-T", "fields", "-E", f"aggregator={SEPARATOR}"] + [
        arg for name in names for arg in ("-e", name)]
    if capture == OWN:    # in others the heuristic takes what is not its own
        command += ["--enable-heuristic", "rtp_udp", "-d", "tcp.port==5555,adb"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=300)
    found = collections.defaultdict(list)
    for line in done.stdout.split("\n"):    # splitlines() knows more ends of lines than tshark
        for name, cell in zip(names, line.split("\t")):
            found[name] += cell.split(SEPARATOR) if cell else []
    return found


def ours(picketd, capture):
    with tempfile.TemporaryDirectory(prefix="picket-compare-") as folder:
        subprocess.run([picketd, "-r", str(capture), "-l", folder, "-q"], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        log = pathlib.Path(folder) / "eve.json"
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    found = collections.defaultdict(list)
    for event in events:
        if event["event_type"] == "flow":
            for name, value in event.get("picket", {}).get("fields", {}).items():
                found[name] += value if isinstance(value, list) else [value]
    return found


def captures(folder):
    yield OWN, "services.pcap"
    if folder is None or not (folder / "labels.tsv").exists():
        return
    csv.field_size_limit(1 << 24)
    with open(folder / "labels.tsv", newline="", encoding="utf-8", errors="surrogateescape") as lines:
        names = {row["file"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row["app"] in PROTOCOLS}
    for name in sorted(names):
        if not name.startswith("malformed/"):
            yield folder / name, name


def compare(picketd, path, name, known):
    us, them = ours(picketd, path), theirs(path, known)
    for field, (others, form, both) in FIELDS.items():
        a, b = values(us[field], form), values([v for other in others for v in them[other]], form)
        if not set(others) & known:
            continue
        missing = b - a if both and path == OWN else set()
        yield name, field, len(a), sorted(a - b), sorted(missing)


def main(picketd, folder=None):
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        return 77
    listed = subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True, errors="replace", check=True).stdout
    known = {line.split("\t")[2] for line in listed.splitlines() if line.startswith("F\t")}
    total, wrong, seen = 0, 0, collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(lambda p, n: list(compare(picketd, p, n, known)), path, name)
                for path, name in captures(folder and pathlib.Path(folder))]
        for job in jobs:
            for name, field, count, extra, missing in job.result():
                total, seen[field] = total + count, seen[field] + count
                reason = EXPLAINED.get((name, field))
                if extra or missing:
                    print(f"{name}: {field}: ours alone {extra}, tshark's alone {missing}: {reason or 'UNEXPLAINED'}")
                    wrong += reason is None
    for field in FIELDS:
        print(f"{field}: {seen[field]} values" + ("" if set(FIELDS[field][0]) & known else ", unknown to this tshark"))
    print(f"{len(jobs)} captures, {total} values compared, {wrong} unexplained")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
