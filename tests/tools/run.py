#!/usr/bin/env python3
"""Runs test_*.py of this folder against the sshauth given as first argument.

    run.py SSHAUTH [TEST...]      TEST: test_login.LoginTest.test_password, for example

The last line is `N passed, N failed, N skipped`. With CI in the environment a skip is a failure, but
for what a machine has or has not and nobody can install: its reason begins with "this machine".
"""
import os
import sys
import unittest


def main():
    os.environ["SSHAUTH_TOOL"] = os.path.abspath(sys.argv[1])
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    sys.dont_write_bytecode = True
    loader = unittest.TestLoader()
    wanted = sys.argv[2:]
    suite = loader.loadTestsFromNames(wanted) if wanted else loader.discover(here, "test_*.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len({test.id() for test, _ in result.failures + result.errors})
    skipped = 0
    for test, reason in result.skipped:
        if os.environ.get("CI") and not reason.startswith("this machine"):
            failed += 1
            print(f"FAILED {test.id()}: in CI nothing may be missing: {reason}")
        else:
            skipped += 1
            print(f"skipped: {test.id()}: {reason}")
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
