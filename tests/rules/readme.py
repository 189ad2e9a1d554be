#!/usr/bin/env python3
"""The README's programs are true: the C program compiles as C99 and stays short, and what is shown of
other languages stands in the programs that are tested.

    readme.py ROOT CC...      compiles the first program against include/, warnings as errors; looks
                              up every excerpt (a block below a line that names a file of tests/ffi)
    readme.py --self-test CC...   what calls what is not there, or was changed, must not pass
"""
import pathlib
import re
import subprocess
import sys

EXCERPT = re.compile(r"`(tests/ffi/[\w./]+)`:\n\n```\w+\n(.*?)```", re.S)
LANGUAGES_SHOWN = 4


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


def stands_in(excerpt, program):
    """Every part of the excerpt, between lines `...`, is a run of whole lines of the program, in order."""
    at = 0
    for part in re.split(r"^\.\.\.\n", excerpt, flags=re.M):
        at = ("\n" + program).find("\n" + part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def excerpts_are_true(text, root):
    shown = EXCERPT.findall(text)
    wrong = [name for name, excerpt in shown if not stands_in(excerpt, (root / name).read_text())]
    for name in wrong:
        print(f"README.md shows what is not in {name}", file=sys.stderr)
    if len(shown) < LANGUAGES_SHOWN:
        print(f"README.md shows {len(shown)} languages; {LANGUAGES_SHOWN} at least", file=sys.stderr)
    return not wrong and len(shown) >= LANGUAGES_SHOWN


def self_test(cc, root):
    broken = "#include <ipworksauth/sshauth.h>\nint main(void) { return ipworksauth_no_such_function(); }\n"
    assert not compiles(cc, broken, root / "include")
    program = "one\n  two\nthree\nfour\n"
    assert stands_in("one\n  two\n...\nfour\n", program) and stands_in("  two\nthree\n", program)
    for false in ("one\ntwo\n", "two\n", "four\n...\none\n", "one\nthree\n", "thr\n"):
        assert not stands_in(false, program), false
    assert not excerpts_are_true("`tests/ffi/login.py`:\n\n```python\nno\n```\n" * LANGUAGES_SHOWN, root)
    assert not excerpts_are_true("", root)


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    cc = sys.argv[2:]
    if sys.argv[1] == "--self-test":
        self_test(cc, root)
        return 0
    text = (root / "README.md").read_text()
    program = first_program(text)
    lines = len([line for line in program.splitlines() if line.strip()])
    if lines > 25:
        print(f"the example has {lines} lines; 25 at most", file=sys.stderr)
        return 1
    return 0 if compiles(cc, program, root / "include") and excerpts_are_true(text, root) else 1


if __name__ == "__main__":
    sys.exit(main())
