# SPDX-License-Identifier: Apache-2.0
"""Whose network, and exceptions: small captures through picketd with knowledge made here.

    test_owner.py PICKETD SOURCE_ROOT

Every event is checked against the closed schemas, and contacts against what became of them."""
import json
import pathlib
import subprocess
import sys
import tempfile

picketd, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
for folder in ("pcaps", "tests/golden", "tests/knowledge"):
    sys.path.insert(0, str(source / folder))

import make_mmdb    # noqa: E402
import run_golden    # noqa: E402
from conversations import MORNING, SECOND, ask    # noqa: E402
from messages import http_get, tls_open    # noqa: E402
from messages import arp    # noqa: E402
from wire import Capture, EthernetTap, Host, RawTap, Tcp, ethernet    # noqa: E402

failures = 0
checks = run_golden.validators()

LISTED, CLOUD, NAMED, PLAIN = "203.0.113.7", "203.0.113.130", "198.51.100.9", "192.0.2.80"
ENTITIES = [("lab", "company", True), ("cloud", "iot_cloud", True), ("acme", "module_maker", True), ("good", "company", False)]
INDICATORS = [("ind-1", "acme", "domain", "acme.example", "alert"), ("ind-2", "acme", "ip", NAMED, "alert"),
              ("ind-3", "lab", "domain", "lab.example", "alert"), ("ind-4", "good", "ip", "203.0.113.20", "baseline")]
NETWORKS = [("203.0.113.0/25", 64496, "lab", "Lab Networks", "alert"), ("203.0.113.128/25", 64497, "cloud", "Cloud Ltd", "context"),
            ("198.51.100.0/24", 64498, "acme", "Acme Hosting", "context"), ("2001:db8:7::/48", 64496, "lab", "Lab Networks", "alert"),
            ("192.0.2.192/26", 64499, "good", "Good Networks", "alert")]


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)[:1500]}")


def make_pack(folder):
    for name in ("entities", "indicators", "networks"):
        (folder / name).mkdir(parents=True)
    (folder / "pack.json").write_text('[{"version": "1", "date": "2026-01-01"}]\n')
    (folder / "entities/e.json").write_text(json.dumps([
        {"id": i, "name": f"Name of {i}", "category": c, "basis": "jurisdiction_only" if bad else "baseline", "country": "CN",
         "adversary_linked": bad, "evidence": "verified", "sources": ["s"]} for i, c, bad in ENTITIES]))
    (folder / "indicators/i.json").write_text(json.dumps([
        {"id": i, "entity": e, "type": t, "value": v, "role": "telemetry", "identifies": "host_operator", "use": u,
         "confidence": "high", "verified": True, "severity": "high", "as_of": "2026", "sources": ["s"]}
        for i, e, t, v, u in INDICATORS]))
    rows = "".join(f"{p},{a},{e},{o},made,2026-06-17,{u}\n" for p, a, e, o, u in NETWORKS)
    (folder / "networks/n.csv").write_text("prefix,asn,entity,organisation,source,as_of,use\n" + rows)


class Scene:
    """Connections one after the other, half a minute between them."""

    def __init__(self):
        self.cap, self.t = Capture(RawTap(), MORNING), 0
        self.device, self.dns = Host("10.0.0.5"), Host("10.0.0.1")

    def next(self):
        self.t += 30 * SECOND
        return self.t

    def bare(self, to, octets=b"\x01\x02\x03", who=None, port=9999, at=None):
        t = self.next() if at is None else at
        Tcp(self.cap, t, who or self.device, Host(to), port).open().up(octets).down(octets).close()
        return self

    def tls(self, to, name, who=None, at=None):
        conn = Tcp(self.cap, self.next() if at is None else at, who or self.device, Host(to), 443).open()
        tls_open(conn, f"{to} {name}", name).close()
        return self

    def http(self, to, host):
        conn = Tcp(self.cap, self.next(), self.device, Host(to), 80).open()
        conn.up(http_get(host, "/", "agent/1")).close()
        return self

    def look_up(self, name, *addresses):
        ask(self.cap, self.next(), self.device, self.dns, name, *addresses)
        return self

    def inbound(self, source):
        Tcp(self.cap, self.next(), Host(source), self.device, 8080).open().up(b"hello").close()
        return self


class Run:
    def __init__(self, folder, scene, config="", *more):
        (folder / "c.pcap").write_bytes(scene.cap.octets())
        (folder / "c.yaml").write_text("sensor: s\n" + config)
        done = subprocess.run([picketd, "-c", folder / "c.yaml", "-k", folder / "pack", "-r", folder / "c.pcap", "-l", folder, "-q",
                               *more], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        self.said, self.code = done.stderr, done.returncode
        self.events = [json.loads(line) for line in (folder / "eve.json").read_text().splitlines()] if done.returncode == 0 else []
        self.wrong = [f"{e['event_type']}: {error.json_path}: {error.message}" for e in self.events
                      for error in checks[e["event_type"]].iter_errors(e)]
        self.alerts = [e for e in self.events if e["event_type"] == "alert" and not e["picket"]["final"]]
        self.flows = [e for e in self.events if e["event_type"] == "flow"]
        self.stats = next((e["stats"] for e in self.events if e["event_type"] == "stats"), {})

    def rules(self):
        return [(a["picket"]["rule"], a["picket"]["entity"]["id"]) for a in self.alerts]

    def counted(self):
        """Contacts that the last record of each alert stands for."""
        last = {}
        for e in self.events:
            if e["event_type"] == "alert":
                last[e["event_id"].split(".")[0]] = e["picket"]["count"]
        return sum(last.values())


def clean(what, run):
    check(f"{what}: runs", run.code == 0 and run.said == "", run.said)
    check(f"{what}: schemas", not run.wrong, run.wrong[:3])
    check(f"{what}: contacts are told or counted", run.stats["detect.contacts"] == run.counted() + run.stats["detect.suppressed"],
          (run.stats["detect.contacts"], run.counted(), run.stats["detect.suppressed"]))


def raises(folder, what, scene, wanted, config=""):
    run = Run(folder, scene, config)
    clean(what, run)
    check(what, run.rules() == wanted, (run.rules(), wanted))
    return run


def networks(folder):
    run = raises(folder, "nothing names the far end", Scene().bare(LISTED), [("network", "lab")])
    alert = run.alerts[0]
    p = alert["picket"]
    check("it is weak", alert["alert"]["severity"] == 4 and p["confidence"] == "low" and p["score"]["control"] <= 10, alert)
    check("it says so", any("tenant is not known" in limit for limit in p["limits"]), p["limits"])
    check("its evidence is the network", p["evidence"] == [
        {"field": "peer.asn", "value": "AS64496", "entity": "lab", "source": "made", "as_of": "2026-06-17"}], p["evidence"])
    check("the peer has its owner", p["peer"] == {"ip": LISTED, "port": 9999, "asn": 64496, "as_org": "Lab Networks",
                                                  "owner_source": "made", "owner_as_of": "2026-06-17"}, p["peer"])
    check("all octets are told", p["octets_out"] == run.flows[0]["flow"]["bytes_toserver"], p["octets_out"])
    check("no indicator spoke", "indicator" not in run.flows[0]["picket"]["reasons"], run.flows[0])
    raises(folder, "twice is one alert", Scene().bare(LISTED).bare("203.0.113.8"), [("network", "lab")])
    raises(folder, "a name is somebody's: SNI", Scene().tls(LISTED, "www.tenant.example"), [])
    raises(folder, "a name is somebody's: looked up", Scene().look_up("www.tenant.example", LISTED).bare(LISTED), [])
    raises(folder, "a name is somebody's: HTTP", Scene().http(LISTED, "www.tenant.example"), [])
    raises(folder, "an address is no name", Scene().http(LISTED, LISTED), [("network", "lab")])
    raises(folder, "an indicator says whose it is", Scene().bare("203.0.113.20"), [])
    raises(folder, "who comes in is a stranger", Scene().inbound(LISTED), [])
    raises(folder, "a shared cloud accuses nobody", Scene().bare(CLOUD), [])
    raises(folder, "nor does a trusted network", Scene().bare("192.0.2.200"), [])
    run = raises(folder, "the entity's own name: one alert", Scene().tls(LISTED, "a.lab.example"), [("infrastructure", "lab")])
    check("with the network as evidence", [e["field"] for e in run.alerts[0]["picket"]["evidence"]] == ["tls.sni", "peer.asn"],
          run.alerts[0]["picket"]["evidence"])
    run = raises(folder, "a name in a cloud", Scene().tls(CLOUD, "x.acme.example"), [("infrastructure", "acme")])
    check("informs beside it", run.alerts[0]["picket"]["evidence"][-1].get("entity") == "cloud", run.alerts[0])
    raises(folder, "inform: no alert of its own", Scene().bare(LISTED), [], "detect: {networks: inform}\n")
    run = raises(folder, "inform: beside others", Scene().tls(CLOUD, "x.acme.example"), [("infrastructure", "acme")],
                 "detect: {networks: inform}\n")
    check("inform: evidence", len(run.alerts[0]["picket"]["evidence"]) == 2, run.alerts[0])
    run = raises(folder, "off", Scene().bare(LISTED).tls(CLOUD, "x.acme.example"), [("infrastructure", "acme")],
                 "detect: {networks: off}\n")
    check("off: no evidence", len(run.alerts[0]["picket"]["evidence"]) == 1, run.alerts[0])
    raises(folder, "inside the home networks", Scene().bare(LISTED), [], "home_nets: [10.0.0.0/8, 203.0.113.0/24]\n")
    long = Scene()
    conn = Tcp(long.cap, long.next(), long.device, Host(LISTED), 9999).open()
    for _ in range(8):
        conn.wait(300 * SECOND).up(b"more")
    run = raises(folder, "told while it goes on", long, [("network", "lab")])
    check("told after its first word, not at its end", run.alerts[0]["timestamp"] < run.flows[0]["flow"]["end"], run.alerts[0]["timestamp"])


def owners(folder):
    make_mmdb.main(folder / "mmdb")
    scene = Scene().bare("192.0.2.1").bare("198.51.100.9").bare("10.9.9.9").look_up("nobody.example")
    config = "knowledge: {mmdb: [%s, %s]}\n" % (folder / "mmdb/ipinfo-lite.mmdb", folder / "mmdb/geolite2-country.mmdb")
    run = raises(folder, "owners from a database", scene, [("network", "lab"), ("infrastructure", "acme")], config)
    peers = {f["dest_ip"]: f["picket"].get("peer") for f in run.flows}
    check("AS, organisation and country on a flow", peers["192.0.2.1"] == {
        "asn": 64496, "as_org": "Alpha Networks", "owner_source": "ipinfo-lite.mmdb (ipinfo-lite)", "owner_as_of": "2026-01-01",
        "country": "DE", "country_source": "ipinfo-lite.mmdb (ipinfo-lite)", "country_as_of": "2026-01-01"}, peers)
    check("nothing inside the home networks", peers["10.9.9.9"] is None and peers["10.0.0.1"] is None, peers)
    p = run.alerts[1]["picket"]
    check("the database goes before the table", p["peer"]["asn"] == 64497, p["peer"])
    # a country that is that of every listed entity, for an address of nobody's
    (folder / "cn.mmdb").write_bytes(make_mmdb.database("country", [("192.0.2.0/24", {"country_code": "CN"})]))
    (folder / "as.mmdb").write_bytes(make_mmdb.database("as", [("192.0.2.0/24", {"asn": 64496, "country": "CN"})]))
    run = raises(folder, "a country alone raises nothing", Scene().bare("192.0.2.1").tls("192.0.2.2", "a.tenant.example"), [],
                 "knowledge: {mmdb: [%s]}\n" % (folder / "cn.mmdb"))
    check("it is only told", {f["picket"]["peer"]["country"] for f in run.flows} == {"CN"}, run.flows)
    raises(folder, "the table's AS by a database's prefix", Scene().bare("192.0.2.1"), [("network", "lab")],
           "knowledge: {mmdb: [%s]}\n" % (folder / "as.mmdb"))
    run = Run(folder, Scene().bare(LISTED), "knowledge: {mmdb: [%s]}\n" % (folder / "mmdb/no-map.mmdb"))
    check("a broken database", run.code == 5 and "no-map.mmdb" in run.said and run.said.count("\n") == 1, (run.code, run.said))
    run = Run(folder, Scene().bare(LISTED), "knowledge: {mmdb: [%s]}\n" % (folder / "none.mmdb"))
    check("a database that is not there", run.code == 5 and "none.mmdb" in run.said, (run.code, run.said))


WHY = "reason: works order 17, owner: j.doe, expires: "
UNTIL = WHY + "2026-12-31"


def hides(folder, what, scene, exception, wanted=(), suppressed=1, config=""):
    """With the exception `wanted` is raised; without it more is."""
    run = Run(folder, scene, config + "suppress: [{%s, %s}]\n" % (exception, UNTIL))
    clean(what, run)
    check(what, run.rules() == list(wanted), (run.rules(), wanted))
    check(f"{what}: counted", run.stats["detect.suppressed"] == suppressed == run.stats["detect.suppressed.1"]
          and run.stats["detect.suppress_expired"] == 0, {k: v for k, v in run.stats.items() if "suppress" in k})
    without = Run(folder, scene, config)
    check(f"{what}: told without it", without.counted() == run.counted() + suppressed, without.rules())
    return run


def exceptions(folder):
    one = Scene().tls(PLAIN, "x.acme.example")
    run = hides(folder, "by entity", one, "entity: acme")
    p = run.flows[0]["picket"]
    check("the flow says what it was", p["entity"] == "acme" and p["role"] == "telemetry" and "alert_id" not in p
          and p["suppressed"] == {"reason": "works order 17", "owner": "j.doe", "expires": "2026-12-31"}, p)
    acme = [("infrastructure", "acme")]
    hides(folder, "by rule", one, "rule: infrastructure")
    hides(folder, "by indicator", one, "indicator: ind-1")
    hides(folder, "by source", one, "source: 10.0.0.0/24")
    hides(folder, "by destination", one, "destination: 192.0.2.80")
    hides(folder, "by port", one, "port: 443")
    hides(folder, "by name", one, "destination: Acme.Example.")
    hides(folder, "by group", one, "group: meters", config="groups: [{name: meters, subnets: [10.0.0.0/24]}]\n")
    hides(folder, "by all of them", one, "entity: acme, rule: infrastructure, indicator: ind-1, port: 443, source: 10.0.0.5, "
          "destination: x.acme.example, group: meters", config="groups: [{name: meters, subnets: [10.0.0.0/24]}]\n")
    hides(folder, "a look-up by name", Scene().look_up("x.acme.example"), "destination: acme.example")
    hides(folder, "a network", Scene().bare(LISTED), "rule: network, entity: lab, destination: 203.0.113.0/28")
    for what, exception in [("another entity", "entity: lab"), ("another rule", "rule: module"), ("another indicator", "indicator: ind-2"),
                            ("another source", "source: 10.0.1.0/24"), ("another destination", "destination: 192.0.2.81"),
                            ("another port", "port: 80"), ("a name that only ends alike", "destination: cme.example"),
                            ("a name below it", "destination: y.x.acme.example"), ("one that fits, one that does not", "entity: acme, port: 80")]:
        run = Run(folder, one, "suppress: [{%s, %s}]\n" % (exception, UNTIL))
        clean(f"not for {what}", run)
        check(f"not for {what}", run.rules() == acme and run.stats["detect.suppressed"] == 0, run.rules())
    # the name comes after the address has matched
    hides(folder, "by a name that is seen late", Scene().tls(NAMED, "www.tenant.example"), "destination: tenant.example")
    both = Scene()
    both.tls(NAMED, "www.tenant.example", at=10 * SECOND)
    both.tls(NAMED, "www.tenant.example", at=10 * SECOND + 200_000)
    both.bare(NAMED, at=11 * SECOND)
    run = hides(folder, "two of three at once", both, "destination: tenant.example", acme, 2)
    alert = run.alerts[0]
    check("the third is what is told", alert["dest_port"] == 9999 and alert["picket"]["count"] == 1
          and alert["picket"]["octets_out"] == next(f for f in run.flows if f["dest_port"] == 9999)["flow"]["bytes_toserver"], alert)
    # expiry, on packet time
    mixed = Scene().tls(PLAIN, "x.acme.example").tls(PLAIN, "x.acme.example")
    run = Run(folder, mixed, "suppress: [{entity: acme, %s2026-03-01}]\n" % WHY)
    clean("expired", run)
    check("expired: told", run.rules() == acme and run.stats["detect.suppress_expired"] == 2
          and run.stats["gauge.exceptions_expired"] == 1, run.stats)
    run = Run(folder, mixed, "suppress: [{entity: acme, %s2026-03-02}]\n" % WHY)
    check("its last day counts", run.rules() == [] and run.stats["detect.suppressed"] == 2
          and run.stats["gauge.exceptions_expired"] == 0, run.rules())
    over = Scene()
    over.tls(PLAIN, "x.acme.example", at=16 * 3600 * SECOND - 60 * SECOND).tls(PLAIN, "x.acme.example", at=16 * 3600 * SECOND + 60 * SECOND)
    run = Run(folder, over, "suppress: [{entity: acme, %s2026-03-02}]\n" % WHY)
    clean("expires in between", run)
    check("expires in between", run.rules() == acme and run.stats["detect.suppressed"] == 1 and run.alerts[0]["picket"]["count"] == 1,
          run.alerts)
    # the first that fits
    run = Run(folder, one, "suppress: [{entity: lab, %s}, {entity: acme, %s}, {port: 443, %s}]\n" % (UNTIL, UNTIL, UNTIL))
    check("counted by the first that fits", [run.stats[f"detect.suppressed.{i}"] for i in (1, 2, 3)] == [0, 1, 0], run.stats)


GATEWAY, STATION, MONITOR = "00:00:5e:00:53:01", "00:00:5e:00:53:02", "00:00:5e:00:53:03"
NOBODY = "00:00:00:00:00:00"


def lan(folder):
    """A listed address that is used inside: who claims it, who answers, over how many routers."""
    def told(t, cap, mac, addr, vlan):
        cap.add(t, ethernet(mac, MONITOR, 0x0806, arp(2, mac, addr, MONITOR, "10.0.0.5"), (vlan,)))

    def contact(claims, answers=STATION, ttl=64, to=NAMED, name=None, open_only=False):
        cap = Capture(EthernetTap(GATEWAY), MORNING)
        for i, (mac, addr, vlan) in enumerate(claims):
            told(i * 1000, cap, mac, addr, vlan)
        monitor, far = Host("10.0.0.5", MONITOR, 7), Host(to, answers, 7, ttl)
        conn = Tcp(cap, 30 * SECOND, monitor, far, 443)
        if open_only:
            conn.unanswered()
        elif name:
            tls_open(conn.open(), "lan", name).close()
        else:
            conn.open().up(b"abc").down(b"abc").close()
        scene = Scene()
        scene.cap = cap
        return scene

    claim = [(STATION, NAMED, 7)]
    many = [(STATION, f"198.51.100.{n}", 7) for n in range(9, 60)]
    for what, scene, lowered in [
            ("claimed and answered here", contact(claim), True), ("of another system", contact(claim, ttl=128), True),
            ("claimed by nobody", contact([]), False), ("claimed by another", contact([(GATEWAY, NAMED, 7)]), False),
            ("claimed in another VLAN", contact([(STATION, NAMED, 8)]), False), ("answered over a router", contact(claim, ttl=63), False),
            ("claimed by the gateway, which passes it on", contact([(GATEWAY, NAMED, 7)], GATEWAY, 48), False),
            ("claimed by who answers for many", contact(many), False), ("not answered", contact(claim, open_only=True), False),
            ("under the entity's own name", contact(claim, name="x.acme.example"), False)]:
        run = raises(folder, f"on the LAN: {what}", scene, [("infrastructure", "acme")])
        alert = run.alerts[0]
        peer, limits = alert["picket"]["peer"], alert["picket"]["limits"]
        check(f"on the LAN: {what}: {'lowered' if lowered else 'as ever'}",
              ("on_lan" in peer) == lowered == any("own LAN" in limit for limit in limits)
              and (alert["alert"]["severity"] == 4 and alert["picket"]["confidence"] == "low") == lowered, alert)


def modules(folder):
    """What is about a device itself: by group and source once its address is known."""
    pcap, signatures = source / "pcaps/cellular-no-mei.pcap", source / "signatures"

    def run(config):
        (folder / "m.yaml").write_text("sensor: s\n" + config)
        subprocess.run([picketd, "-c", folder / "m.yaml", "-k", signatures, "-r", pcap, "-l", folder, "-q"], check=True)
        events = [json.loads(line) for line in (folder / "eve.json").read_text().splitlines()]
        stats = next(e["stats"] for e in events if e["event_type"] == "stats")
        return [e for e in events if e["event_type"] == "alert" and e["picket"]["finding"] == "module"], stats
    before, _ = run("")
    check("modules are told", len(before) >= 2, len(before))
    address = before[0]["picket"]["device"]["ip"][0]
    after, stats = run("suppress: [{rule: module, source: %s, %s}]\n" % (address, UNTIL))
    check("one device's module is not", len(after) == len(before) - 1 and stats["detect.suppressed"] == 1,
          (len(before), len(after), stats["detect.suppressed"]))


def configuration(folder):
    scene = Scene().bare(PLAIN)
    for what, code, wanted, config in [
        ("unknown entity", 3, "suppress (line 2): no entity 'acmee'; nearest is 'acme'", "suppress: [{entity: acmee, %s}]" % UNTIL),
        ("unknown rule", 3, "suppress (line 3): no rule 'infrastructur'; nearest is 'infrastructure'",
         "suppress:\n  - {rule: infrastructur, %s}" % UNTIL),
        ("unknown group", 3, "no group 'meter'; nearest is 'meters'",
         "groups: [{name: meters, vlans: [1]}]\nsuppress: [{group: meter, %s}]" % UNTIL)]:
        run = Run(folder, scene, config)
        check(what, run.code == code and wanted in run.said and run.said.count("\n") == 1, (run.code, run.said))
    (folder / "t.yaml").write_text("suppress: [{entity: acme, %s2020}, {entity: acme, %s2099}]" % (WHY, WHY))
    done = subprocess.run([picketd, "-T", "-c", folder / "t.yaml", "-k", folder / "pack"], capture_output=True, text=True)
    check("-T tells what has expired", done.returncode == 0 and done.stderr.count("has expired on 2020") == 1
          and "j.doe" in done.stderr and done.stderr.count("\n") == 1, done.stderr)
    check("-T tells of networks", "5 prefixes of networks" in done.stdout, done.stdout)


def main():
    with tempfile.TemporaryDirectory(prefix="picket-owner-") as name:
        folder = pathlib.Path(name)
        make_pack(folder / "pack")
        for part in (networks, owners, exceptions, lan, modules, configuration):
            part(folder)
    return 1 if failures else 0


sys.exit(main())
