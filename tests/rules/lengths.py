#!/usr/bin/env python3
"""How long functions and files are. A report to read, not a gate."""
import statistics

from common import functions, read, run, walk

AIM_FUNCTION, AIM_FILE = 60, 600


def measure(root):
    """([(lines, path, function)], [(lines, path)]) of lib/, abi/ and tools/."""
    bodies, files = [], []
    for path in walk(root, ["lib", "abi", "tools"], (".hpp", ".cpp")):
        text = read(root, path)
        files.append((text.count("\n"), path))
        bodies += [(last - first + 1, path, name) for name, first, last in functions(text)]
    return sorted(bodies, reverse=True), sorted(files, reverse=True)


def check(root):
    bodies, files = measure(root)
    for title, rows, aim in (("functions", bodies, AIM_FUNCTION), ("files", files, AIM_FILE)):
        sizes = sorted(row[0] for row in rows) or [0]
        print(f"{title}: {len(rows)}, median {statistics.median(sizes):g} lines, "
              f"95th percentile {sizes[len(sizes) * 95 // 100]}, longest {sizes[-1]}, "
              f"over {aim}: {sum(s > aim for s in sizes)}")
        for row in rows[:10]:
            print("  ", *row)
    return []


def self_test():
    from common import Planted
    text = ("namespace a {\nstruct S {\n  int one() const { return 1; }\n};\n"
            "int three(int x) {\n  return x ? S{}.one() : 2;\n}\n"
            "constexpr int kRow[] = {\n  1,\n};\n"
            "S::S(int a) noexcept\n    : a_(a) {\n  if (a) {\n    go();\n  }\n}\n}\n")
    with Planted({"lib/a.cpp": text}) as root:
        bodies, files = measure(root)
    assert [(n, name) for n, _, name in bodies] == [(6, "S::S"), (3, "three"), (1, "one")], bodies
    assert files == [(17, "lib/a.cpp")], files


if __name__ == "__main__":
    run(check, self_test)
