# SPDX-License-Identifier: Apache-2.0
"""What our parsers of plant and network control read in real captures, beside what tshark reads.

    compare_fields.py PICKETD PCAPS [--only PROTOCOL]

For every capture in which tshark sees a protocol of PROTOCOLS, the values of each field are
compared as sets over the capture. What only one of us has is printed, and the exit status is 1
unless EXPLAINED says why (run by hand: the largest captures take minutes); 77 when tshark or the captures are not there.

To add a protocol: one row in PROTOCOLS, our field to tshark's. A value of ours that is a name is
brought to its number by the table in our source whose rows hold both."""
import collections
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("ics-metering", "firmware")
SKIPPED = 77


def numbers(parser, pattern):
    """name -> number, from the rows of a parser's table."""
    text = (ROOT / "src" / "classify" / f"{parser}.c").read_text()
    return {m["name"]: int(m["number"], 0) for m in re.finditer(pattern, text)}


MODBUS_FUNCTIONS = {"encapsulated-interface": 43,
                    **numbers("modbus", r'\{ (?P<number>\d+), ASKS\w+, .*?"(?P<name>[a-z-]+)"')}
IEC104_TYPES = numbers("iec104", r'\{ (?P<number>\d+), \w+, "(?P<name>[A-Z_0-9]+)" \}')
DNP3_FUNCTIONS = numbers("dnp3", r'\{ (?P<number>\d+), (?:true|false), "(?P<name>[a-z-]+)" \}')

PROTOCOLS = {    # tshark's filter, then our field: tshark's field and our names
    "modbus": ("mbtcp", {
        "modbus.unit": ("mbtcp.unit_id", {}),
        "modbus.function": ("modbus.func_code", MODBUS_FUNCTIONS),
        "modbus.exception": ("modbus.exception_code", {})}),
    "iec104": ("iec60870_104", {
        "iec104.type": ("iec60870_asdu.typeid", IEC104_TYPES),
        "iec104.cause": ("iec60870_asdu.causetx", {}),
        "iec104.common_address": ("iec60870_asdu.addr", {})}),
    "dnp3": ("dnp3", {
        "dnp3.source": ("dnp3.src", {}), "dnp3.destination": ("dnp3.dst", {}),
        "dnp3.function": ("dnp3.al.func", DNP3_FUNCTIONS)}),
}
# capture, field, reason
EXPLAINED = (
)


def ours(picketd, capture):
    """Field -> values over all flows."""
    values = collections.defaultdict(set)
    with tempfile.TemporaryDirectory(prefix="picket-fields-") as folder:
        subprocess.run([picketd, "-r", str(capture), "-l", folder, "-q", "-k", str(ROOT / "signatures")],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        log = pathlib.Path(folder) / "eve.json"
        for line in log.read_text().splitlines() if log.exists() else ():
            event = json.loads(line)
            if event["event_type"] != "flow":
                continue
            for name, value in event.get("picket", {}).get("fields", {}).items():
                values[name].update(value if isinstance(value, list) else [value])
    return values


def theirs(capture, wanted, fields):
    command = ["tshark", "-n", "-r", str(capture), "-Y", wanted, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300)
    values = collections.defaultdict(set)
    for line in done.stdout.splitlines():
        for field, cell in zip(fields, line.split("\t")):
            values[field].update(int(v, 0) for v in cell.split(",") if v)
    return values


def compare(picketd, capture, name, wanted, fields):
    """Lines of differences, and how many values were alike."""
    want = theirs(capture, wanted, [f for f, _ in fields.values()])
    if not any(want.values()):
        return [], 0
    have, lines, alike = ours(picketd, capture), [], 0
    for field, (other, names) in fields.items():
        mine = {names.get(v, int(v) if str(v).isdigit() else v) for v in have[field]}
        alike += len(mine & want[other])
        for value in sorted(mine ^ want[other], key=str):
            explained = any(fnmatch.fnmatch(capture.name, c) and field == f for c, f, _ in EXPLAINED)
            who = "only ours" if value in mine else "only tshark's"
            lines.append((explained, f"{capture.name}: {field} {value}: {who}"))
    return lines, alike


def main(args):
    picketd, folder = args[0], pathlib.Path(args[1])
    only = args[args.index("--only") + 1] if "--only" in args else None
    if not folder.exists() or shutil.which("tshark") is None:
        print("tshark or the captures are not there")
        return SKIPPED
    captures = [p for f in FOLDERS for p in sorted((folder / f).glob("*.*cap*"))]
    wrong = 0
    for name, (wanted, fields) in PROTOCOLS.items():
        if only not in (None, name):
            continue
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda c: compare(picketd, c, name, wanted, fields), captures))
        lines = [line for found, _ in results for line in found]
        for explained, line in lines:
            print(f"{'explained' if explained else 'DIFFERS  '} {line}")
            wrong += not explained
        print(f"{name}: {sum(n for _, n in results)} values alike in {sum(n != 0 for _, n in results)} captures, "
              f"{len(lines)} not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
