#!/usr/bin/env python3
"""Hosts in other languages: the program of each logs in to the embedded server and to sshd.

    ffi.py --library LIBIPWORKSAUTH.SO --include FOLDER --build FOLDER --c PROGRAM --cpp PROGRAM
           [--tool SSHAUTH] [--memcheck] [LANGUAGE ...]

Every program takes the same arguments, says the same and is held to the same. --memcheck runs those
in C and C++ under valgrind instead of all as they are. A language that the machine lacks is skipped
with what to install; with CI in the environment that is a failure.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", room) for room in ("peers", "valgrind")]
import harness
import memcheck
from checks import Count, Skip
from languages import LANGUAGES, Place
from servers import Embedded, OpenSSH, World

LIMIT = 120  # seconds; only a program that hangs gets there
NO_PORT, HOST_KEY_REFUSED, REFUSED = 116, 1030, 1032


class Run:
    """One run of a program; what it said, line by line."""

    def __init__(self, place, command, server, mode, port=None, fingerprint=None, password=None, log=None):
        self.server, self.mode = server, mode
        self.password = server.password if password is None else password
        arguments = [server.host, str(server.port(mode) if port is None else port), server.user, mode,
                     fingerprint or server.fingerprint, server.key_file]
        done = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              env={**place.environment(), "PASSWORD": self.password}, timeout=LIMIT)
        self.status = done.returncode
        self.lines = done.stdout.decode().splitlines()
        self.errors = done.stderr.decode().splitlines()
        self.said = "\n".join([f"exit {self.status}", *self.lines, *self.errors])
        if log and self.status == memcheck.FAULT:
            with open(log, encoding="utf-8") as file:
                self.said += "\n" + file.read()

    def expect_start(self):
        """Settings read back whole, the connection, the key exchange, the host key with all its octets."""
        server, lines = self.server, self.lines
        assert lines[:3] == [f"user {server.user}", f"proxy user {server.user}", "connected 0 OK"], self.said
        assert any(line.startswith("status ") for line in lines), self.said
        shown = lines.index(f"host key {server.key_type} {server.key_blob.hex()}")
        assert lines[shown + 1] == f"fingerprint {server.fingerprint}", self.said
        assert sum(line.startswith("disconnected ") for line in lines) == 1, self.said
        assert self.password not in self.said, "a secret was printed"

    def expect_success(self):
        self.expect_start()
        assert self.status == 0 and not self.errors, self.said
        assert self.lines[-2:] == ["disconnected 0 OK", "authenticated"], self.said
        prompts = [line for line in self.lines if line.startswith("prompt ")]
        wanted = [f"prompt {self.server.prompt}"] if self.mode == "keyboard-interactive" else []
        assert prompts == wanted, self.said
        self.server.successes += 1

    def expect_failure(self, code, *words):
        assert self.status == 1 and "authenticated" not in self.lines, self.said
        assert len(self.errors) == 1 and self.errors[0].startswith(f"{code} "), self.said
        assert all(word in self.errors[0] for word in words), self.said


class Checks:
    """Everything that one program is held to; `log` is where memcheck writes, if it looks on."""

    def __init__(self, place, servers, log):
        self.place, self.servers, self.log = place, servers, log

    def of(self, language):
        command = LANGUAGES[language](self.place)
        if self.log:
            command = [*memcheck.COMMAND, f"--log-file={self.log}", *command]
        for server in self.servers:
            for mode in ("password", "publickey", "keyboard-interactive"):
                yield f"{server.name} {mode}", lambda s=server, m=mode: self.run(command, s, m).expect_success()
            yield f"{server.name} refused", lambda s=server: self.refused(command, s)
            yield f"{server.name} host key refused", lambda s=server: self.host_key_refused(command, s)
        yield "port refused", lambda: self.port_refused(command, self.servers[0])
        yield "used wrongly", lambda: self.used_wrongly(command, self.servers[0])

    def run(self, command, server, mode, **more):
        if reason := server.lacks(mode):
            raise Skip(reason)
        return Run(self.place, command, server, mode, log=self.log, **more)

    def refused(self, command, server):
        run = self.run(command, server, "password", password="not it")
        run.expect_start()
        run.expect_failure(REFUSED, "password")

    def host_key_refused(self, command, server):
        other = ":".join(["00"] * 32)
        run = self.run(command, server, "publickey", fingerprint=other)
        run.expect_start()
        run.expect_failure(HOST_KEY_REFUSED, "host key")

    def port_refused(self, command, server):
        """By the setter: it never comes to a connection."""
        run = self.run(command, server, "password", port=0)
        run.expect_failure(NO_PORT, "SSHPort")
        assert not any(line.startswith("connected") for line in run.lines), run.said

    def used_wrongly(self, command, server):
        run = self.run(command, server, "telepathy")
        assert run.status == 2 and not run.lines and "usage: " in run.errors[0], run.said


def agree(server):
    """Nobody reports a success that the server does not know of."""
    assert server.accepted == server.successes, f"{server.accepted} accepted, {server.successes} reported"


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("library", "include", "build", "c", "cpp"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--tool", default="")
    parser.add_argument("--memcheck", action="store_true")
    parser.add_argument("languages", nargs="*", choices=[[], *LANGUAGES])
    return parser.parse_args()


def missing(given):
    if not given.tool:
        return "the sshauth tool was not built"
    if given.memcheck and memcheck.lacks():
        return memcheck.lacks()
    names = [name for name, path in (("openssh-server", harness.SSHD), ("openssh-client", harness.KEYGEN))
             if not path]
    return "not installed: " + ", ".join(names) if names else ""


def main():
    given, count = arguments(), Count()
    os.makedirs(given.build, exist_ok=True)
    place = Place(given.library, given.include, given.build, given.c, given.cpp)
    languages = given.languages or (["C", "C++"] if given.memcheck else LANGUAGES)
    if reason := missing(given):
        count.skip("every language", reason)
        return count.tell()
    with World() as world, Embedded(world, given.tool) as embedded, OpenSSH(world) as openssh:
        checks = Checks(place, [embedded, openssh], world.path("memcheck.log") if given.memcheck else None)
        for language in languages:
            count.run(language, lambda name=language: checks.of(name))
    for server in (embedded, openssh):
        count.run(f"{server.name} accepted whoever said so", lambda s=server: agree(s))
    return count.tell()


if __name__ == "__main__":
    sys.exit(main())
