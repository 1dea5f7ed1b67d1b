# SPDX-License-Identifier: Apache-2.0
"""pcaps/NAME.truth.json tells whose each flow is: every flow names that module and SIM, and none another.

    check_truth.py PICKETD NAME
    check_truth.py PICKETD same A B

With `same` two captures of one traffic, tapped at two places, must yield the same devices and findings.
The truth: devices, each with what was told of it (null: nobody told, so nobody may know; a key left out
is not looked at), and flows as [device, transport, its address, port, far address, port, first, last]."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PCAPS = ROOT / "pcaps"
IMEI_KEY_DIGITS = 14    # TS 23.003, 6.2: type allocation code and serial; IMEI and IMEISV differ behind


def replay(picketd, name):
    """Every event of a replay, with the register of devices that lies beside the capture, if one does."""
    register = PCAPS / f"{name}.register.csv"
    with tempfile.TemporaryDirectory(prefix="picket-truth-") as folder:
        subprocess.run([picketd, "-r", PCAPS / f"{name}.pcap", "-l", folder, "-q", "--set",
                        f"knowledge.paths={ROOT / 'signatures'}",
                        *(["--set", f"identity.register={register}"] if register.exists() else [])], check=True, stdin=subprocess.DEVNULL)
        return [json.loads(line) for line in (pathlib.Path(folder) / "eve.json").read_bytes().splitlines()]


def ends(event):
    return event["proto"], event["src_ip"], event["src_port"], event["dest_ip"], event["dest_port"]


class Truth:
    def __init__(self, name):
        told = json.loads((PCAPS / f"{name}.truth.json").read_text())
        self.name, self.devices, self.wrong, self.seen = name, told["devices"], 0, set()
        self.flows = {}
        for device, proto, addr, port, far, far_port, first, last in told["flows"]:
            self.flows.setdefault((proto, addr, port, far, far_port), []).append((first, last, device))

    def complain(self, text):
        self.wrong += 1
        if self.wrong <= 20:
            print(f"{self.name}: {text}")

    def owners(self, event, begin, end):
        """The flows of the truth between the ends of an event in that time: key, first packet, device."""
        proto, a, ap, b, bp = ends(event)
        return [(key, first, device) for key in ((proto, a, ap, b, bp), (proto, b, bp, a, ap))
                for first, last, device in self.flows.get(key, ()) if first <= end and begin <= last]

    def is_named(self, what, found, device):
        """Compare picket.device with what was told of a device."""
        for key, told in self.devices[device].items():
            said = found.get(key)
            if key == "announced":
                continue
            if key == "imei" and told and said:
                told, said = told[:IMEI_KEY_DIGITS], said[:IMEI_KEY_DIGITS]
            if (None if said is None else str(said)) != told:
                self.complain(f"{what}: {key} is {said}, must be {told}")

    def flow(self, event):
        """True when it is the flow of a device that no message announced."""
        found, start = event["picket"].get("device", {}), event["flow"]["start"]
        owners = self.owners(event, start, start)
        what = f"flow {' '.join(map(str, ends(event)))} of {start}"
        if not owners:
            for key in ("imsi", "imei", "msisdn"):
                if key in found:
                    self.complain(f"{what}: nobody's, but {key} {found[key]}")
            return False
        key, first, device = owners[0]
        self.seen.add((key, first))
        self.is_named(what, found, device)
        return self.devices[device].get("announced") is False

    def alert(self, event):
        picket = event["picket"]
        what = f"alert {event['alert']['signature']} of {picket['first']}"
        if "src_port" in event:
            owners = self.owners(event, picket["first"], picket["last"])
            if len(owners) != 1:
                self.complain(f"{what}: about {len(owners)} flows of the truth")
            for _, _, device in owners:
                self.is_named(what, picket["device"], device)
        elif not any(picket["device"].get("imsi") == device["imsi"] for device in self.devices):
            self.complain(f"{what}: of a SIM that is not here")

    def check(self, events):
        unannounced = 0
        for event in events:
            if event["event_type"] == "flow":
                unannounced += self.flow(event)
            elif event["event_type"] == "alert":
                self.alert(event)
        for key, flows in self.flows.items():
            for first, _, _ in flows:
                if (key, first) not in self.seen:
                    self.complain(f"flow {' '.join(map(str, key))} of {first}: no event")
        stats = [event["stats"] for event in events if event["event_type"] == "stats"][-1]
        if stats.get("identity.unknown_bearer") != unannounced:
            self.complain(f"identity.unknown_bearer is {stats.get('identity.unknown_bearer')}, "
                          f"but {unannounced} flows were of devices that nobody announced")


def findings(events):
    """What must not depend on where the tap is: per flow its device, per alert what and whose."""
    def whose(event):
        device = event["picket"].get("device", {})
        return tuple(str(device.get(key))[:IMEI_KEY_DIGITS if key == "imei" else None]
                     for key in ("imsi", "imei", "msisdn", "apn", "rat", "plmn", "cell", "maker", "model"))
    flows = {(*ends(event), *whose(event)) for event in events
             if event["event_type"] == "flow" and "imsi" in event["picket"].get("device", {})}
    alerts = {(event["alert"]["signature"], event["picket"].get("stage"), *whose(event)) for event in events
              if event["event_type"] == "alert"}
    return flows, alerts


def same(picketd, a, b):
    wrong = 0
    for what, one, other in zip(("flows", "alerts"), findings(replay(picketd, a)), findings(replay(picketd, b))):
        if not one and not (what == "alerts" and a.endswith("-clean")):
            wrong += 1
            print(f"{a}: no {what} with a device")
        for name, only in ((a, one - other), (b, other - one)):
            wrong += len(only)
            for line in sorted(only)[:10]:
                print(f"{what} of {name} only: {line}")
    return wrong


def main(picketd, *names):
    picketd = str(pathlib.Path(picketd).resolve())
    if names[0] == "same":
        return 1 if same(picketd, *names[1:]) else 0
    truth = Truth(names[0])
    truth.check(replay(picketd, names[0]))
    return 1 if truth.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
