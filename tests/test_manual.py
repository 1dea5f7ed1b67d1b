#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples of picket-signatures(5) are what they say: each loads beside the pack without a word,
can be proved, and its proofs hold.

Usage: test_manual.py PICKETD SOURCE_ROOT"""
import pathlib
import re
import subprocess
import sys
import tempfile

picketd, source = sys.argv[1], pathlib.Path(sys.argv[2])
PACK, failures = source / "signatures", 0


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)}")


def run(*args):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def examples(manual):
    """Title -> {file: text}."""
    found = {}
    section = manual.split(".Sh EXAMPLES\n", 1)[1].split("\n.Sh ", 1)[0]
    for part in section.split("\n.Ss ")[1:]:
        files = re.findall(r"^\.Pa (\S+)\n\.Bd -literal\n(.*?)^\.Ed$", part, re.M | re.S)
        found[part.split("\n", 1)[0]] = dict(files)
    return found


found = examples((source / "conf/picket-signatures.5").read_text())
check("three worked examples", len(found) == 3 and all(len(files) == 2 for files in found.values()), found.keys())
for title, files in found.items():
    with tempfile.TemporaryDirectory(prefix="picket-manual-") as folder:
        site = pathlib.Path(folder)
        for name, text in files.items():
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_text(text)
        done = run(picketd, "-T", "-k", PACK, "-k", site)
        check(f"{title}: loads", done.returncode == 0 and done.stderr == "", done.stderr)
        done = run(sys.executable, source / "pcaps/prove.py", "--pack", site, "--with", PACK)
        check(f"{title}: proofs are made", done.returncode == 0, done.stderr)
        done = run(picketd, "--selftest", "-k", PACK, "-k", site)
        check(f"{title}: and hold", done.returncode == 0 and done.stderr == "", done.stdout + done.stderr)
print(f"{failures} failed")
sys.exit(failures != 0)
