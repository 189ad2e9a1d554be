#!/usr/bin/env python3
"""What each crypto row costs, provider beside provider: instructions and nanoseconds.

    ninja -C BUILD_DIR tests/crypto/bench_crypto
    tools/bench_crypto.py BUILD_DIR

Instructions come from callgrind, which
shows the library an older processor (no SHA extensions, no AVX-512), so the times are the other
half of the picture. Without valgrind there are times only.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile


def rows(output):
    """{(operation, provider): number} of bench_crypto's lines."""
    out = {}
    for line in output.splitlines():
        operation, provider, number = line.split("\t")
        out[operation, provider] = float(number)
    return out


def instructions(program):
    """{(operation, provider): instructions of one}; each dump of callgrind is one operation."""
    if shutil.which("valgrind") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        dump = os.path.join(folder, "dump")
        done = subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={dump}",
             "--toggle-collect=bench_measured", "--dump-after=bench_measured", program, "--count"],
            check=True, capture_output=True, text=True)
        out = {}
        for i, (key, times) in enumerate(rows(done.stdout).items(), start=1):
            with open(f"{dump}.{i}", encoding="ascii", errors="replace") as file:
                total = int(re.search(r"(?m)^(?:summary|totals): (\d+)", file.read()).group(1))
            out[key] = total / times
        return out


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = os.path.join(sys.argv[1], "tests", "crypto", "bench_crypto")
    times = rows(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    counts = instructions(program)
    print(f"{'operation':<42}{'openssl':>22}{'sodium':>22}{'sodium/openssl':>18}")
    print(f"{'':<42}{'instr.       ns':>22}{'instr.       ns':>22}{'instr.    ns':>18}")
    for operation in dict.fromkeys(name for name, _ in times):
        line = f"{operation:<42}"
        pair = {}
        for provider in ("openssl", "sodium"):
            ns, count = times.get((operation, provider)), counts.get((operation, provider))
            pair[provider] = (count, ns)
            line += f"{'-' if count is None else format(count, '.0f'):>12}"
            line += f"{'-' if ns is None else format(ns, '.0f'):>10}"
        for i, width in ((0, 12), (1, 6)):
            ours, theirs = pair["openssl"][i], pair["sodium"][i]
            line += f"{format(theirs / ours, '.2f') if ours and theirs else '':>{width}}"
        print(line.rstrip())


main()
