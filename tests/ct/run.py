#!/usr/bin/env python3
"""run.py VALGRIND PROGRAM CASE: one case of constant_time under memcheck.

The case `planted` leaks, and the test passes when memcheck says so. Without valgrind the test is
skipped, which is a failure where CI=true.
"""
import os
import subprocess
import sys

LEAK = 9


def main():
    valgrind, program, case = sys.argv[1:]
    if not valgrind or not program:
        print("skipped: valgrind and its header memcheck.h are not installed")
        return 1 if os.environ.get("CI") == "true" else 77
    # Those of tags judge for themselves what memcheck has counted.
    judge = [] if case.startswith("tags") else [f"--error-exitcode={LEAK}"]
    done = subprocess.run([valgrind, "-q", *judge, program, case], capture_output=True, text=True)
    sys.stdout.write(done.stdout + done.stderr)
    expected = LEAK if case == "planted" else 0
    if done.returncode != expected:
        print(f"exit status {done.returncode}, expected {expected}")
        return 1
    if case == "planted" and "depends on uninitialised value" not in done.stderr:
        print("memcheck did not name the planted leak")
        return 1
    return 0


sys.exit(main())
