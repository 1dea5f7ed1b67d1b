#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Feeds of outside intelligence through the whole program.

    feeds.py PICKETD SOURCE

Counts: each published format is written here with thousands of entries, counted here by Python's own
modules (csv, json, ipaddress, base64), and must be counted the same in the `stats` event.
Alerts: a capture without findings is replayed with a feed that names its peers; what is written must
be within the schemas and must say "feed", never "listed". Allow-lists excuse, the pack wins."""
import base64
import csv
import ipaddress
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

PICKETD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "tests" / "golden"))
from run_golden import validators   # noqa: E402  (exits 77 without jsonschema)

RANDOM = random.Random(1)
wrong = 0


def check(good, text):
    global wrong
    if not good:
        wrong += 1
        print("wrong:", text)


def run(capture, feeds, **more):
    """Events of a replay with these feeds, by type."""
    with tempfile.TemporaryDirectory(prefix="picket-feeds-") as folder:
        conf = pathlib.Path(folder) / "c.yaml"
        conf.write_text(json.dumps({"intel": feeds, "sensor": "feeds", "quiet": True, "log_dir": folder,
                                    "knowledge": {"paths": [str(SOURCE / "signatures")]}, **more}))
        done = subprocess.run([PICKETD, "-c", str(conf), "-r", str(SOURCE / "pcaps" / capture)],
                              capture_output=True, text=True)
        check(done.returncode == 0, f"exit {done.returncode}: {done.stderr}")
        events = [json.loads(line) for line in (pathlib.Path(folder) / "eve.json").read_text().splitlines()]
    schemas = validators()
    for event in events:
        for error in list(schemas[event["event_type"]].iter_errors(event))[:3]:
            check(False, f"{event['event_type']}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
    return {kind: [e for e in events if e["event_type"] == kind] for kind in ("alert", "stats", "flow")}


# --- counts ---------------------------------------------------------------------------------------

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$", re.I)


def is_name(text):
    return bool(NAME.match(text))


def is_used_network(text):
    try:
        net = ipaddress.ip_network(text)
    except ValueError:
        return False
    outside = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8",
                                                 "169.254.0.0/16", "100.64.0.0/10", "224.0.0.0/3", "0.0.0.0/8")]
    if net.version == 6:
        return net.prefixlen >= 20 and net.network_address in ipaddress.ip_network("2000::/3")
    return net.prefixlen >= 8 and not any(net.network_address in n for n in outside)


def some_name(i):
    return RANDOM.choice([f"h{i}.example.com", f"a-b{i}.x_y.example.net", f"H{i}.EXAMPLE.org", f"bad..{i}.example",
                          f"-x{i}.example.com", f"single{i}"])


def some_network(i):
    a = RANDOM.choice(["203.0.113.", "198.51.100.", "192.0.2.", "10.0.0.", "192.168.7.", "224.0.0.", "300.0.0."])
    return RANDOM.choice([f"{a}{i % 256}", f"{a}0/{RANDOM.randint(24, 32)}", f"{a}1/24", f"2001:db8:{i % 65536:x}::1",
                          f"2001:db8:{i % 65536:x}::/48", f"fe80::{i % 65536:x}", "0.0.0.0/0"])


def canonical(text):
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        return text.lower()


def count_values(values):
    """Of names and networks: used ones, each once."""
    return len({canonical(v) for v in values if is_name(v) or is_used_network(v)})


def plain(path):
    values = [some_name(i) if i % 2 else some_network(i) for i in range(4000)]
    lines = [v + RANDOM.choice(["", "  # why", " ; why"]) for v in values]
    for i in range(0, 4000, 100):
        lines.insert(i, RANDOM.choice(["# comment", "; comment", "", "// comment"]))
    path.write_text("\n".join(lines) + "\n")
    return len(values), count_values(values)


def hosts(path):
    names = [some_name(i) for i in range(3000)]
    path.write_text("# hosts\n" + "".join(f"0.0.0.0 {a} {b}\n" for a, b in zip(names[::2], names[1::2])))
    return len(names), count_values(names)


def table(path):
    rows = [(some_name(i) if i % 2 else some_network(i), "domain" if i % 2 else "ip", f"say \"{i}\", or;\nnot") for i in range(3000)]
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["indicator", "type", "description"])
        writer.writerows(rows)
    with open(path, newline="") as back:
        values = [row["indicator"] for row in csv.DictReader(back)]
    return len(values), count_values(v for i, v in enumerate(values) if is_name(v) == bool(i % 2) or not is_name(v))


def zeek(path):
    kinds = ["Intel::DOMAIN", "Intel::ADDR", "Intel::SUBNET", "Intel::EMAIL", "Intel::FILE_HASH", "Intel::CERT_HASH"]
    lines, used = ["#fields\tindicator\tindicator_type\tmeta.source"], set()
    for i in range(3000):
        kind = kinds[i % 6]
        value = {"Intel::DOMAIN": some_name(i), "Intel::EMAIL": f"a{i}@example.com",
                 "Intel::FILE_HASH": f"{i:064x}", "Intel::CERT_HASH": f"{i:040x}"}.get(kind, some_network(i))
        lines.append(f"{value}\t{kind}\tx")
        good = {"Intel::DOMAIN": is_name(value), "Intel::ADDR": "/" not in value and is_used_network(value),
                "Intel::SUBNET": is_used_network(value), "Intel::CERT_HASH": True}.get(kind, False)
        if good:
            used.add(canonical(value))
    path.write_text("\n".join(lines) + "\n")
    return 3000, len(used)


def iprep(path):
    rows = [(some_network(i), RANDOM.randint(1, 60), RANDOM.randint(0, 127)) for i in range(2000)]
    rows.insert(0, ("203.0.113.1", 1, 100))
    path.write_text("".join(f"{a},{c},{s}\n" for a, c, s in rows))
    return len(rows), len({canonical(a) for a, c, s in rows if s and is_used_network(a)})


def dataset(path):
    values = [some_name(i) if i % 3 else f"Agent/{i} (x)" for i in range(2000)]
    path.write_text("".join(base64.b64encode(v.encode()).decode() + "\n" for v in values) +
                    "".join(f"{i:032x}\n" for i in range(50)))
    return len(values) + 50, len({canonical(v) for v in values if is_name(v)})


def misp(path):
    def attribute(i):
        kind, value = RANDOM.choice([("domain", some_name(i)), ("ip-dst", some_network(i)), ("md5", f"{i:032x}"),
                                     ("mutex", f"m{i}"), ("x509-fingerprint-sha1", f"{i:040x}")])
        return {"type": kind, "value": value, "to_ids": RANDOM.random() < .8, "uuid": f"u{i}", "timestamp": "1700000000"}
    event = {"Event": {"info": "t", "Attribute": [attribute(i) for i in range(1500)],
                       "Object": [{"name": "o", "Attribute": [attribute(i)]} for i in range(1500, 2500)]}}
    path.write_text(json.dumps(event, indent=RANDOM.choice([None, 1])))
    event = json.loads(path.read_text())["Event"]
    attributes = event["Attribute"] + [a for o in event["Object"] for a in o["Attribute"]]
    good = {"domain": is_name, "ip-dst": is_used_network, "x509-fingerprint-sha1": lambda v: True}
    used = {canonical(a["value"]) for a in attributes if a["to_ids"] and good.get(a["type"], lambda v: False)(a["value"])}
    return len(attributes), len(used)


def stix(path):
    def indicator(i):
        pattern = RANDOM.choice([f"[domain-name:value = '{some_name(i)}']", f"[ipv4-addr:value = '{some_network(i)}']",
                                 f"[domain-name:value = 'x{i}.example.com' OR ipv4-addr:value = '203.0.113.{i % 256}']",
                                 f"[file:hashes.MD5 = '{i:032x}']", f"[domain-name:value MATCHES '{i}']"])
        return {"type": "indicator", "id": f"indicator--{i}", "pattern_type": "stix", "pattern": pattern,
                "valid_from": "2024-01-01T00:00:00Z", "revoked": i % 10 == 0}
    objects = [indicator(i) for i in range(2000)] + [{"type": "malware", "id": f"malware--{i}"} for i in range(20)]
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    read, used = 0, set()
    for o in json.loads(path.read_text())["objects"]:
        values = re.findall(r"(?:domain-name|ipv4-addr):value = '([^']*)'", o.get("pattern", ""))
        read += 1 if o.get("revoked") else max(1, len(values))
        if not o.get("revoked"):
            used |= {canonical(v) for v in values if is_name(v) or is_used_network(v)}
    return read, len(used)


def warninglist(path):
    names = [some_name(i) for i in range(1000)]
    path.write_text(json.dumps({"name": "n", "type": "hostname", "version": 1, "list": names, "matching_attributes": ["domain"]}))
    return len(names), count_values(names)


def counts():
    makers = {"plain": plain, "hosts": hosts, "csv": table, "zeek": zeek, "suricata": iprep, "dataset": dataset,
              "misp": misp, "stix": stix, "misp-warninglist": warninglist}
    with tempfile.TemporaryDirectory(prefix="picket-feeds-") as folder:
        expected = {}
        for name, make in makers.items():
            path = pathlib.Path(folder) / name
            expected[name] = make(path)
            feed = {"path": str(path), "name": name}
            if name == "dataset":
                feed["format"] = "suricata"     # nothing in it tells what it is
            stats = run("camera-clean.pcap", [feed])["stats"][-1]["feeds"][0]
            read, used = expected[name]
            check((stats["read"], stats["used"]) == (read, used),
                  f"{name}: {stats['read']} read and {stats['used']} used; Python counts {read} and {used}")
            check(stats["read"] == stats["used"] + sum(stats["skipped"].values()), f"{name}: {stats}")
            check(stats["octets"] == os.path.getsize(path), f"{name}: octets")
            check(stats["format"] == ("suricata" if name == "dataset" else name), f"{name}: told to be {stats['format']}")
            print(f"{name}: {read} read, {used} used, as counted")


# --- alerts ---------------------------------------------------------------------------------------

def alerts():
    with tempfile.TemporaryDirectory(prefix="picket-feeds-") as folder:
        def feed(name, text, **more):
            (pathlib.Path(folder) / name).write_text(text)
            os.utime(pathlib.Path(folder) / name, (1767225600, 1767225600))     # 2026-01-01
            return {"path": f"{folder}/{name}", **more}

        check(not run("camera-clean.pcap", [])["alert"], "the capture is not clean")
        bad = feed("bad.txt", "198.51.100.85\ncloud.cameras.example\n198.51.100.82\nnothing.example\n", severity="high", role="c2")
        found = run("camera-clean.pcap", [bad])["alert"]
        named = [a for a in found if a["picket"]["peer"].get("host") == "cloud.cameras.example"]
        check(len({a["src_ip"] for a in found}) == 2 and named, f"{len(found)} alerts")
        for alert in found:
            picket = alert["picket"]
            check(picket["entity"] == {"id": "feed_bad_txt", "name": "feed bad.txt", "status": "none"}, picket["entity"])
            check(picket["listings"] == [], "a feed is no listing")
            check(alert["alert"]["signature"].startswith("picket infrastructure: feed bad.txt, c2"), alert["alert"])
            check(any("outside intelligence only" in limit for limit in picket["limits"]), picket["limits"])
            for e in picket["evidence"]:
                check(e["feed"] == "bad.txt" and e["as_of"] == "2026-01-01" and not e["verified"] and e["line"] > 0, e)
                check("listed" not in json.dumps(picket["entity"]), e)
        check(all(a["alert"]["severity"] <= 3 for a in found), "severity")

        good = feed("good.json", json.dumps({"name": "ours", "type": "hostname", "list": ["cameras.example"]}))
        excused = run("camera-clean.pcap", [bad, good])
        for alert in excused["alert"]:     # the addresses are on no allow-list; the names used with them lower it
            fields = {e["field"] for e in alert["picket"]["evidence"]}
            check(fields == {"flow.dest_ip"} and alert["picket"]["confidence"] == "low", alert["picket"])
        check(len(excused["alert"]) == 2, excused["alert"])
        # a name that is on no list of bad ones, below one that is; the name seen is on the allow-list
        wide = feed("wide.txt", "cameras.example\n")
        narrow = feed("narrow.json", json.dumps({"name": "ours", "type": "string", "list": ["cloud.cameras.example"]}))
        run_wide = run("camera-clean.pcap", [wide, narrow])
        hosts_left = {a["picket"]["peer"].get("host") for a in run_wide["alert"]}
        check("cloud.cameras.example" not in hosts_left and "relay.cameras.example" in hosts_left, hosts_left)
        check(run_wide["stats"][-1]["stats"]["detect.allowed"] > 0, "detect.allowed")

        # the pack goes before a feed, and no allow-list takes it away
        before = run("camera.pcap", [])["alert"]
        peers = sorted({a["picket"]["peer"]["host"] for a in before if a["picket"].get("peer", {}).get("host")})
        also = feed("also.txt", "".join(p + "\n" for p in peers))
        allow = feed("allow.txt", "".join(p + "\n" for p in peers), allow=True)
        after = run("camera.pcap", [also, allow])["alert"]
        who = [sorted((a["src_ip"], a["picket"]["entity"]["id"]) for a in x) for x in (before, after)]
        check(peers and who[0] == who[1], f"{who[0]} and {who[1]}")
        both = run("camera.pcap", [also])["alert"]
        check(any(e.get("feed") for a in both for e in a["picket"]["evidence"]), "a feed is no evidence beside the pack")
        check(sorted((a["src_ip"], a["picket"]["entity"]["id"]) for a in both) == who[0], "a feed took the pack's alert")

        # long after its date an entry holds no more; in a replay that is packet time
        old = run("camera-clean.pcap", [dict(bad, expires_days=1)])
        check(not old["alert"] and old["stats"][-1]["stats"]["detect.outside_validity"] > 0, "expired entries alert")
        # a replay is the same whenever it is run: no feed is too old for it
        aged = run("camera-clean.pcap", [dict(bad, max_age_days=1)])
        check(aged["stats"][-1]["feeds"][0]["state"] == "used", aged["stats"][-1]["feeds"])


def urls():
    with tempfile.TemporaryDirectory(prefix="picket-feeds-") as folder:
        for text, n in (("URL", True), ("URL/more", False), ("HOST/other", False)):
            requests = [r for f in run("meters-clean.pcap", [])["flow"]
                        for r in f["picket"].get("fields", {}).get("http.request", []) if f["dest_port"] == 80]
            check(requests, "no request in clear in the capture")
            url = requests[-1].split(" ", 1)[1]
            path = pathlib.Path(folder) / "urls.txt"
            path.write_text("http://" + text.replace("URL", url).replace("HOST", url.split("/")[0]) + "\n")
            found = run("meters-clean.pcap", [{"path": str(path), "name": "urls"}])
            hit = [e for a in found["alert"] for e in a["picket"]["evidence"] if e.get("feed") == "urls"]
            check(bool(hit) == n, f"{path.read_text()}: {hit}")
            check(all(e["type"] == "url" and e["field"] == "http.request" for e in hit), hit)


counts()
alerts()
urls()
print(f"{wrong} wrong" if wrong else "all as it should be")
sys.exit(wrong != 0)
