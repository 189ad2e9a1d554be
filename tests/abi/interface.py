#!/usr/bin/env python3
"""The library's interface, its functions and every type they reach, is the one kept in
abi/ipworksauth.abi. What breaks programs that were built against it is told apart from what was
only added; either is recorded on purpose, by `ninja -C BUILD interface`, and seen in review.

    interface.py MAP KEPT INCLUDE SHARED            compares
    interface.py --update MAP KEPT INCLUDE SHARED   writes KEPT
    interface.py --self-test CC..."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from binary import expect, listed_in, output_of, plant, report

# Nothing of the machine that it was made on.
DUMP = ["--drop-private-types", "--exported-interfaces-only", "--no-architecture", "--no-comp-dir-path",
        "--no-corpus-path", "--no-elf-needed", "--no-show-locs", "--no-write-default-sizes",
        "--type-id-style", "hash"]
CHANGED = 4  # of abidiff's result; 1 and 2 are its own troubles


def dump(library, include, out):
    output_of("abidw", *DUMP, "--headers-dir", include, "--out-file", out, library)
    text = pathlib.Path(out).read_text()
    pathlib.Path(out).write_text(re.sub(r" path='[^']*/", " path='", text))


def differences(kept, new, *options):
    done = subprocess.run(["abidiff", *options, kept, new], capture_output=True, text=True)
    if done.returncode & ~(CHANGED | 8):
        sys.exit(f"abidiff failed: {done.stdout}{done.stderr}")
    return done.stdout if done.returncode & CHANGED else ""


def check(kept, include, library):
    with tempfile.TemporaryDirectory() as folder:
        new = f"{folder}/new.abi"
        dump(library, include, new)
        if broken := differences(kept, new, "--no-added-syms"):
            return [f"programs built against the kept interface may break:\n{broken}"]
        if grown := differences(kept, new):
            return [f"there is more than the kept interface tells:\n{grown}"]
    return []


def complete(kept, map_file):
    """A dump without debug information would compare equal to anything."""
    text = pathlib.Path(kept).read_text()
    described = set(re.findall(r"<function-decl [^>]*?elf-symbol-id='(\w+)[@']", text))
    return [f"{name} is exported, but the kept interface does not describe it"
            for name in sorted(listed_in(map_file) - described)]


HEADER = """
struct shape { %s };
enum kind { one = 1, two = %s };
int open_it(struct shape* s, enum kind k);
%s
"""
SOURCE = """
#include "planted.h"
int open_it(struct shape* s, enum kind k) { return s->a + (int)k; }
int close_it(%s x) { return (int)x; }
%s
"""


def self_test(cc):
    def made(name, members="int a; int b;", two="2", close="int", more=""):
        with tempfile.TemporaryDirectory() as include:
            header = pathlib.Path(include) / "planted.h"
            header.write_text(HEADER % (members, two, f"int close_it({close} x);"))
            library = plant(folder, name, SOURCE % (close, more), cc, "-shared", "-fPIC", f"-I{include}")
            dump(library, include, f"{folder}/{name}.abi")
        return f"{folder}/{name}.abi"

    with tempfile.TemporaryDirectory() as folder:
        kept = made("kept")
        text = pathlib.Path(kept).read_text()
        assert folder not in text and os.getcwd() not in text and "shape" in text, text
        for name, change in (("moved", {"members": "int b; int a;"}),
                             ("bigger", {"members": "long a; int b;"}),
                             ("renumbered", {"two": "3"}),
                             ("other_type", {"close": "long"})):
            if not differences(kept, made(name, **change), "--no-added-syms"):
                sys.exit(f"self-test: {name} went unnoticed")
        grown = made("grown", more="int extra(void); int extra(void) { return 1; }")
        if differences(kept, grown, "--no-added-syms") or not differences(kept, grown):
            sys.exit("self-test: what was added is not told apart")
        if not differences(grown, kept, "--no-added-syms"):
            sys.exit("self-test: a function that went went unnoticed")
        map_file = pathlib.Path(folder) / "planted.map"
        map_file.write_text("V {\n  global:\n    open_it;\n    gone;\n  local:\n    *;\n};\n")
        expect(complete(kept, map_file), "gone is exported")


def main():
    if shutil.which("abidiff") is None or shutil.which("abidw") is None:
        print("abidiff is not installed (Debian: abigail-tools)")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    if sys.argv[1] == "--self-test":
        self_test(sys.argv[2:])
        print("every planted change was found")
        return
    update = sys.argv[1] == "--update"
    map_file, kept, include, library = sys.argv[2 if update else 1:]
    if update:
        dump(library, include, kept)
        print(f"{kept} is written")
        return
    said = check(kept, include, library) + complete(kept, map_file)
    report(said + ["If that is meant: ninja -C BUILD interface"] * bool(said), f"{len(said)} complaints")


if __name__ == "__main__":
    main()
