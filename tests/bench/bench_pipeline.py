# SPDX-License-Identifier: Apache-2.0
"""The whole of picket beside what it is built on, over the same captures in the same run.

    bench_pipeline.py PICKETD FOLDER_OF_BENCH_PROGRAMS PCAPS [SHARED_PCAPS]

For each capture in turn, seven times: a bare libpcap loop, a plain flow table with nDPI per
packet, and picketd writing flows and alerts; then picketd over the same meters without a tunnel
and at S1-U. Figures are medians of the CPU time of whole processes. Environment: BENCH_PACKETS
(mixed, default 1000000), BENCH_METERS (default 50000; a tenth of it at S1-U), BENCH_REPORTS (of a meter at S1-U,
default 96), BENCH_ROUNDS (default 7), BENCH_ONLY
(some of "mixes meters tunnel rules memory"), BENCH_DIR (where captures and logs go, default a
temporary folder). Exit status 1 when a limit is missed."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

LIMITS = {"mixed": 9.0, "real": 9.0, "meters": 12.0}    # times the bare loop
OCTETS_PER_FLOW_MAX = 450
RULES_MAX = 1.25     # times the rules of the pack
TUNNEL_MAX = 1.35    # times the same inner packets without a tunnel
REPORTS = 8
SIGNATURES = pathlib.Path(__file__).resolve().parent.parent.parent / "signatures"
# of the real captures: what is sent by devices and people, not by fuzzers
THEMES = ("cellular-core", "cloud-tls-quic", "dns-dhcp-radius", "firmware", "general", "ics-metering",
          "medical", "telemetry")


class Bench:
    def __init__(self, picketd, programs, folder):
        self.picketd, self.programs, self.folder = picketd, pathlib.Path(programs), pathlib.Path(folder)
        self.missed = 0

    def generate(self, name, *args):
        path = self.folder / f"{name}.pcap"
        mode, *rest = (str(a) for a in args)
        out = subprocess.run([self.programs / "bench_generate", mode, path, *rest], check=True, capture_output=True)
        return path, json.loads(out.stdout)

    def cost(self, program, *args):
        out = subprocess.run([self.programs / "bench_cpu", program, *args], check=True, stdout=subprocess.PIPE)
        cost = json.loads(out.stdout)
        if cost["status"] != 0:
            sys.exit(f"{program} {' '.join(map(str, args))}: exit status {cost['status']}")
        cost["cpu_us"] = cost["user_us"] + cost["system_us"]
        return cost

    def picket(self, capture, *options, pack=SIGNATURES):
        log = self.folder / "log"
        log.mkdir(exist_ok=True)
        return self.cost(self.picketd, "-r", capture, "-l", log, "-q", "-k", pack, *options)

    def verdict(self, what, value, limit, form=".1f"):
        held = value <= limit
        self.missed += not held
        print(f"  {'pass' if held else 'FAIL'}: {what} {value:{form}}, limit {limit:g}")

    def compare(self, name, capture, made):
        rounds = int(os.environ.get("BENCH_ROUNDS", 7))
        runs = {"bare libpcap loop": [], "flow table + nDPI": [], "picketd": []}
        for _ in range(rounds):
            runs["bare libpcap loop"].append(self.cost(self.programs / "bench_bare", capture))
            runs["flow table + nDPI"].append(self.cost(self.programs / "bench_ndpi", capture))
            runs["picketd"].append(self.picket(capture, "--set", "flow.max=1048576"))
        print(f"\n{name}: {made['packets']} packets, {made['octets'] / 1e6:.0f} MB, "
              f"{self.flows_written()} flows, {rounds} rounds")
        print(f"  {'':<18} {'ns/packet':>10} {'user':>8} {'system':>8} {'x bare':>8} {'peak MiB':>9}")
        bare = statistics.median(r["cpu_us"] for r in runs["bare libpcap loop"])
        for what, costs in runs.items():
            cpu, user, system, peak = (statistics.median(c[k] for c in costs)
                                       for k in ("cpu_us", "user_us", "system_us", "peak_kib"))
            per = 1000 / made["packets"]
            print(f"  {what:<18} {cpu * per:>10.0f} {user * per:>8.0f} {system * per:>8.0f} "
                  f"{cpu / bare:>8.1f} {peak / 1024:>9.1f}")
        self.verdict("times the bare loop:", cpu / bare, LIMITS[name])

    def tunnel(self, meters):
        """A day of quarter-hour reports, plain, and in GTP-U with each meter's bearer announced on S11: what
        the announcements cost is put on the inner packets. Then the same with all that is told of such
        devices: an event for each, and for every second one an alert about its module."""
        rounds = int(os.environ.get("BENCH_ROUNDS", 7))
        reports = int(os.environ.get("BENCH_REPORTS", 96))
        rows = (("plain", "meters", ()), ("GTP-U and S11, named", "meters-gtpu-trusted", ("--set", "emit.devices=false")),
                ("... and told", "meters-gtpu", ()))
        captures = [self.generate(f"tunnel-{mode}", mode, meters, reports, "dns") for _, mode, _ in rows]
        made = captures[0][1]
        runs = [[self.picket(path, "--set", "flow.max=1048576", *row[2]) for (path, _), row in zip(captures, rows)]
                for _ in range(rounds)]
        print(f"\ntunnel: {made['packets']} inner packets, {captures[1][1]['packets'] - made['packets']} of signalling, "
              f"{reports} reports a meter, {rounds} paired rounds")
        print(f"  {'':<22} {'ns/inner packet':>16} {'x plain':>8} {'peak MiB':>9}")
        for i, (what, _, _) in enumerate(rows):
            cpu, peak = (statistics.median(r[i][k] for r in runs) for k in ("cpu_us", "peak_kib"))
            times = statistics.median(r[i]["cpu_us"] / r[0]["cpu_us"] for r in runs)
            print(f"  {what:<22} {1000 * cpu / made['packets']:>16.0f} {times:>8.2f} {peak / 1024:>9.1f}")
        self.verdict("named, times the plain packets, median of the rounds:",
                     statistics.median(r[1]["cpu_us"] / r[0]["cpu_us"] for r in runs), TUNNEL_MAX, ".2f")
        for path, _ in captures:
            path.unlink()

    def rules(self, capture, packets):
        """Five thousand rules, five hundred of them regular expressions, that none of the traffic meets, over the
        rules of the pack."""
        rounds = int(os.environ.get("BENCH_ROUNDS", 7))
        pack = self.folder / "many-rules"
        shutil.copytree(SIGNATURES, pack, ignore=shutil.ignore_patterns("proof"))
        (pack / "rules" / "many.json").write_text("[\n" + ",\n".join(json.dumps(r) for r in many_rules(5000, 500)) + "\n]\n")
        empty = self.folder / "empty.pcap"
        empty.write_bytes(capture.read_bytes()[:24])
        runs = []
        for _ in range(rounds):
            runs.append([self.picket(capture, pack=p)["cpu_us"] - self.picket(empty, pack=p)["cpu_us"]
                         for p in (SIGNATURES, pack)])
        few, many = (statistics.median(r[i] for r in runs) * 1000 / packets for i in (0, 1))
        print(f"\nrules: {packets} packets, start-up taken off, {rounds} paired rounds")
        print(f"  rules of the pack {few:.0f} ns/packet, 5000 more with 500 expressions {many:.0f}")
        self.verdict("times the pack's rules, median of the rounds:", statistics.median(b / a for a, b in runs),
                     RULES_MAX, ".2f")
        shutil.rmtree(pack)

    def flows_written(self):
        with open(self.folder / "log" / "eve.json", "rb") as lines:
            return sum(b'"event_type":"flow"' in line for line in lines)

    def memory(self):
        """Octets per live flow: many meters against few, all alive until the last packet."""
        peaks, meters = [], int(os.environ.get("BENCH_METERS", 50000)) * 4
        for n in (1000, meters):
            capture, _ = self.generate("live", "meters", n, REPORTS)
            peaks.append(statistics.median(
                self.picket(capture, "--set", "flow.max=1048576")["peak_kib"] for _ in range(3)))
            capture.unlink()
        each = (peaks[1] - peaks[0]) * 1024 / (meters - 1000)
        print(f"\nmemory: {meters} live classified flows, peak {peaks[1] / 1024:.1f} MiB; "
              f"1000 flows, {peaks[0] / 1024:.1f} MiB")
        self.verdict("octets per live flow:", each, OCTETS_PER_FLOW_MAX)


def many_rules(n, expressions):
    """Over the fields that mixed traffic has, of all kinds of conditions."""
    kinds = (lambda i: {"field": "http.path", "prefix": f"/never/{i}/"}, lambda i: {"field": "tls.sni", "suffix": f"n{i}.never.example"},
             lambda i: {"field": "dns.query", "equals": f"n{i}.never.example"}, lambda i: {"field": "mqtt.topic", "contains": f"never/{i}"},
             lambda i: {"field": "peer.ip", "cidr": f"198.18.{i // 256 % 256}.{i % 256}/32"},
             lambda i: {"field": "payload.octets", "hex": f"fe fd {i // 256 % 256:02x} {i % 256:02x} fc", "offset": 0},
             lambda i: {"all": [{"field": "flow.dest_port", "equals": 20000 + i}, {"field": "flow.proto", "equals": "tcp"}]},
             lambda i: {"field": "http.user_agent", "equals": f"never/{i}"})
    fields = ("http.path", "http.user_agent", "dns.query", "mqtt.topic", "payload.octets")
    for i in range(n):
        when = kinds[i % len(kinds)](i)
        if i < expressions:
            when = {"field": fields[i % len(fields)], "regex": f"never{i}[a-f0-9]+(x|yz){{2,5}}"}
        yield {"id": f"many-{i}", "rev": 1, "title": "never", "role": "telemetry", "confidence": "low", "references": ["bench"],
               "limits": "none", "when": when}


def rules(bench, pcaps):
    packets = int(os.environ.get("BENCH_PACKETS", 1000000))
    plain = sorted(p for p in pathlib.Path(pcaps).glob("*.pcap") if not p.name.startswith("cellular-"))
    capture, made = bench.generate("rules", "mixed", packets, *plain)
    bench.rules(capture, made["packets"])
    capture.unlink()


def mixes(bench, pcaps, shared):
    """Many protocols at once: our own captures, and real ones where there are any."""
    packets = os.environ.get("BENCH_PACKETS", 1000000)
    # one capture in ten with something to report: more than there will ever be
    plain = sorted(p for p in pathlib.Path(pcaps).glob("*.pcap") if not p.name.startswith("cellular-"))
    clean = [p for p in plain if p.stem.endswith("-clean")]
    dirty = [p for p in plain if p not in clean]
    bench.compare("mixed", *bench.generate("mixed", "mixed", packets, *clean * 9, *dirty))
    (bench.folder / "mixed.pcap").unlink()
    if shared and os.path.isdir(shared):
        real = [os.path.join(shared, theme) for theme in THEMES]
        bench.compare("real", *bench.generate("real", "mixed", packets, *real))
        (bench.folder / "real.pcap").unlink()
    else:
        print("\nreal: no real captures beside the repository, skipped")


def main(picketd, programs, pcaps, shared=None):
    meters = os.environ.get("BENCH_METERS", 50000)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"), prefix="picket-bench-") as folder:
        bench = Bench(picketd, programs, folder)
        parts = {"mixes": lambda: mixes(bench, pcaps, shared),
                 "meters": lambda: bench.compare("meters", *bench.generate("meters", "meters", meters, REPORTS, "dns")),
                 "tunnel": lambda: bench.tunnel(int(meters) // 10), "rules": lambda: rules(bench, pcaps), "memory": bench.memory}
        for part in os.environ.get("BENCH_ONLY", " ".join(parts)).split():
            parts[part]()
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
