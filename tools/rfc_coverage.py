#!/usr/bin/env python3
"""Which sections of which RFCs the sources cite, and which normative ones they do not.

    tools/rfc_coverage.py            per RFC: section, number of citations, files; then the sections
                                     of rfc_sections.tsv that are neither cited nor listed there as
                                     not applicable, or listed so and cited

tests/rules/citations.py holds it to there being none.

A citation is `RFC 4253 §7.1`, also `RFC 4252 §7, §8` and `RFC 4253 §6.3 and §6.4`, in a comment of
lib/, abi/ or include/, or the column `rfc` of a .def table (`"4253 §7.1"`).
"""
import collections
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECTION = r"§\s*(\d+(?:\.\d+)*)"
CITATION = re.compile(rf"(?:RFC |[\"; ])(\d{{4}}) ({SECTION}(?:(?:,| and|, and| or|;)\s*{SECTION})*)")
COMMENT_BREAK = re.compile(r"\n\s*(?://|\*)[ \t]*")


def sources(root):
    for folder in ("lib", "abi", "include"):
        for here, _, files in os.walk(os.path.join(root, folder)):
            for name in sorted(files):
                if name.endswith((".hpp", ".cpp", ".h", ".def")):
                    yield os.path.relpath(os.path.join(here, name), root)


def citations(text):
    """Yields (rfc, section), a citation broken over two comment lines included."""
    for match in CITATION.finditer(COMMENT_BREAK.sub(" ", text)):
        for section in re.findall(SECTION, match.group(2)):
            yield match.group(1), section


def collect(root):
    """{rfc: {section: Counter of files}}"""
    found = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as f:
            for rfc, section in citations(f.read()):
                found[rfc][section][path] += 1
    return found


def expected(root):
    """[(rfc, section, title, reason why not applicable or '')] of rfc_sections.tsv."""
    rows = []
    with open(os.path.join(root, "tools", "rfc_sections.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                rfc, section, title, reason = (line.rstrip("\n").split("\t") + [""])[:4]
                rows.append((rfc, section, title, reason))
    return rows


def by_number(section):
    return [int(part) for part in section.split(".")]


def show(found):
    for rfc in sorted(found):
        print(f"RFC {rfc}")
        for section in sorted(found[rfc], key=by_number):
            files = found[rfc][section]
            print(f"  §{section:<8} {sum(files.values()):3}  {', '.join(sorted(files))}")


def check(root):
    """What is missing, a complaint each."""
    found, said = collect(root), []
    for rfc, section, title, reason in expected(root):
        cited = section in found.get(rfc, {})
        if not cited and not reason:
            said.append(f"not cited: RFC {rfc} §{section} ({title})")
        if cited and reason:
            said.append(f"cited, though listed as not applicable: RFC {rfc} §{section} ({title})")
    return said


if __name__ == "__main__":
    show(collect(ROOT))
    print("\n".join(check(ROOT)))
