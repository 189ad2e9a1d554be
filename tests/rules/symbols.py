#!/usr/bin/env python3
"""What the compiled core asks of its surroundings, read from the archives.

    symbols.py core ARCHIVE           the freestanding core: nothing undefined but mem* and strlen,
                                      no exception tables, no RTTI, no static constructors, no
                                      writable globals
    symbols.py rows ARCHIVE...        crypto rows: as the core, but their library's symbols, the C
                                      library's and constants of their own are theirs to use
    symbols.py --self-test CXX...     compiles a violation of each kind and looks for it
"""
import os
import re
import subprocess
import sys
import tempfile

MEM = {"memcpy", "memmove", "memset", "memcmp", "memchr", "strlen"}
LINKER = {"_GLOBAL_OFFSET_TABLE_"}
# What the C++ run-time library would have to give: mangled std:: and __cxxabiv1 names, operators
# new and delete, exception handling, guards.
RUNTIME = re.compile(r"_ZN?K?S[tsaiod]|_ZNK?SS|_ZN10__cxxabiv1|_Zn[wa]|_Zd[la]|__cxa_|__gxx_|_Unwind_|"
                     r"__once_proxy|__dso_handle")
RTTI = re.compile(r"_ZT[ISV]")
BAD_SECTIONS = re.compile(r"\.(eh_frame|gcc_except_table|init_array|fini_array|preinit_array|ctors|dtors|"
                          r"tdata|tbss)\b")
WRITABLE = re.compile(r"\.(data|bss)(?!\.rel\.ro)\b")


def tool(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(archive):
    """(undefined in no member, all) names of the archive."""
    defined, wanted = set(), set()
    for line in tool("nm", "-P", archive).splitlines():
        fields = line.split()
        if len(fields) < 2 or line.endswith(":"):
            continue
        (wanted if fields[1] in "Uw" else defined).add(fields[0])
    return wanted - defined, wanted | defined


def sections(archive):
    """{(name, size)} of all members."""
    row = re.compile(r"^\s*\[\s*\d+\]\s+(\S+)\s+\w+\s+[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)")
    found = (row.match(line) for line in tool("readelf", "-SW", archive).splitlines())
    return {(m.group(1), int(m.group(2), 16)) for m in found if m}


def judge(archive, strict):
    undefined, every = symbols(archive)
    name = os.path.basename(archive)
    if not every:
        return [f"{name}: no symbols: nothing was looked at"]
    if strict:
        said = [f"{name}: needs {s}" for s in sorted(undefined - MEM - LINKER)]
    else:
        said = [f"{name}: needs {s} of the C++ run-time library"
                for s in sorted(undefined) if RUNTIME.match(s)]
    said += [f"{name}: run-time type information {s}" for s in sorted(every) if RTTI.match(s)]
    for section, size in sorted(sections(archive)):
        if size and BAD_SECTIONS.match(section):
            said.append(f"{name}: section {section}")
        elif size and strict and WRITABLE.match(section):
            said.append(f"{name}: writable globals in {section}")
    return said


def compiled(folder, compiler, text, flags=("-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
                                            "-fno-asynchronous-unwind-tables")):
    """An archive in `folder` with `text` compiled."""
    base = os.path.join(folder, "planted")
    if os.path.exists(base + ".a"):
        os.unlink(base + ".a")
    with open(base + ".cpp", "w", encoding="utf-8") as f:
        f.write(text)
    subprocess.run([*compiler, "-std=c++20", "-O1", "-fPIC", *flags, "-c", base + ".cpp", "-o", base + ".o"],
                   check=True)
    subprocess.run(["ar", "rcs", base + ".a", base + ".o"], check=True)
    return base + ".a"


def self_test(compiler):
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, compiler)


def plant(folder, compiler):
    asks = "#include <cstring>\nvoid f(char* a, const char* b, unsigned n) { std::memcpy(a, b, n); }\n"
    planted = [
        (asks, True, None),
        ("#include <cstdio>\nvoid f() { std::puts(\"x\"); }\n", True, "needs puts"),
        ("#include <cstdio>\nvoid f() { std::puts(\"x\"); }\n", False, None),
        ("#include <string>\nint f(const std::string& s) { return std::stoi(s); }\n", False, "run-time library"),
        ("int* f() { return new int(1); }\n", False, "needs _Znw"),
        ("struct A { virtual ~A(); virtual int g(); };\nint A::g() { return 1; }\nA::~A() {}\n", False,
         "run-time type information _ZTV"),
        ("int g();\nint at_start = g();\n", False, "section .init_array"),
        ("int counter = 3;\nint next() { return ++counter; }\n", True, "writable globals in .data"),
        ("thread_local int t = 1;\nint next() { return ++t; }\n", False, "section .tdata"),
    ]
    for text, strict, needle in planted:
        said = judge(compiled(folder, compiler, text), strict)
        if needle is None:
            assert not said, (text, said)
        else:
            assert any(needle in s for s in said), (text, needle, said)
    said = judge(compiled(folder, compiler, "void g();\nvoid f() { try { g(); } catch (...) {} }\n", ()), True)
    for needle in (".eh_frame", ".gcc_except_table", "needs __cxa_begin_catch"):
        assert any(needle in s for s in said), (needle, said)


def main():
    if sys.argv[1] == "--self-test":
        self_test(sys.argv[2:])
        print("every planted violation was caught")
        return
    said = []
    for archive in sys.argv[2:]:
        said += judge(archive, sys.argv[1] == "core")
    print("\n".join(said) if said else "no complaint")
    sys.exit(1 if said else 0)


if __name__ == "__main__":
    main()
