#!/usr/bin/env python3
"""Rooms depend only on rooms above them; no include cycles; the core includes no hosted header.

The order of the rooms is the order of ROOMS. A file includes its own room and those before it,
system headers as its room allows, and nothing of ours that does not exist.
"""
import os
import re

from common import expect, read, run, walk, without_comments

CORE = ["base", "wire", "crypto", "packet", "kex", "transport", "auth", "engine"]
ROWS = ["crypto/builtin", "crypto/openssl", "crypto/sodium", "crypto/zlib", "crypto/providers"]
HOSTED = ["keys", "gss", "trust", "net", "client"]
ROOMS = CORE + ROWS + HOSTED + ["abi", "tools"]

# Headers whose contents work without a hosted library; what they might pull in, rule `symbols` sees.
FREESTANDING = set("""algorithm array bit climits compare concepts cstddef cstdint cstring
    initializer_list iterator limits new optional span string_view tuple type_traits utility
    stddef.h stdint.h string.h""".split())
ROW_HEADERS = re.compile(r"openssl/[\w./]+|sodium\.h|zlib\.h|[aew]mmintrin\.h|immintrin\.h|arm_\w+\.h|"
                         r"atomic|cpuid\.h")
# The first room that may see each public header. engine.h is the core's vocabulary (configuration,
# records); its functions are the engine's.
PUBLIC = {"api.h": "base", "provider.h": "crypto", "engine.h": "transport",
          "packet.h": "abi", "sshauth.h": "abi", "sshauth_events.hpp": "tools", "sshauth.hpp": "tools",
          "sshauth_qt.hpp": "tools"}

INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')


def room_of(path):
    parts = path.split("/")
    if parts[0] == "lib":
        sub = "/".join(parts[1:3])
        return sub if sub in ROWS else parts[1]
    return parts[0]


def target_room(root, path, name):
    """The room an #include of ours leads to, or a complaint."""
    if name.startswith("ipworksauth/"):
        return PUBLIC.get(name.split("/", 1)[1]), None
    if os.path.exists(os.path.join(root, name)):
        return room_of(name), None
    if os.path.exists(os.path.join(root, os.path.dirname(path), name)):
        return room_of(path), None
    generator = os.path.join(root, os.path.dirname(path), os.path.splitext(name)[0] + ".py")
    if name.endswith(".inc") and os.path.exists(generator):
        return room_of(path), None
    return None, f'{path}: includes "{name}", which is no file from the top of the tree'


def judge(root, path, bracket, name):
    room = room_of(path)
    if bracket == "<" and not name.startswith("ipworksauth/"):
        if room in CORE and name not in FREESTANDING:
            return f"{path}: the core includes <{name}>, which is not on the freestanding list"
        if room in ROWS and name not in FREESTANDING and not ROW_HEADERS.fullmatch(name):
            return f"{path}: a crypto row includes <{name}>"
        return None
    target, complaint = target_room(root, path, name)
    if target is None:
        return complaint
    if target not in ROOMS:
        return f"{path}: includes {name}, of the folder {target}"
    if ROOMS.index(target) > ROOMS.index(room):
        return f"{path}: room {room} includes {name}, of the later room {target}"
    return None


def cycles(graph):
    """Complaints for every include cycle, found by depth-first search."""
    said, state = [], {}

    def visit(node, trail):
        if state.get(node) == "done":
            return
        if node in trail:
            said.append("cycle: " + " -> ".join(trail[trail.index(node):] + [node]))
            return
        for next_node in graph.get(node, []):
            visit(next_node, trail + [node])
        state[node] = "done"

    for node in sorted(graph):
        visit(node, [])
    return said


def check(root):
    said, graph = [], {}
    for path in walk(root, ["lib", "abi", "tools", "include"]):
        graph[path] = []
        for bracket, name in INCLUDE.findall(without_comments(read(root, path), True)):
            if not path.startswith("include/"):
                complaint = judge(root, path, bracket, name)
                said += [complaint] if complaint else []
            near = os.path.normpath(os.path.join(os.path.dirname(path), name))
            for candidate in (name, "include/" + name, near):
                if os.path.isfile(os.path.join(root, candidate)):
                    graph[path].append(candidate)
                    break
    return said + cycles(graph)


def self_test():
    wire = {"lib/wire/reader.hpp": "#pragma once\n"}
    expect(check, {**wire, "lib/kex/a.cpp": '#include "lib/wire/reader.hpp"\n#include <span>\n'})
    expect(check, {**wire, "lib/base/a.cpp": '#include "lib/wire/reader.hpp"\n'}, "later room wire")
    expect(check, {"abi/x.hpp": "", "lib/client/a.cpp": '#include "abi/x.hpp"\n'}, "later room abi")
    expect(check, {"lib/crypto/openssl/a.hpp": "", "lib/packet/a.cpp":
                   '#include "lib/crypto/openssl/a.hpp"\n'}, "later room crypto/openssl")
    expect(check, {"lib/auth/a.cpp": "#include <string>\n"}, "<string>")
    expect(check, {"lib/crypto/sodium/a.cpp": "#include <sodium.h>\n#include <vector>\n"}, "<vector>")
    expect(check, {"lib/wire/a.cpp": '#include "ipworksauth/provider.h"\n'}, "later room crypto")
    expect(check, {"lib/packet/a.cpp": '#include "ipworksauth/engine.h"\n'}, "later room transport")
    expect(check, {"lib/keys/t.py": "", "lib/keys/a.cpp": '#include "t.inc"\n#include "u.inc"\n'}, "u.inc")
    expect(check, {"lib/keys/a.cpp": '#include "ipworksauth/engine.h"\n#include <string>\n'})
    expect(check, {"lib/keys/a.cpp": '// #include "abi/none.hpp"\n#include "lib/gone.hpp"\n'}, "no file")
    expect(check, {"lib/net/a.hpp": '#include "lib/net/b.hpp"\n',
                   "lib/net/b.hpp": '#include "lib/net/a.hpp"\n'}, "cycle: lib/net/a.hpp")


if __name__ == "__main__":
    run(check, self_test)
