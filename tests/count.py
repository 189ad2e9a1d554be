#!/usr/bin/env python3
"""Counts test cases in Meson's testlog.json and prints what failed, what was skipped, the sum.

A test program tells its own numbers: Catch2 programs by their summary, others by a last line
`N passed, N failed, N skipped`. A line `skipped: REASON` from a Catch2 program is a test case that
passed only because it did nothing, and is moved from passed to skipped. A program that ends badly
is at least one failure whatever it said; one that tells no numbers counts as one test case.
"""
import json
import re
import sys
from pathlib import Path

OWN = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
CATCH_GOOD = re.compile(r"^All tests passed \(.* in (\d+) test cases?\)$", re.M)
CATCH_BAD = re.compile(r"^test cases:\s*(\d+)((?:\s*\|\s*\d+ [a-z ]+)*)\s*$", re.M)
CATCH_NONE = re.compile(r"^No (?:tests ran|test cases matched)", re.M)
SKIPPED = re.compile(r"^\s*skipped: (.+)$", re.M)


def own_numbers(text):
    found = OWN.findall(text)
    return tuple(map(int, found[-1])) if found else None


def catch_numbers(text):
    passed = failed = 0
    if good := CATCH_GOOD.findall(text):
        passed = int(good[-1])
    elif bad := CATCH_BAD.findall(text):
        total, parts = int(bad[-1][0]), dict(
            (name.strip(), int(n)) for n, name in re.findall(r"(\d+) ([a-z ]+)", bad[-1][1]))
        failed = parts.get("failed", 0)
        passed = total - failed
    elif not CATCH_NONE.search(text):
        return None
    skipped = min(len(SKIPPED.findall(text)), passed)
    return passed - skipped, failed, skipped


def numbers(test):
    text = test.get("stdout", "") + "\n" + test.get("stderr", "")
    said = own_numbers(text) or catch_numbers(text)
    result = test["result"]
    if result == "SKIP":
        return said if said and said[2] else (0, 0, 1)
    if result in ("OK", "EXPECTEDFAIL"):
        if said is None:
            return 1, 0, 0
        # It exited well and still counts failures: believe the worse of the two.
        return said
    if said is None:
        return 0, 1, 0
    return said[0], max(said[1], 1), said[2]


def main(log, run):
    tests = [json.loads(line) for line in Path(log).read_text().splitlines() if line] \
        if Path(log).exists() else []
    if not tests:
        print(Path(run).read_text() if Path(run).exists() else "", end="")
        print("no test ran")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    total = [0, 0, 0]
    for test in sorted(tests, key=lambda t: t["name"]):
        got = numbers(test)
        total = [a + b for a, b in zip(total, got)]
        print("%-42s %5d passed %3d failed %3d skipped %6.1f s" %
              (test["name"].split(" / ")[-1], *got, test.get("duration", 0)))
        text = test.get("stdout", "") + "\n" + test.get("stderr", "")
        if got[1]:
            print("  %s, exit status %s; the end of its output:" %
                  (test["result"], test.get("returncode")))
            print("".join("    %s\n" % line for line in text.strip().splitlines()[-60:]), end="")
        for reason in SKIPPED.findall(text) if got[2] else []:
            print("  skipped: " + reason)
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
