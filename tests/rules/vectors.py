#!/usr/bin/env python3
"""Every row of lib/crypto is held against published values: vectors.tsv names the test of each, and
the words that stand in it. The loopback matrix is made from the rows themselves, and is there."""
import os
import re

from common import expect, read, run, walk, without_comments

LIST = "tests/rules/vectors.tsv"
MATRIX = "tests/core/loopback_matrix.cpp"
# constinit const CipherAlg aes256_ctr = row<...>("aes256-ctr", 32);
ROW = re.compile(r'constinit\s+const\s+(?:Cipher|Mac|Hash|Agreement|Group|Sig|Compression)Alg\s+\w+\s*=\s*'
                 r'[^;"]*"([^"]+)"')
# What the matrix goes over, as the crypto room calls it.
LOOPS = ("kex_methods()", "sigs(*p)", "ciphers(*p)", "macs(*p)", "compressions(*p)")


def rows(root):
    """The names of all rows, each once."""
    return sorted({name for path in walk(root, ["lib/crypto"], (".cpp",))
                   for name in ROW.findall(without_comments(read(root, path), True))})


def listed(root):
    """{row: (file, words)}"""
    found = {}
    for line in read(root, LIST).split("\n"):
        if line and not line.startswith("#"):
            row, path, words = line.split("\t")
            found[row] = (path, words)
    return found


def check(root):
    vectors, there = listed(root), rows(root)
    said = [f"no vector: row {row} is not in {LIST}" for row in there if row not in vectors]
    for row, (path, words) in vectors.items():
        if row not in there:
            said.append(f"listed but gone: row {row}")
        elif not os.path.exists(os.path.join(root, path)) or words not in read(root, path):
            said.append(f"row {row}: {path} does not say: {words}")
    matrix = read(root, MATRIX)
    return said + [f"{MATRIX} no longer goes over {loop}" for loop in LOOPS if loop not in matrix]


def self_test():
    matrix = {MATRIX: " ".join(LOOPS)}
    row = {"lib/crypto/x/a.cpp": 'constinit const CipherAlg a = row<EVP_a>("a-ctr", 1);\n'}
    test = {"tests/crypto/v.cpp": 'TEST_CASE("a-ctr gives the values") {}\n'}
    good = {LIST: "# words\na-ctr\ttests/crypto/v.cpp\ta-ctr gives the values\n"}
    expect(check, {**matrix, **row, **test, **good})
    expect(check, {**matrix, **row, **test, LIST: ""}, "no vector: row a-ctr")
    expect(check, {**matrix, **test, **good}, "listed but gone")
    expect(check, {**matrix, **row, **good}, "does not say")
    expect(check, {**matrix, **row, **good, "tests/crypto/v.cpp": "nothing"}, "does not say")
    two = {"lib/crypto/x/a.cpp": row["lib/crypto/x/a.cpp"] +
           'constinit const MacAlg b = {"b-mac",\n  1};\n// constinit const MacAlg c = {"c"};\n'}
    expect(check, {**matrix, **two, **test, **good}, "row b-mac")
    expect(check, {MATRIX: " ".join(LOOPS[1:]), **row, **test, **good}, "kex_methods()")


if __name__ == "__main__":
    run(check, self_test)
