#!/usr/bin/env python3
"""The README's first C program compiles as C99 and stays short.

    readme.py ROOT CC...      compiles it against include/, warnings as errors
    readme.py --self-test CC...   a program that calls what is not there must not pass
"""
import pathlib
import re
import subprocess
import sys


def first_program(text):
    found = re.search(r"```c\n(.*?)```", text, re.S)
    if not found:
        raise SystemExit("README.md holds no C program")
    return found.group(1)


def compiles(cc, program, include):
    command = [*cc, "-std=c99", "-Wall", "-Wextra", "-Werror", "-I", str(include), "-fsyntax-only", "-x", "c", "-"]
    done = subprocess.run(command, input=program, text=True, capture_output=True)
    sys.stderr.write(done.stderr)
    return done.returncode == 0


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    cc = sys.argv[2:]
    if sys.argv[1] == "--self-test":
        broken = "#include <ipworksauth/sshauth.h>\nint main(void) { return ipworksauth_no_such_function(); }\n"
        return 1 if compiles(cc, broken, root / "include") else 0
    program = first_program((root / "README.md").read_text())
    lines = len([line for line in program.splitlines() if line.strip()])
    if lines > 25:
        print(f"the example has {lines} lines; 25 at most", file=sys.stderr)
        return 1
    return 0 if compiles(cc, program, root / "include") else 1


if __name__ == "__main__":
    sys.exit(main())
