"""What the scripts about the built library share: reading binaries with binutils, planting small
ones, reporting."""
import pathlib
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def listed_in(map_file):
    """The names that a symbol map exports."""
    text = pathlib.Path(map_file).read_text()
    return set(re.findall(r"^\s+(\w+);", text.split("global:")[1].split("local:")[0], re.M))


def declared_in(folder):
    """The functions that the public C headers declare."""
    headers = sorted(p for p in pathlib.Path(folder).glob("*.h") if p.name != "api.h")
    text = re.sub(r"/\*.*?\*/", " ", "".join(p.read_text() for p in headers), flags=re.S)
    return set(re.findall(r"IPWORKSAUTH_API[^;(]*?\b(\w+)\s*\(", text))


def exported_by(library):
    """The names that a shared library exports, without the map's version nodes."""
    lines = output_of("nm", "-D", "--defined-only", library).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if line.split()[1] != "A"}


def plant(folder, name, source, cc, *flags):
    """Builds a C or C++ text to folder/name."""
    text = pathlib.Path(folder) / (name + (".cpp" if "namespace" in source else ".c"))
    text.write_text(source)
    made = pathlib.Path(folder) / name
    output_of(*cc, "-g", *flags, text, "-o", made)
    return made


def expect(said, *needles):
    """Exactly one complaint for each needle, in order."""
    if len(said) != len(needles) or not all(n in s for n, s in zip(needles, said)):
        sys.exit(f"self-test: expected {needles}\n got {said}")


def report(said, summary):
    print("\n".join([*said, summary]))
    sys.exit(1 if said else 0)
