#!/usr/bin/env python3
"""Every public header compiles alone: as strict C99 by gcc and clang, as C++20 (sshauth.hpp as
C++20 only), included twice, with warnings as errors. Compilers that are not installed are left out;
none at all is a failure. And sshauth.h, being the manual, names every setting and property
of the tables."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
include = root / "include"
C_FLAGS = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wundef",
           "-Wstrict-prototypes", "-Werror"]
CPP_FLAGS = ["-std=c++20", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
RUNS = [("gcc", ".c", C_FLAGS), ("clang", ".c", C_FLAGS), ("g++", ".cpp", CPP_FLAGS),
        ("clang++", ".cpp", CPP_FLAGS)]

headers = sorted(p.name for p in (include / "ipworksauth").iterdir())
ran, failed = 0, 0
with tempfile.TemporaryDirectory() as folder:
    for header in headers:
        for compiler, suffix, flags in RUNS:
            if shutil.which(compiler) is None or (header.endswith(".hpp") and suffix == ".c"):
                continue
            source = pathlib.Path(folder) / ("only" + suffix)
            line = f'#include "ipworksauth/{header}"\n'
            source.write_text(line + line + "int only(void);\n")
            done = subprocess.run([compiler, *flags, f"-I{include}", "-fsyntax-only", str(source)],
                                  capture_output=True, text=True)
            ran += 1
            if done.returncode != 0:
                failed += 1
                print(f"{compiler} {header}\n{done.stderr}")

manual = (include / "ipworksauth/sshauth.h").read_text()
tables = {name: (root / f"abi/{name}.def").read_text() for name in ("settings", "properties")}
rows = re.findall(r"^(?:X|SAME)\((?:\d+, )?(\w+)", "".join(tables.values()), re.M)
for name in rows:
    if name == "Name" or re.search(rf"\b{name}\b|get{name.lower()}\(", manual) is None:
        failed += 1
        print(f"{name} is not in the manual")
if len(rows) < 90:
    failed += 1
    print(f"only {len(rows)} rows were found in the tables")
print(f"{len(headers)} headers, {ran} compilations, {failed} failed")
sys.exit(1 if failed or ran == 0 else 0)
