#!/usr/bin/env python3
"""A test program under valgrind's memcheck: it reads nothing that is not there or was never written,
and loses no block.

    memcheck.py PROGRAM               must end well
    memcheck.py --self-test FAULTY    whose faults must be seen

Without valgrind it is skipped; with CI in the environment that is a failure.
"""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))
from checks import Count, Skip

LIMIT = 900  # seconds; only a program that hangs gets there
FAULT = 99
COMMAND = ["valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible",
           f"--error-exitcode={FAULT}", f"--suppressions={HERE}/loader.supp"]


def lacks():
    """Why nothing can be checked here, or nothing."""
    return "" if shutil.which("valgrind") else "not installed: valgrind"


def run(*command):
    if reason := lacks():
        raise Skip(reason)
    done = subprocess.run([*COMMAND, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LIMIT)
    return done.returncode, done.stdout + done.stderr


def ends_well(program):
    status, said = run(program)
    assert status == 0, f"exit {status}\n{said}"


def faults_are_seen(program):
    for arguments, words in ((["1"], "Invalid read"), ([], "definitely lost")):
        status, said = run(program, *arguments)
        assert status == FAULT and words in said, f"exit {status}\n{said}"


def main():
    count, program = Count(), sys.argv[-1]
    check = faults_are_seen if sys.argv[1] == "--self-test" else ends_well
    count.run(os.path.basename(program), lambda: check(program))
    return count.tell()


if __name__ == "__main__":
    sys.exit(main())
