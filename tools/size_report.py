#!/usr/bin/env python3
"""Octets of code and data per build, against what was agreed.

    tools/size_report.py PROFILE BUILD_DIR    exit 1 when something exceeds size_budgets.tsv

Looks at the core's archive (sum of its members), the crypto rows, and the shared library where the
profile builds one. A budget of `-` is reported and not held.
"""
import glob
import os
import subprocess
import sys

ARTIFACTS = {
    "core": "lib/libsshauth_core.a",
    "openssl rows": "lib/crypto/openssl/libsshauth_crypto_openssl.a",
    "sodium rows": "lib/crypto/sodium/libsshauth_crypto_sodium.a",
    "shared library": "abi/libipworksauth.so",
}
KINDS = ("text", "data", "bss")


def measure(path):
    """{text, data, bss} in octets, summed over the members of an archive."""
    out = subprocess.run(["size", "-t", path], check=True, capture_output=True, text=True).stdout
    return dict(zip(KINDS, map(int, out.splitlines()[-1].split()[:3])))


def budgets(profile):
    """{artifact: {kind: budget or None}}"""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "size_budgets.tsv")
    found = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                of_profile, artifact, *numbers = line.rstrip("\n").split("\t")
                if of_profile == profile:
                    found[artifact] = {k: None if n == "-" else int(n) for k, n in zip(KINDS, numbers)}
    return found


def main(profile, build_dir):
    agreed, over, seen = budgets(profile), [], 0
    print(f"{profile:18} {'text':>9} {'data':>7} {'bss':>7}")
    for artifact, path in ARTIFACTS.items():
        found = sorted(glob.glob(os.path.join(build_dir, path + "*")), key=len)
        if not found:
            if artifact in agreed:
                over.append(f"{artifact}: {path} was not built")
            continue
        seen += 1
        sizes = measure(os.path.realpath(found[0]))
        print(f"  {artifact:16} {sizes['text']:9} {sizes['data']:7} {sizes['bss']:7}")
        for kind, budget in agreed.get(artifact, {}).items():
            if budget is not None and sizes[kind] > budget:
                over.append(f"{artifact}: {kind} is {sizes[kind]}, the budget {budget}")
    print("\n".join(over))
    return 1 if over or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
