# SPDX-License-Identifier: Apache-2.0
"""pcaps/NAME.pcap goes in, tests/golden/NAME.json (alerts) and NAME.flows.json must come out.

    run_golden.py [--refresh] PICKETD [NAME ...]

Every event that picketd writes is checked against the closed schemas of conf/schema. Captures
that end in -clean must not raise anything. NAME is a capture, or `lists`: the schemas that
list fields and counters, and the manual's list of fields, are what the program has; or `order`: all captures in one go, again,
and in another order give the same octets. Without a NAME all of that is done. --refresh writes
the golden files and those two schemas and shows what changed."""
import difflib
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

FIELDS_BEGIN, FIELDS_END = '.\\" fields: written by tests/golden/run_golden.py --refresh\n', '.\\" end of fields\n'
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PCAPS, SCHEMAS = ROOT / "pcaps", ROOT / "conf" / "schema"


def closed(schema, where):
    """Every object of the schema must say that nothing else is allowed."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            sys.exit(f"{where}: an object without additionalProperties: false")
        for key, inner in schema.items():
            closed(inner, f"{where}/{key}")
    elif isinstance(schema, list):
        for i, inner in enumerate(schema):
            closed(inner, f"{where}/{i}")


def inlined(schema, schemas):
    """The schema with each $ref replaced by what it points to."""
    if isinstance(schema, list):
        return [inlined(inner, schemas) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name, _, pointer = schema["$ref"].partition("#/")
        target = root = schemas[name]
        for step in pointer.split("/") if pointer else ():
            target = target[step]
        return inlined(target, {**schemas, "": root})
    return {key: inlined(inner, schemas) for key, inner in schema.items()}


def validators():
    schemas = {f"picket:{path.name}": json.loads(path.read_text()) for path in SCHEMAS.glob("*.schema.json")}
    found = {}
    for kind in ("alert", "device", "flow", "reload", "stats"):
        schema = inlined(schemas[f"picket:{kind}.schema.json"], schemas)
        jsonschema.Draft202012Validator.check_schema(schema)
        closed(schema, f"{kind}.schema.json")
        found[kind] = jsonschema.Draft202012Validator(schema)
    return found


def fields_schema(listed):
    """From the lines of `picketd --list-fields`: name, type, ..., "many" where an array is written."""
    values = {"uint": {"type": "integer", "minimum": 0}, "text": {"type": "string"},
              "ip": {"$ref": "picket:event.schema.json#/$defs/ip"},
              "hex": {"type": "string", "pattern": "^([0-9a-f]{2})*$"}}
    properties = {}
    for line in listed.splitlines():
        words = line.split()
        if len(words) < 4 or words[1] not in values or words[3] == "rules":    # those are in no event
            continue
        value = values[words[1]]
        properties[words[0]] = {"type": "array", "minItems": 1, "items": value} if "many" in words[2:4] else value
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "picket:fields.schema.json",
            "title": "picket.fields: what the parsers read; from picketd --list-fields", "type": "object",
            "additionalProperties": False, "minProperties": 1, "properties": properties}


def fields_manual(listed, manual):
    """picket-signatures(5) with its list of fields as the program has it."""
    head, _, rest = manual.partition(FIELDS_BEGIN)
    lines = [FIELDS_BEGIN.rstrip(), ".Bl -tag -width Ds"]
    for line in listed.splitlines():
        name, kind, many, _, text = line.split(None, 4)
        escaped = text.replace("\\", "\\e")
        lines += [f".It Cm {name} No ({kind}{', many' if many == 'many' else ''})",
                  ("\\&" if escaped[0] in ".'" else "") + escaped + "."]
    return head + "\n".join(lines + [".El", ""]) + FIELDS_END + rest.partition(FIELDS_END)[2]


def counters_schema(stats):
    """From the first stats event: every counter is always there."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "picket:counters.schema.json",
            "title": "stats: counters by name; from what picketd writes", "type": "object",
            "additionalProperties": False, "required": list(stats),
            # one for each exception of the configuration, by its place
            "patternProperties": {r"^detect\.suppressed\.[1-9][0-9]*$": {"type": "integer", "minimum": 0}},
            "properties": {name: {"type": "integer", "minimum": 0} for name in stats}}


class Golden:
    def __init__(self, picketd, refresh):
        self.picketd, self.refresh, self.wrong = picketd, refresh, 0

    def complain(self, text):
        self.wrong += 1
        print(text)

    def run(self, *captures):
        """Octets of eve.json after a replay; of one capture with the register of devices beside it."""
        with tempfile.TemporaryDirectory(prefix="picket-golden-") as folder:
            args = [self.picketd, "-l", folder, "-q", "--set", "sensor=golden",
                    "--set", f"knowledge.paths={ROOT / 'signatures'}"]
            for capture in captures:
                args += ["-r", str(capture)]
            register = captures[0].with_suffix(".register.csv")
            if len(captures) == 1 and register.exists():
                args += ["--set", f"identity.register={register.name}"]    # events name it
            done = subprocess.run(args, cwd=PCAPS, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode != 0 or done.stdout or done.stderr:
                self.complain(f"{captures[0].name}: exit status {done.returncode}, said: {done.stdout}{done.stderr}")
            path = pathlib.Path(folder) / "eve.json"
            return path.read_bytes() if path.exists() else b""

    def events(self, name, octets):
        """Alerts, flows and devices, checked, as lines with sorted keys."""
        checks, lines, stats = validators(), {"alert": [], "flow": [], "device": []}, 0
        for number, line in enumerate(octets.splitlines(), 1):
            event = json.loads(line)
            kind = event.get("event_type")
            if kind not in checks:
                self.complain(f"{name}: line {number}: event_type {kind!r}")
                continue
            for error in list(checks[kind].iter_errors(event))[:5]:
                self.complain(f"{name}: line {number}: {kind}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
            if kind == "stats":
                stats += 1
                continue
            event.get("picket", {}).pop("knowledge", None)    # changes with every edit of signatures/
            event.pop("knowledge", None)
            text = json.dumps(event, sort_keys=True, ensure_ascii=False)
            lines[kind].append(text)
        if stats == 0:
            self.complain(f"{name}: no stats event")
        return lines["alert"], lines["flow"], lines["device"]

    def compare(self, path, lines):
        now = "".join(line + "\n" for line in lines)
        before = path.read_text() if path.exists() else ""
        if now == before and path.exists():
            return
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), now.splitlines(True),
                                                   str(path.relative_to(ROOT)), "now", n=0))
        if self.refresh:
            path.write_text(now)
        else:
            self.complain(f"{path.name}: differs; ./run golden --refresh writes it anew")

    def capture(self, name):
        alerts, flows, devices = self.events(name, self.run(PCAPS / f"{name}.pcap"))
        if name.endswith("-clean"):
            for alert in alerts:
                self.complain(f"{name}: must stay silent, but: {alert}")
        elif not alerts:
            self.complain(f"{name}: raised nothing")
        if not flows:
            self.complain(f"{name}: no flow events")
        self.compare(HERE / f"{name}.json", alerts)
        self.compare(HERE / f"{name}.flows.json", flows)
        path = HERE / f"{name}.devices.json"
        if devices or path.exists():
            self.compare(path, devices)

    def order(self, names):
        """The same octets again, and from the files in any order. The folder has files beside
        the captures, which are counted, so that it is compared with itself."""
        paths = [PCAPS / f"{name}.pcap" for name in names]
        folder, first = self.run(PCAPS), self.run(*paths)
        self.events("all", folder)
        for what, captures, wanted in (("again", [PCAPS], folder), ("backwards", paths[::-1], first),
                                       ("shuffled", paths[5:] + paths[4::-1], first)):
            if self.run(*captures) != wanted:
                self.complain(f"all captures {what}: not the same octets")

    def lists(self, name):
        """The schemas of what is a list in the program: parser fields and counters."""
        listed = subprocess.run([self.picketd, "--list-fields"], check=True, capture_output=True, text=True).stdout
        stats = next(event["stats"] for event in map(json.loads, self.run(PCAPS / f"{name}.pcap").splitlines())
                     if event["event_type"] == "stats")
        for what, schema in (("fields", fields_schema(listed)), ("counters", counters_schema(stats))):
            self.compare(SCHEMAS / f"{what}.schema.json", json.dumps(schema, indent=1, ensure_ascii=False).split("\n"))
        manual = SCHEMAS.parent / "picket-signatures.5"
        self.compare(manual, fields_manual(listed, manual.read_text()).rstrip("\n").split("\n"))


def main(args):
    refresh = "--refresh" in args
    picketd, *names = [a for a in args if a != "--refresh"]
    golden = Golden(str(pathlib.Path(picketd).resolve()), refresh)
    everything = sorted(path.stem for path in PCAPS.glob("*.pcap"))
    if refresh or not names or names == ["lists"]:
        golden.lists(everything[0])
    for name in everything if refresh or not names else names:
        if name in everything:
            golden.capture(name)
    if not names or names == ["order"]:
        golden.order(everything)
    return 1 if golden.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
