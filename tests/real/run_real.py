# SPDX-License-Identifier: Apache-2.0
"""Every real capture through the whole program: nothing lost, and names as labelled.

    run_real.py PICKETD PCAPS counted|names

PCAPS is the folder with MANIFEST.tsv (packets in each file) and labels.tsv (what another
dissector read of each flow). `counted`: for each file, the program ends well (or says that
the file is cut short, exit status 6), each packet is in exactly one decode counter, every
event is valid. `names`: SNI, HTTP host, DNS query and MQTT client id agree in at least 98 % of
the labelled flows, those aside that explained.tsv gives a reason for; misses are printed. Exit
status 77 when the folder is not there."""
import collections
import concurrent.futures
import csv
import fnmatch
import ipaddress
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
AGREE_MIN = 0.98
TRUNCATED = 6
# label column: fields of ours that say the same
NAMES = {"sni": ("tls.sni", "quic.sni", "dtls.sni"), "http_host": ("http.host", "ssdp.host"), "dns_query": ("dns.query",),
         "mqtt_client_id": ("mqtt.client_id",)}
# records that capture takes but hands to nobody
NOT_HANDED_ON = ("capture.filtered", "capture.filter_unfit", "capture.malformed_records")


def table(path):
    csv.field_size_limit(1 << 24)
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def replay(picketd, capture):
    """Exit status, what it said, events."""
    with tempfile.TemporaryDirectory(prefix="picket-real-") as folder:
        done = subprocess.run([picketd, "-r", str(capture), "-l", folder, "-q", "-k", str(ROOT / "signatures")],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=120)
        log = pathlib.Path(folder) / "eve.json"
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return done.returncode, done.stdout + done.stderr, events


def statistics(events):
    return next((e["stats"] for e in reversed(events) if e["event_type"] == "stats"), {})


def decode_results():
    """Counter names of enum decode_result: a frame is in exactly one of them."""
    rows, inside = [], False
    for line in (ROOT / "include" / "decode.h").read_text().splitlines():
        inside = inside or "#define DECODE_RESULTS(X)" in line
        if inside and '"decode.' in line:
            rows.append(line.split('"')[1])
        if inside and not line.endswith("\\"):
            break
    return rows


def count(picketd, pcaps, row, results):
    code, said, events = replay(picketd, pcaps / row["path"])
    if code not in (0, TRUNCATED):
        return [f"exit status {code}: {said.strip()[:200]}"]
    stats, wrong = statistics(events), []
    frames = stats.get("capture.frames", 0)
    packets = 0 if row["link_type"] == "-" else int(row["packets"])    # "-": pcapng blocks that hold no packet
    taken = frames + sum(stats.get(name, 0) for name in NOT_HANDED_ON)
    if taken != packets and not (code == TRUNCATED and abs(taken - packets) <= 1):
        wrong.append(f"{packets} packets in the file, {taken} taken")
    decoded = sum(stats.get(name, 0) for name in results)
    if decoded != frames:
        wrong.append(f"{frames} frames handed on, {decoded} in decode's counters")
    if stats.get("flow.packets", 0) + stats.get("flow.refused", 0) != stats.get("decode.ok", 0):
        wrong.append(f"{stats.get('decode.ok')} packets decoded, {stats.get('flow.packets')} in flows")
    if stats.get("flow.new") != stats.get("flow.ended"):
        wrong.append(f"{stats.get('flow.new')} flows begun, {stats.get('flow.ended')} ended")
    if sum(e["event_type"] == "flow" for e in events) != stats.get("flow.ended"):
        wrong.append("not every flow that ended was written")
    return wrong


def plain(column, name):
    """Names as we write them: lower case, no final dot (the root is none), and a host without port and brackets."""
    if column == "http_host":
        name = re.sub(r"(?<=[^:]):[0-9]*$", "", name).strip("[]")
    name = name.rstrip(".").lower()
    return "" if name == "<root>" else name


def ends(proto, src, sport, dst, dport):
    def end(addr, port):
        addr = ipaddress.ip_address(addr)
        return getattr(addr, "ipv4_mapped", None) or addr, int(port or 0)    # RFC 4291, 2.5.5.2
    pair = sorted((end(src, sport), end(dst, dport)), key=lambda e: (e[0].version, int(e[0]), e[1]))
    return proto.lower(), tuple(pair)


def names_of(events):
    """Per pair of ends: all values of each field."""
    seen = collections.defaultdict(lambda: collections.defaultdict(set))
    for e in events:
        if e["event_type"] != "flow" or e["proto"] not in ("TCP", "UDP"):
            continue
        flow = seen[ends(e["proto"], e["src_ip"], e["src_port"], e["dest_ip"], e["dest_port"])]
        for field, value in e["picket"].get("fields", {}).items():
            flow[field].update(map(str, value if isinstance(value, list) else [value]))
    return seen


EXPLAINED = list(table(pathlib.Path(__file__).parent / "explained.tsv"))


def explained(column, row, missing):
    """Why our word and the label's differ, when that is known."""
    for known in EXPLAINED:
        if (fnmatch.fnmatchcase(column, known["column"]) and fnmatch.fnmatchcase(row["app"], known["app"])
                and fnmatch.fnmatchcase(row["file"], known["file"])
                and all(fnmatch.fnmatchcase(value, known["value"]) for value in missing)):
            return known["why"]
    return None


def agree(picketd, pcaps, path, labels):
    """Of one file: (label column, None or a line about the miss, its reason when known)."""
    _, _, events = replay(picketd, pcaps / path)
    seen, found = names_of(events), []
    for row in labels:
        try:
            flow = seen.get(ends(row["l4"], row["src"], row["sport"], row["dst"], row["dport"]), {})
        except ValueError:
            continue    # a label without addresses
        for column, fields in NAMES.items():
            wanted = {plain(column, v) for v in row[column].split("|") if v}
            if not wanted:
                continue
            ours = {plain(column, v) for field in fields for v in flow.get(field, ())}
            missing = wanted - ours
            reason = explained(column, row, missing)
            where = f"{path} flow {row['flow']} {row['src']}:{row['sport']} {row['dst']}:{row['dport']} {row['app']}"
            missed = f"{where}: {column} {sorted(missing)[:3]}, ours {sorted(ours)[:3]}" if missing else None
            found.append((column, missed, reason))
    return found


def side_by_side(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(function, items)


def counted(picketd, pcaps):
    rows, results, wrong = list(table(pcaps / "MANIFEST.tsv")), decode_results(), 0
    for row, complaints in zip(rows, side_by_side(lambda row: count(picketd, pcaps, row, results), rows)):
        for complaint in complaints:
            wrong += 1
            print(f"{row['path']}: {complaint}")
    print(f"{len(rows)} files, {wrong} complaints")
    return wrong != 0


def named(picketd, pcaps):
    files = collections.defaultdict(list)
    for row in table(pcaps / "labels.tsv"):
        if row["l4"] in ("tcp", "udp") and any(row[column] for column in NAMES):
            files[row["file"]].append(row)
    totals, agreed, reasons = collections.Counter(), collections.Counter(), collections.Counter()
    for found in side_by_side(lambda item: agree(picketd, pcaps, *item), sorted(files.items())):
        for column, missed, reason in found:
            if missed and reason:
                reasons[column, reason] += 1
                continue
            totals[column] += 1
            agreed[column] += missed is None
            if missed:
                print(f"miss: {missed}")
    for (column, reason), n in sorted(reasons.items()):
        print(f"{column}: {n} left aside: {reason}")
    for column, total in totals.items():
        print(f"{column}: {agreed[column]} of {total}, {100 * agreed[column] / total:.1f} %")
    return any(agreed[column] < AGREE_MIN * total for column, total in totals.items())


def main(picketd, pcaps, what):
    pcaps = pathlib.Path(pcaps)
    if not (pcaps / "MANIFEST.tsv").exists():
        print("skipped: no real captures beside the repository")
        return 77
    return int({"counted": counted, "names": named}[what](str(pathlib.Path(picketd).resolve()), pcaps))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
