# SPDX-License-Identifier: Apache-2.0
"""Sum up what `meson test` did in the build folders named: names what failed or was skipped,
then one line with the counts. Exit status 1 when something failed or nothing ran."""
import json
import pathlib
import sys

PASSED, SKIPPED = ("OK", "EXPECTEDFAIL"), ("SKIP",)


def results(folder):
    log = pathlib.Path(folder) / "meson-logs" / "testlog.json"
    if not log.exists():
        return
    for line in log.read_text().splitlines():
        test = json.loads(line)
        yield test["name"], test["result"], last_words(test)


def last_words(test):
    said = (test.get("stdout") or "").strip().splitlines() + (test.get("stderr") or "").strip().splitlines()
    return said[-1][:160] if said else ""


def main(folders):
    passed = failed = skipped = 0
    for folder in folders:
        before = passed + failed + skipped
        for name, result, words in results(folder):
            if result in PASSED:
                passed += 1
            elif result in SKIPPED:
                skipped += 1
                print(f"skipped in {folder}: {name}: {words}")
            else:
                failed += 1
                print(f"failed in {folder}: {name}: {result}")
        if passed + failed + skipped == before:
            failed += 1
            print(f"failed in {folder}: no test ran")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
