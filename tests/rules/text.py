#!/usr/bin/env python3
"""Rules a grep can hold: dangerous words only where listed, nothing unfinished, nothing of one machine.

    dangerous   `reveal(` and `reinterpret_cast` in lib/, abi/ and tools/ only on the lines that
                allowed_lines.txt names as `path: the line`. New ones are added in review.
    bodies      no #if inside a function body there: profiles choose by file or row
    unfinished  no marker of things left to do; no trailing white space
    machine     no path of a build machine; the folder beside the repository only in .ci/run
    portable    no Linux-only interface outside lib/net
"""
import os
import re
import sys

from common import expect, functions, read, run, walk, without_comments

TEXTS = (".hpp", ".cpp", ".h", ".c", ".def", ".py", ".sh", ".build", ".md", ".txt", ".map", ".in",
         ".js", ".lua", ".pl", ".rb", ".java", ".go", ".cs", ".php")
CODE = ["lib", "abi", "include", "tools", "fuzz", "tests"]
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MACHINE = re.compile(r"(^|[^\w.$}])/(" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/")
BESIDE = re.compile(r"\.\./(sha" + r"red|\.lib" + r"rary)\b")
LINUX = re.compile(r"\b(epoll_\w+|eventfd|timerfd_\w+|signalfd|accept4|TCP_QUICKACK|inotify_\w+)\b|/proc/")
DANGEROUS = re.compile(r"\breveal\s*\(|\breinterpret_cast\b")
ALLOWED = "tests/rules/allowed_lines.txt"


def lines_of(root, path):
    return enumerate(read(root, path).split("\n"), 1)


def allowed(root):
    if not os.path.exists(os.path.join(root, ALLOWED)):
        return set()
    return {line.strip() for _, line in lines_of(root, ALLOWED) if line and not line.startswith("#")}


def dangerous_lines(root):
    """Yields `path: line` for every line of code with a dangerous word."""
    for path in walk(root, ["lib", "abi", "tools"]):
        text = read(root, path)
        code = without_comments(text).split("\n")
        for line, bare in zip(text.split("\n"), code):
            if DANGEROUS.search(bare):
                yield f"{path}: {line.strip()}"


def dangerous(root):
    listed, seen = allowed(root), set(dangerous_lines(root))
    said = [f"not listed: {line}" for line in sorted(seen - listed)]
    return said + [f"listed but gone: {line}" for line in sorted(listed - seen)]


def bodies(root):
    said = []
    for path in walk(root, ["lib", "abi", "tools"]):
        text = read(root, path)
        inside = [range(first, last) for _, first, last in functions(text)]
        for number, line in enumerate(without_comments(text).split("\n"), 1):
            if re.match(r"\s*#\s*if", line) and any(number in body for body in inside):
                said.append(f"{path}:{number}: preprocessor condition in a function body")
    return said


def plain(root):
    said = []
    paths = [p for p in walk(root, CODE, TEXTS) if not p.startswith("fuzz/corpus/")]
    paths += [f for f in ("meson.build", "meson_options.txt", "README.md", ".ci/run")
              if os.path.exists(os.path.join(root, f))]
    for path in paths:
        for number, line in lines_of(root, path):
            where = f"{path}:{number}"
            if UNFINISHED.search(line):
                said.append(f"{where}: unfinished: {line.strip()}")
            if line != line.rstrip():
                said.append(f"{where}: trailing white space")
            if MACHINE.search(line):
                said.append(f"{where}: path of a machine: {line.strip()}")
            if BESIDE.search(line) and path != ".ci/run":
                said.append(f"{where}: names a folder outside the repository: {line.strip()}")
    return said


def portable(root):
    said = []
    for path in walk(root, ["lib", "abi", "include"]):
        if path.startswith("lib/net/"):
            continue
        for number, line in enumerate(without_comments(read(root, path), True).split("\n"), 1):
            if LINUX.search(line):
                said.append(f"{path}:{number}: only on Linux: {line.strip()}")
    return said


def check(root):
    return dangerous(root) + bodies(root) + plain(root) + portable(root)


def self_test():
    cast = "auto p = reinterpret_cast<char*>(q);"
    expect(check, {"lib/a.cpp": f"{cast}\n"}, "not listed: lib/a.cpp: auto p")
    expect(check, {"lib/a.cpp": f"  {cast}\n// reveal( in words\n", ALLOWED: f"# why\nlib/a.cpp: {cast}\n"})
    expect(check, {"lib/a.cpp": "x\n", ALLOWED: "lib/a.cpp: reveal()\n"}, "listed but gone")
    body = "int f(int a) {\n#ifdef A\n  return a;\n#endif\n  return 0;\n}\n"
    expect(check, {"lib/a.cpp": body}, "lib/a.cpp:2: preprocessor")
    expect(check, {"tools/a.cpp": body + cast + "\n"}, "not listed: tools/a.cpp", "tools/a.cpp:2: pre")
    expect(check, {"lib/a.cpp": "namespace n {\n#ifdef A\nint f() { return 1; }\n#endif\n"
                   "class C {\n#if 1\n  int a_;\n#endif\n};\n}\n"})
    expect(check, {"lib/a.cpp": "// TO" + "DO later\n"}, "unfinished")
    expect(check, {"tools/a.sh": "echo \n"}, "trailing")
    expect(check, {"tests/a.py": "x = '/ro" + "ot/keys'\n"}, "path of a machine")
    expect(check, {"tests/a.py": "x = '../sha" + "red/x'\n"}, "outside the repository")
    expect(check, {".ci/run": "cat ../sha" + "red/x\n"})
    expect(check, {"lib/keys/a.cpp": "int f = eventfd(0, 0);\n"}, "only on Linux")
    expect(check, {"lib/net/a.cpp": "int f = eventfd(0, 0);\n"})


if __name__ == "__main__":
    if "--list" in sys.argv:
        print("\n".join(dangerous_lines(sys.argv[1])))
    else:
        run(check, self_test)
