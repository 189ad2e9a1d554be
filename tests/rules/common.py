"""What the rule scripts share: walking the tree, reading C++ roughly, running, reporting.

A rule script has `check(root) -> [complaint]` and `self_test()`, which plants violations in a
temporary tree and asserts that each is caught. `run` gives it both faces:

    rule.py ROOT          complaints on stdout, exit 1 when there are any
    rule.py --self-test   exit 1 when a planted violation goes unnoticed
"""
import os
import re
import sys
import tempfile

SOURCE = (".hpp", ".cpp", ".h", ".c", ".def")


def walk(root, folders, suffixes=SOURCE):
    """Relative paths of the files under `folders` with one of the suffixes, sorted."""
    found = []
    for folder in folders:
        for here, dirs, files in os.walk(os.path.join(root, folder)):
            dirs[:] = [d for d in dirs if not d.startswith(("build", "__pycache__", ".git"))]
            found += [os.path.relpath(os.path.join(here, f), root) for f in files
                      if f.endswith(suffixes)]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(text, keep_strings=False):
    """The text with comments (and the insides of literals) blanked; lines keep their numbers."""
    def blank(match):
        token = match.group(0)
        if keep_strings and not token.startswith("/"):
            return token
        return re.sub(r"[^\n]", " ", token)
    # A digit separator (1'000) is no character literal.
    return _TOKENS.sub(blank, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", " ", text))


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_NAME = re.compile(r"([~\w:]+|operator[^\s(]+)\s*\(")


def _kind(head):
    """What a brace opens, judged by the text before it: 'scope', 'data' or 'body'."""
    head = head.strip()
    if head.endswith(("=", ",", "(")) or re.search(r"\breturn$", head):
        return "data"
    if _SCOPE.search(head) and "(" not in re.sub(r"\[\[.*?\]\]|alignas\([^)]*\)", "", head):
        return "scope"
    return "body" if ")" in head else "data"


def functions(text):
    """Yields (name, first line, last line) of every function body, outermost only."""
    stack, head, head_line, line = [], "", 1, 1
    for raw in re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank_lines,
                      without_comments(text)):
        if raw == "\n":
            line += 1
        if raw == "{":
            kind = _kind(head)
            stack.append((kind, head, head_line))
            head = ""
        elif raw == "}" and stack:
            kind, opened, first = stack.pop()
            if kind == "body" and all(k == "scope" for k, _, _ in stack):
                names = _NAME.findall(opened)
                yield (names[0] if names else "?", first, line)
            head = ""
        elif raw == ";":
            head = ""
        else:
            if not head.strip():
                head_line = line
            head += raw


def _blank_lines(match):
    return re.sub(r"[^\n]", " ", match.group(0))


class Planted:
    """A temporary tree made of {path: text}."""

    def __init__(self, files):
        self._dir = tempfile.TemporaryDirectory()
        self.root = self._dir.name
        for path, text in files.items():
            full = os.path.join(self.root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)

    def __enter__(self):
        return self.root

    def __exit__(self, *_):
        self._dir.cleanup()


def expect(check, files, *needles):
    """Asserts that `check` over the planted files says exactly one thing per needle, in order."""
    with Planted(files) as root:
        said = check(root)
    ok = len(said) == len(needles) and all(n in s for n, s in zip(needles, said))
    if not ok:
        raise SystemExit(f"self-test: planted {sorted(files)}\n expected {needles}\n got {said}")


def run(check, self_test):
    if "--self-test" in sys.argv:
        self_test()
        print("every planted violation was caught")
        return
    said = check(sys.argv[1])
    print("\n".join(said) if said else "no complaint")
    sys.exit(1 if said else 0)
