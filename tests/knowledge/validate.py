#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validate every file of signatures/ against its schema in conf/schema/, and the schemas
themselves: each must be closed, and must refuse a record with a key too many. The tables of
signatures/identity/ are held against the forms below, apart from the loader's own checks."""
import csv
import ipaddress
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

KINDS = {"entities": "entity", "lists": "list", "listings": "listing", "indicators": "indicator", "rules": "rule"}


# Tables: columns, each with the form of its cells; and by which columns a row is one of a kind.
TEXT = r"[^\x00-\x1f\x7f\s]([^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?"
DATE = r"20[0-9]{2}(-[01][0-9](-[0-3][0-9])?)?"
ENTITY = r"([a-z0-9_-]{1,64})?"
TAC = {"tac": r"[0-9]{8}", "entity": ENTITY, "brand": TEXT, "model": rf"({TEXT})?", "source": TEXT,
       "as_of": DATE}
TABLES = {
    "tac.csv": (TAC, ["tac"]),
    "tac-osmocom.csv": (TAC, ["tac"]),
    "oui.csv": ({"prefix": r"[0-9A-F]([048C])([0-9A-F]{4}|[0-9A-F]{5}|[0-9A-F]{7})",
                 "bits": r"24|28|36", "entity": ENTITY, "organisation": TEXT, "source": TEXT,
                 "as_of": DATE}, ["prefix"]),
    "modem-mac.csv": ({"mac": r"[0-9A-F]{10}([0-9A-F]{2})?", "bits": r"40|48", "family": TEXT,
                       "source": TEXT, "as_of": DATE}, ["mac"]),
}


def tables(root):
    """Errors in signatures/identity/, as texts."""
    folder = root / "signatures/identity"
    entities = {record["id"] for path in (root / "signatures/entities").rglob("*.json")
                for record in json.loads(path.read_text())}
    if sorted(path.name for path in folder.glob("*.csv")) != sorted(TABLES):
        yield f"{folder}: other tables than {sorted(TABLES)}"
    seen = set()
    for name, (columns, key) in TABLES.items():
        with open(folder / name, newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file, strict=True)
            if rows.fieldnames != list(columns):
                yield f"{name}: columns {rows.fieldnames}"
                continue
            last = ""
            for row in rows:
                at = f"{name}:{rows.line_num}"
                if None in row or None in row.values():
                    yield f"{at}: cells missing or too many"
                    continue
                for column, form in columns.items():
                    if not re.fullmatch(form, row[column]):
                        yield f"{at}: {column} '{row[column]}'"
                if row.get("entity") and row["entity"] not in entities:
                    yield f"{at}: entity '{row['entity']}' is not in the pack"
                one = tuple([key[0]] + [row[k] for k in key])
                if one in seen:
                    yield f"{at}: {one} is there twice"
                seen.add(one)
                if row[key[0]] < last:  # so that a change is one line of the history
                    yield f"{at}: not in order"
                last = row[key[0]]
    licence = (folder / "tac-osmocom.LICENSE").read_text()
    for words in ("Harald Welte", "creativecommons.org/licenses/by-sa/3.0"):
        if words not in licence:
            yield f"tac-osmocom.LICENSE: without '{words}'"
    for name in ("tac.csv", "oui.csv", "modem-mac.csv"):
        if "osmocom" in (folder / name).read_text():
            yield f"{name}: has rows under another licence"


def loose_tables(root):
    """Errors in the tables outside identity/, as texts."""
    entities = {record["id"] for path in (root / "signatures/entities").rglob("*.json")
                for record in json.loads(path.read_text())}
    indicators = {record["id"] for path in (root / "signatures/indicators").rglob("*.json")
                  for record in json.loads(path.read_text())}
    rules = {record["id"] for path in (root / "signatures/rules").rglob("*.json") for record in json.loads(path.read_text())}
    kinds = {
        "networks/adversary.csv": ({"prefix": r"[0-9a-f.:]+/[0-9]{1,3}", "asn": r"[1-9][0-9]{0,9}", "entity": r"[a-z0-9_]+",
                                    "organisation": TEXT, "source": TEXT, "as_of": DATE}, "prefix"),
        "shared-names.csv": ({"name": r"[a-z0-9.-]+\.[a-z]+", "entity": ENTITY, "operator": TEXT, "source": TEXT,
                              "as_of": DATE}, "name"),
        "proof/expect.csv": ({"capture": r"-|[a-z0-9_-]+\.pcap(\.gz)?", "device": r"[0-9a-f.:]+", "id": r"[a-z0-9_-]+",
                              "expect": r"fires|informs|late|silent"}, None),
    }
    for name, (columns, key) in kinds.items():
        seen = set()
        with open(root / "signatures" / name, newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file, strict=True)
            if rows.fieldnames != list(columns):
                yield f"{name}: columns {rows.fieldnames}"
                continue
            for row in rows:
                at = f"{name}:{rows.line_num}"
                if None in row or None in row.values():
                    yield f"{at}: cells missing or too many"
                    continue
                for column, form in columns.items():
                    if not re.fullmatch(form, row[column]):
                        yield f"{at}: {column} '{row[column]}'"
                if row.get("entity") and row["entity"] not in entities:
                    yield f"{at}: entity '{row['entity']}' is not in the pack"
                if "id" in row and row["id"] not in indicators | rules:
                    yield f"{at}: '{row['id']}' is in no file of the pack"
                if key is not None and row[key] in seen:
                    yield f"{at}: '{row[key]}' is there twice"
                seen.add(row.get(key))
                if name.startswith("networks"):
                    ipaddress.ip_network(row["prefix"])     # no host bits
    licence = (root / "signatures/networks/adversary.LICENSE").read_text()
    for words in ("creativecommons.org/licenses/by/4.0", "RouteViews", "DB-IP", "Number Resource Organization"):
        if words not in licence:
            yield f"networks/adversary.LICENSE: without '{words}'"
    size = sum(path.stat().st_size for path in (root / "signatures/proof").iterdir())
    if size > 2 << 20:
        yield f"signatures/proof: {size} octets, more than 2 MiB"


def files(root):
    yield root / "signatures/pack.json", "pack"
    for folder, kind in KINDS.items():
        for path in sorted((root / "signatures" / folder).rglob("*.json")):
            yield path, kind


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = records = 0
    validators = {}
    for path, kind in files(root):
        if kind not in validators:
            schema = json.loads((root / f"conf/schema/{kind}.schema.json").read_text())
            jsonschema.Draft7Validator.check_schema(schema)
            validators[kind] = jsonschema.Draft7Validator(schema)
        data = json.loads(path.read_text())
        records += len(data)
        for error in validators[kind].iter_errors(data):
            print(f"{path}: {list(error.absolute_path)}: {error.message[:200]}")
            wrong += 1
        spoilt = [dict(data[0], one_key_too_many=1)]
        if validators[kind].is_valid(spoilt):
            print(f"{kind}.schema.json takes unknown keys")
            wrong += 1
        # One record a line, so that the loader's line numbers are those of the records.
        lines = path.read_text().splitlines()
        if len(lines) != len(data) + 2:
            print(f"{path}: {len(data)} records on {len(lines)} lines")
            wrong += 1
    for error in (*tables(root), *loose_tables(root)):
        print(error)
        wrong += 1
    print(f"{records} records, {wrong} errors")
    return 1 if wrong or len(validators) != 6 else 0


if __name__ == "__main__":
    sys.exit(main())
