# SPDX-License-Identifier: Apache-2.0
"""Fields of flows beside what tshark reads of the same captures.

    compare_fields.py PICKETD PCAPS REAL

PCAPS is the folder of our own captures, REAL that of real ones, which may be missing. For each row of PROTOCOLS and
each of its captures the values of both sides are compared as sets: all that tshark finds in the packets, and all that
the flows of that protocol say. Exit status 1 when any differs, 77 when tshark is not there.

To add a protocol: one row. `only` is tshark's filter, `decode` its -d argument, `keys` maps our fields to tshark's, `plain`
brings tshark's values into our form."""
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED, SEPARATOR = 77, "\x1f"


def stripped(value):
    return value.strip()


def uid(value):
    """tshark writes the name before the number: Verification SOP Class (1.2.840.10008.1.1)."""
    found = re.search(r"\(([0-9.]+)\)$", value)
    return found.group(1) if found else value


@dataclasses.dataclass
class Protocol:
    app: str
    only: str
    keys: dict
    captures: tuple
    decode: tuple = ()
    plain: object = stripped


PROTOCOLS = (
    Protocol("dicom", "dicom", {
        "dicom.called_ae": "dicom.assoc.ae.called", "dicom.calling_ae": "dicom.assoc.ae.calling",
        "dicom.implementation_class": "dicom.userinfo.uid", "dicom.implementation_version": "dicom.userinfo.version",
        "dicom.abstract_syntax": "dicom.pctx.abss.syntax"},
        ("hospital.pcap", "medical/emreekin__DICOM.pcap"), ("tcp.port==4242,dicom",), lambda v: uid(v.strip())),
    Protocol("supl", "ulp", {"supl.imsi": "e212.imsi", "supl.slp": "ulp.fqdn"}, ("managed.pcap",)),
    Protocol("coap", "lwm2mtlv", {
        "lwm2m.manufacturer": "lwm2mtlv.resource.manufacturer", "lwm2m.model": "lwm2mtlv.resource.model_number",
        "lwm2m.serial": "lwm2mtlv.resource.serial_number",
        "lwm2m.firmware_version": "lwm2mtlv.resource.firmware_version"}, ("managed.pcap",)),
)


def ours(picketd, capture, protocol):
    found = {key: set() for key in protocol.keys}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([picketd, "-q", "-r", str(capture), "-l", folder], check=True, stdin=subprocess.DEVNULL)
        for line in (pathlib.Path(folder) / "eve.json").read_text().splitlines():
            event = json.loads(line)
            if event["event_type"] != "flow" or event["app_proto"] != protocol.app:
                continue
            for key, value in event["picket"].get("fields", {}).items():
                if key in found:
                    found[key].update(value if isinstance(value, list) else [value])
    return found


def theirs(capture, protocol):
    names = list(protocol.keys.values())
    args = ["tshark", "-n", "-r", str(capture), "-Y", protocol.only, "-T", "fields", "-E", f"aggregator={SEPARATOR}"]
    for rule in protocol.decode:
        args += ["-d", rule]
    for name in names:
        args += ["-e", name]
    done = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    found = {key: set() for key in protocol.keys}
    for line in done.stdout.splitlines():
        for key, values in zip(protocol.keys, line.split("\t")):
            found[key].update(protocol.plain(v) for v in values.split(SEPARATOR) if v)
    return found


def main(picketd, pcaps, real):
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        return SKIPPED
    wrong = 0
    for protocol in PROTOCOLS:
        for name in protocol.captures:
            capture = next((path for path in (pathlib.Path(pcaps) / name, pathlib.Path(real) / name) if path.exists()), None)
            if capture is None:
                print(f"{protocol.app} {name}: not there, left out")
                continue
            mine, other = ours(picketd, capture, protocol), theirs(capture, protocol)
            values = sum(len(v) for v in other.values())
            print(f"{protocol.app} {name}: {values} values")
            if values == 0:
                print("  tshark finds nothing: the row is wrong")
                wrong = 1
            for key in protocol.keys:
                if mine[key] != other[key]:
                    print(f"  {key}: {sorted(mine[key])}, tshark: {sorted(other[key])}")
                    wrong = 1
    return wrong


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
