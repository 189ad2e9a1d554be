#!/usr/bin/env python3
"""Every public header compiles alone and twice, and all of them together in any order: the C
headers as C89 (whose compilers know <stdint.h>) to C17 and as C++98 to C++20, the C++ headers as
C++11 to C++20, by gcc and clang, warnings as errors. And sshauth.h, being the manual, names every
setting and property of the tables.

headers.py SOURCE_ROOT      compilers that are not installed are left out; none at all is a failure"""
import itertools
import pathlib
import re
import shutil
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
include = root / "include"
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wundef", "-Werror"]
C_FLAGS = [*WARNINGS, "-Wstrict-prototypes", "-pedantic"]
CPP_FLAGS = [*WARNINGS, "-Wold-style-cast", "-Wnon-virtual-dtor", "-pedantic"]
C_STANDARDS, CPP_STANDARDS = ["c89", "c99", "c11", "c17"], ["c++98", "c++11", "c++14", "c++17", "c++20"]
COMPILERS = [name for name in ("gcc", "clang", "clang-14") if shutil.which(name)][:2]
OF_CPP = {"gcc": "g++", "clang": "clang++", "clang-14": "clang++-14"}
# sshauth_qt.hpp needs Qt and is compiled by its own test.
C_HEADERS = sorted(p.name for p in (include / "ipworksauth").glob("*.h"))
CPP_HEADERS = ["sshauth.hpp", "sshauth_events.hpp"]
failed = ran = 0


def compile_text(compiler, language, flags, headers):
    global failed, ran
    ran += 1
    text = "".join(f'#include "ipworksauth/{name}"\n' for name in headers) + "int only(void);\n"
    command = [compiler, *flags, f"-I{include}", "-fsyntax-only", "-x", language, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        failed += 1
        print(" ".join(command), headers, done.stderr, sep="\n")


def compile_as_c(compiler, headers):
    for standard in C_STANDARDS:
        compile_text(compiler, "c", [f"-std={standard}", *C_FLAGS], headers)


def compile_as_cpp(compiler, headers, standards):
    for standard in standards:
        flags = [*CPP_FLAGS, *(["-Wno-long-long"] if standard == "c++98" else [])]
        compile_text(OF_CPP[compiler], "c++", [f"-std={standard}", *flags], headers)


for compiler in COMPILERS:
    for header in C_HEADERS:
        compile_as_c(compiler, [header, header])
        compile_as_cpp(compiler, [header, header], CPP_STANDARDS)
    for header in CPP_HEADERS:
        compile_as_cpp(compiler, [header, header], CPP_STANDARDS[1:])
        compile_text(OF_CPP[compiler], "c++", ["-std=c++11", "-fno-exceptions", *CPP_FLAGS], [header])
    for order in itertools.permutations(["sshauth.h", "engine.h", "provider.h"]):
        compile_text(compiler, "c", ["-std=c99", *C_FLAGS], order)
        compile_as_cpp(compiler, ["sshauth.hpp", *order], ["c++11"])
        compile_as_cpp(compiler, [*order, "sshauth.hpp"], ["c++20"])

manual = (include / "ipworksauth/sshauth.h").read_text()
tables = {name: (root / f"abi/{name}.def").read_text() for name in ("settings", "properties")}
rows = re.findall(r"^(?:X|SAME)\((?:\d+, )?(\w+)", "".join(tables.values()), re.M)
for name in rows:
    if name == "Name" or re.search(rf"\b{name}\b|get{name.lower()}\(", manual) is None:
        failed += 1
        print(f"{name} is not in the manual")
# A formatter that meets too long a line makes prose of the table: there only headings are not indented.
table = manual[manual.index("\n * Negotiation\n"):].split("\n * Stored and read back", 1)[0]
for line in re.findall(r"(?m)^ \* (?! ).{40,}$", table):
    failed += 1
    print(f"the manual's table of settings has a line that is no row: {line}")
if len(rows) < 90:
    failed += 1
    print(f"only {len(rows)} rows were found in the tables")
print(f"{len(C_HEADERS) + len(CPP_HEADERS)} headers, {ran} compilations, {failed} failed")
sys.exit(1 if failed or ran == 0 else 0)
