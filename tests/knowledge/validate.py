#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validate every file of signatures/ against its schema in conf/schema/, and the schemas
themselves: each must be closed, and must refuse a record with a key too many."""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

KINDS = {"entities": "entity", "lists": "list", "listings": "listing", "indicators": "indicator"}


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
    print(f"{records} records, {wrong} errors")
    return 1 if wrong or len(validators) != 5 else 0


if __name__ == "__main__":
    sys.exit(main())
