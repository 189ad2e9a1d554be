#!/usr/bin/env python3
"""What the shared library exports, what the symbol map lists and what the public headers declare
are the same names; the SONAME is libipworksauth.so.0.

symbols.py SOURCE_ROOT LIBRARY"""
import pathlib
import re
import subprocess
import sys

root, library = pathlib.Path(sys.argv[1]), sys.argv[2]

text = "".join(p.read_text() for p in sorted((root / "include/ipworksauth").glob("*.h")) if p.name != "api.h")
text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
declared = set(re.findall(r"IPWORKSAUTH_API[^;(]*?\b(\w+)\s*\(", text))

listed = (root / "abi/ipworksauth.map").read_text()
listed = set(re.findall(r"^\s+(\w+);", listed.split("global:")[1].split("local:")[0], re.M))

output = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True,
                        text=True).stdout
exported = {line.split()[-1].split("@")[0] for line in output.splitlines()
            if line.split()[1] != "A"}

failed = False
for name, a, b in (("exported but not in the map", exported, listed),
                   ("in the map but not exported", listed, exported),
                   ("declared but not in the map", declared, listed),
                   ("in the map but not declared", listed, declared)):
    for symbol in sorted(a - b):
        failed = True
        print(f"{name}: {symbol}")

dynamic = subprocess.run(["readelf", "-d", library], check=True, capture_output=True,
                         text=True).stdout
if "[libipworksauth.so.0]" not in dynamic:
    failed = True
    print("the SONAME is not libipworksauth.so.0")
print(f"{len(exported)} exported, {len(listed)} in the map, {len(declared)} declared")
sys.exit(1 if failed or len(declared) < 100 else 0)
