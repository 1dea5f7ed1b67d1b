#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold the pack against the collection of facts that it was made from, when that lies beside the
repository (../shared/facts): nothing is left out, nothing says more than its source, and every name
of an organisation leads to an entity. Skipped, visibly, where the collection is not.

Usage: facts.py SOURCE_ROOT"""
import csv
import json
import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1])
FACTS, PACK = ROOT.parent / "shared" / "facts", ROOT / "signatures"
# Expressions over host names: no suffix says them, but a domain of the pack covers each.
COVERED = {"ind-0387": "myhuaweicloud.com", "ind-0726": "kaspersky.com", "ind-0727": "kaspersky.com", "ind-0939": None}
WEIGHT = {"alert": 3, "retro_hunt": 2, "context": 1, "baseline": 0, "do_not_ship": -1}
wrong = 0


def complain(text):
    global wrong
    wrong += 1
    print(text)


def facts(name):
    return json.loads((FACTS / name).read_text())


def records(folder):
    return [r for path in sorted((PACK / folder).rglob("*.json")) for r in json.loads(path.read_text())]


def check_entities(entities):
    known = set(entities) | {a.lower() for e in entities.values() for a in e.get("aliases", [])}
    for name in ("vendors.json", "indicators.json", "listings.json", "fingerprints.json"):
        for fact in facts(name):
            slug = fact["id"] if name == "vendors.json" else fact.get("vendor_id")
            if slug is not None and slug not in known:
                complain(f"{name}: '{slug}' is no entity")
    for fact in facts("vendors.json"):
        entity = entities.get(fact["id"])
        if entity is None:
            continue
        if fact["basis"] != entity["basis"]:
            complain(f"{fact['id']}: basis {entity['basis']}, the facts say {fact['basis']}")
        if fact["parent"] not in (None, entity.get("parent")):
            complain(f"{fact['id']}: parent {entity.get('parent')}, the facts say {fact['parent']}")
        if fact["adversary_linked"] != entity["adversary_linked"]:
            complain(f"{fact['id']}: adversary_linked differs")


def check_indicators(indicators):
    shipped = {r["id"]: r for r in indicators}
    domains = {r["value"] for r in indicators if r["type"] == "domain"}
    for fact in facts("indicators.json"):
        record = shipped.get(fact["id"])
        if fact["use"] == "do_not_ship":
            if record is not None:
                complain(f"{fact['id']}: is not to be shipped")
        elif record is None:
            if fact["id"] not in COVERED:
                complain(f"{fact['id']} '{fact['value']}' is missing")
            elif COVERED[fact["id"]] not in domains | {None}:
                complain(f"{fact['id']}: nothing covers it")
        elif record["entity"] != fact["vendor_id"] or record["identifies"] != fact["identifies"]:
            complain(f"{fact['id']}: whose it is, or what it proves, differs")
        elif WEIGHT[record["use"]] > WEIGHT[fact["use"]]:
            complain(f"{fact['id']}: use '{record['use']}' says more than '{fact['use']}'")
        elif fact["type"] in ("host", "domain", "ip", "port") and record["value"] != fact["value"]:
            complain(f"{fact['id']}: '{record['value']}' for '{fact['value']}'")


def check_lists(lists, listings):
    ids = {r["id"] for r in lists}
    for fact in facts("lists.json"):
        if fact.get("list_id", fact.get("id")) not in ids:
            complain(f"list {fact.get('list_id')} is missing")
    there = {}
    for r in listings:
        there.setdefault((r["list"], r["entity"]), []).append(r)
    for fact in facts("listings.json"):
        rows = there.get((fact["list_id"], fact["vendor_id"]), [])
        if not rows:
            complain(f"{fact['vendor_id']} on {fact['list_id']} is missing")
        elif fact["status"] != "verified" and all(r["verified"] for r in rows):
            complain(f"{fact['vendor_id']} on {fact['list_id']}: verified, though the facts are not")
        elif fact["delisted_on"] and not any(r.get("until") for r in rows):
            complain(f"{fact['vendor_id']} on {fact['list_id']}: its end is missing")


def check_networks(entities):
    group = {r["asn"]: r["vendor_id_or_group"] for r in csv.DictReader((FACTS / "asn-adversary.csv").open())}
    wanted = {(r["prefix"], r["asn"], group[r["asn"]])
              for r in csv.DictReader((FACTS / "asn-adversary-prefixes.csv").open())}
    there = {(r["prefix"], r["asn"], r["entity"]) for r in csv.DictReader((PACK / "networks/adversary.csv").open())}
    if wanted != there:
        complain(f"networks: {len(wanted - there)} missing, {len(there - wanted)} too many")
    for slug in {g for g in group.values()} - set(entities):
        complain(f"networks: '{slug}' is no entity")


if not FACTS.is_dir():
    print(f"skipped: there are no facts in {FACTS}")
    sys.exit(77)
entities = {r["id"]: r for r in records("entities")}
check_entities(entities)
check_indicators(records("indicators"))
check_lists(records("lists"), records("listings"))
check_networks(entities)
print(f"{wrong} differences")
sys.exit(wrong != 0)
