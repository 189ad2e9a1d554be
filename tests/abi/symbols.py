#!/usr/bin/env python3
"""What the shared library exports, what the symbol map lists and what the public headers declare
are the same names; the SONAME is libipworksauth.so.0; it can be unloaded. The static library
defines nothing else that could meet a name of the program it is linked into.

    symbols.py SOURCE_ROOT SHARED STATIC
    symbols.py --self-test CC..."""
import re
import sys
import tempfile

from binary import declared_in, expect, exported_by, listed_in, output_of, plant, report

SONAME = "libipworksauth.so.0"
# C++ names of ours: in namespace sshauth, whatever kind of name it is.
OURS = re.compile(r"^_Z\w*?7sshauth")


def differences(exported, listed, declared):
    return [f"{name}: {symbol}"
            for name, a, b in (("exported but not in the map", exported, listed),
                               ("in the map but not exported", listed, exported),
                               ("declared but not in the map", declared, listed),
                               ("in the map but not declared", listed, declared))
            for symbol in sorted(a - b)]


def dynamic_faults(library):
    text = output_of("readelf", "-dW", library)
    said = [] if f"[{SONAME}]" in text else [f"the SONAME is not {SONAME}"]
    if re.search(r"FLAGS.*NODELETE", text):
        said.append("it can never be unloaded (NODELETE)")
    # A unique symbol keeps its library in the process for ever.
    return said + [f"unique symbol: {line.split()[-1]}"
                   for line in output_of("nm", "-D", library).splitlines() if " u " in line]


def clashes(archive, listed):
    """Strong global names of a static library that are neither public nor in our namespace."""
    lines = output_of("nm", "-g", "--defined-only", archive).splitlines()
    found = {line.split()[2] for line in lines if re.fullmatch(r"\w+ [ABCDGRST] \S+", line)}
    return [f"the static library defines {name}"
            for name in sorted(found - listed) if not OURS.match(name)]


def self_test(cc):
    expect(differences({"a", "x"}, {"a", "m"}, {"a", "d"}), "exported but not in the map: x",
           "in the map but not exported: m", "declared but not in the map: d",
           "in the map but not declared: m")
    expect(differences({"a"}, {"a"}, {"a"}))
    with tempfile.TemporaryDirectory() as folder:
        map_file = f"{folder}/planted.map"
        with open(map_file, "w", encoding="utf-8") as f:
            f.write("V {\n  global:\n    a;\n    m;\n  local:\n    *;\n};\n")
        source = "int a(void) { return 0; }\nint x(void) { return 1; }\n"
        good = plant(folder, "good", source, cc, "-shared", "-fPIC", f"-Wl,--version-script,{map_file}",
                     f"-Wl,-soname,{SONAME}")
        assert exported_by(good) == {"a"}, exported_by(good)
        assert listed_in(map_file) == {"a", "m"}, listed_in(map_file)
        expect(dynamic_faults(good))
        bad = plant(folder, "bad", source, cc, "-shared", "-fPIC", "-Wl,-z,nodelete")
        assert exported_by(bad) == {"a", "x"}, exported_by(bad)
        expect(dynamic_faults(bad), "SONAME", "NODELETE")
        archive = plant(folder, "stray.o", source + "int _Z3fooN7sshauth1AE = 1;\n", cc, "-c")
        expect(clashes(archive, {"a"}), "defines x")


def main():
    if sys.argv[1] == "--self-test":
        self_test(sys.argv[2:])
        print("every planted fault was found")
        return
    root, shared, static = sys.argv[1:]
    listed, declared = listed_in(f"{root}/abi/ipworksauth.map"), declared_in(f"{root}/include/ipworksauth")
    exported = exported_by(shared)
    said = differences(exported, listed, declared) + dynamic_faults(shared) + clashes(static, listed)
    if len(declared) < 100:
        said.append("the headers cannot have been read")
    report(said, f"{len(exported)} exported, {len(listed)} in the map, {len(declared)} declared")


if __name__ == "__main__":
    main()
