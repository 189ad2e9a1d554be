#!/usr/bin/env python3
"""Every section of tools/rfc_sections.tsv is cited in the sources, or listed there with the reason
why it does not apply; tools/rfc_coverage.py reads both and shows who cites what."""
import os
import sys

from common import expect, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
sys.dont_write_bytecode = True
from rfc_coverage import check  # noqa: E402 (the path comes first)

LIST = "tools/rfc_sections.tsv"


def self_test():
    row = "4253\t7.1\tnegotiation\n"
    expect(check, {LIST: row, "lib/a.cpp": "// RFC 4253 §7.1: why\n"})
    expect(check, {LIST: row}, "not cited: RFC 4253 §7.1 (negotiation)")
    # Another section, another RFC, a section below it, no section sign, a folder that is not looked into.
    for text in ("// RFC 4253 §7.2\n", "// RFC 4252 §7.1\n", "// RFC 4253 §7.1.1\n", "// RFC 4253 7.1\n",
                 "// RFC 4253 §7, 1\n"):
        expect(check, {LIST: row, "lib/a.cpp": text}, "not cited")
    expect(check, {LIST: row, "tests/a.cpp": "// RFC 4253 §7.1\n"}, "not cited")
    # Several in one citation, broken over two lines of a comment, in a table, in each folder.
    two = row + "4253\t7.3\tnew keys\n"
    for path, text in (("abi/a.cpp", "// RFC 4253 §7.1, §7.3\n"), ("include/x/a.h", " * RFC 4253 §7.3 and §7.1\n"),
                       ("lib/b/a.hpp", "// as RFC 4253\n// §7.1, §7.3 say\n"),
                       ("lib/m.def", 'X(a, "4253 §7.1")\nX(b, "4253 §7.3")\n')):
        expect(check, {LIST: two, path: text})
    expect(check, {LIST: two, "lib/a.cpp": "// RFC 4253 §7.1\n"}, "§7.3 (new keys)")
    # A reason for not citing it, and a reason that no longer holds.
    other = "4252\t9\thostbased\tnot one of our methods\n"
    expect(check, {LIST: "# words\n\n" + other})
    expect(check, {LIST: other, "lib/a.cpp": "// RFC 4252 §9\n"}, "though listed as not applicable")


if __name__ == "__main__":
    run(check, self_test)
