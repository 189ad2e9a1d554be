#!/usr/bin/env python3
"""Logins through proxies, to the embedded server and to sshd: proxies that are real programs, and one
that misbehaves.

    proxies.py --program THROUGH --tool SSHAUTH [NAME ...]

Prints one line a check and last `N passed, N failed, N skipped`. A program that is not installed
skips its checks with the reason; with CI in the environment that is a failure.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))
sys.dont_write_bytecode = True

import harness  # noqa: E402
import programs  # noqa: E402
from checks import Count, Skip  # noqa: E402
from misbehaving import BEHAVIOURS, Misbehaving  # noqa: E402

LIMIT = 60  # seconds; only a program that hangs gets there
HTTP, SOCKS4, SOCKS5, SOCKS4A = 1, 2, 3, 10
USER, PASSWORD = "proxy-user", "pa55:w\"o\\rd-of-the-proxy"
PLAIN_PASSWORD = "pa55word-of-the-proxy"  # where a configuration file has no way to quote
LOGIN = "correct horse"


class Embedded(harness.Serve):
    """With the user alice."""

    def __init__(self, tool):
        self.user, self.password = "alice", LOGIN
        super().__init__(tool, "--user", self.user, "--password-env", "PW", PW=LOGIN)
        self.fingerprint = self.host_key["fingerprint"]


class Sshd:
    """sshd with the world's user, who has a password."""

    def __init__(self, world):
        self._peer = world.openssh()
        self.port = self._peer.port
        self.fingerprint = world.fingerprint(world.host_keys["ed25519"])
        self.user, self.password = world.user.name, world.user.password

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self._peer.__exit__(*reason)


class Checks:
    """Every method `check_...` is a check; generators yield (name, function) for several."""

    def __init__(self, world, program, tool):
        self.world, self.program, self.tool = world, program, tool
        self.embedded = Embedded(tool) if tool else None

    def close(self):
        if self.embedded:
            self.embedded.__exit__()

    # ---- running -------------------------------------------------------------------------------

    def need(self, *names):
        for name in names:
            if not programs.program(name):
                raise Skip(f"{name} is not installed")

    def through(self, server, settings, host="127.0.0.1", env=None):
        """One login; gives (code, everything that was printed)."""
        command = [self.program, host, str(server.port), server.user, server.password,
                   f"SSHAcceptServerHostKeyFingerPrint={server.fingerprint}",
                   *(f"{k}={v}" for k, v in settings.items())]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=LIMIT, env={**harness.kept_environment(), **(env or {})})
        assert done.returncode == 0, f"{done.returncode}: {done.stdout}{done.stderr}"
        assert PASSWORD not in done.stdout and PLAIN_PASSWORD not in done.stdout, done.stdout
        code = int(done.stdout.rstrip().rsplit("code ", 1)[1])
        return code, done.stdout

    def reaches(self, server, settings, host="127.0.0.1", env=None):
        code, said = self.through(server, settings, host, env)
        assert code == 0, said
        assert "status 0 Firewall connection complete" in said, said
        assert said.count("\nconnected 0") + said.startswith("connected 0") == 1, said

    def refused(self, settings, *sentences, code=118):
        got, said = self.through(self.embedded, settings, env={"AGAIN": "1"})
        assert got == code and "the second time" not in said, said
        for sentence in sentences:
            assert sentence in said, f"{sentence!r} is not in\n{said}"
        assert f"connected {code}" in said and "Firewall connection complete" not in said, said

    def both(self, proxy_settings, **how):
        """To the embedded server, and to sshd where a user can have a password."""
        self.reaches(self.embedded, proxy_settings, **how)
        if self.world.user.password:
            with Sshd(self.world) as sshd:
                self.reaches(sshd, proxy_settings, **how)

    @staticmethod
    def at(proxy, kind, user="", password=""):
        settings = {"FirewallType": kind, "FirewallHost": "127.0.0.1", "FirewallPort": proxy.port}
        if user:
            settings["FirewallUser"] = user
        if password:
            settings["FirewallPassword"] = password
        return settings

    # ---- real programs -------------------------------------------------------------------------

    def check_microsocks(self):
        self.need("microsocks")
        with programs.microsocks(self.world) as proxy:
            self.both(self.at(proxy, SOCKS5))
            self.both(self.at(proxy, SOCKS5), host="localhost")
            self.reaches(self.embedded, self.at(proxy, SOCKS5, USER, PASSWORD))

    def check_microsocks_with_login(self):
        self.need("microsocks")
        with programs.microsocks(self.world, USER, PASSWORD) as proxy:
            self.both(self.at(proxy, SOCKS5, USER, PASSWORD))
            self.refused(self.at(proxy, SOCKS5, USER, "wrong"), "the SOCKS5 proxy 127.0.0.1 port ",
                         "the user name")
            self.refused(self.at(proxy, SOCKS5), "accepts nobody without a login")

    def check_microsocks_cannot_reach_the_server(self):
        self.need("microsocks")
        closed = programs.free_port()
        with programs.microsocks(self.world) as proxy:
            code, said = self.through(FakeTarget(closed), self.at(proxy, SOCKS5))
            assert code == 118 and "was refused the connection by the server (SOCKS5 code 5)" in said, said

    def check_dante(self):
        self.need("danted")
        with programs.dante(self.world, "none") as proxy:
            self.both(self.at(proxy, SOCKS4))
            self.both(self.at(proxy, SOCKS4, USER))
            self.both(self.at(proxy, SOCKS4), host="localhost")
            self.both(self.at(proxy, SOCKS5))
            self.both(self.at(proxy, SOCKS5), host="localhost")
            self.refused(self.at(proxy, HTTP), "closed the connection before it had answered")

    def check_dante_with_login(self):
        self.need("danted")
        user = self.world.user
        if user.password is None:
            raise Skip("only root can make a user with a password")
        with programs.dante(self.world, "username") as proxy:
            self.both(self.at(proxy, SOCKS5, user.name, user.password))
            self.refused(self.at(proxy, SOCKS5, user.name, "wrong"), "the user name")
            self.refused(self.at(proxy, SOCKS4, user.name), "SOCKS4 code 91")

    def check_tinyproxy(self):
        self.need("tinyproxy")
        with programs.tinyproxy(self.world) as proxy:
            self.both(self.at(proxy, HTTP))
            self.both(self.at(proxy, HTTP), host="localhost")
            self.reaches(self.embedded, {**self.at(proxy, HTTP), "FirewallData": "X-A: 1\\r\\nX-B: 2"})
            # It waits for the rest of a line.
            self.refused({**self.at(proxy, SOCKS5), "Timeout": 1}, "(stage: proxy)", code=201)

    def check_tinyproxy_with_login(self):
        self.need("tinyproxy")
        with programs.tinyproxy(self.world, USER, PLAIN_PASSWORD) as proxy:
            self.both(self.at(proxy, HTTP, USER, PLAIN_PASSWORD))
            self.refused(self.at(proxy, HTTP, USER, "wrong"), "the HTTP proxy 127.0.0.1 port ",
                         "refused the user name or the password (HTTP status 4")
            self.refused(self.at(proxy, HTTP), "FirewallUser is not set (HTTP status 407")

    def check_squid(self):
        self.need("squid")
        for name, schemes in (("basic", ["basic"]), ("digest", ["digest"]),
                              ("basic and digest", ["basic", "digest"])):
            yield name, lambda schemes=schemes: self.squid(schemes)

    def squid(self, schemes):
        with programs.squid(self.world, schemes, USER, PLAIN_PASSWORD) as proxy:
            self.both(self.at(proxy, HTTP, USER, PLAIN_PASSWORD))
            self.both(self.at(proxy, HTTP, USER, PLAIN_PASSWORD), host="localhost")
            self.refused(self.at(proxy, HTTP, USER, "wrong"),
                         "refused the user name or the password (HTTP status 407")
            self.refused(self.at(proxy, HTTP, "some \"body\\", "wrong"), "(HTTP status 407")
            self.refused(self.at(proxy, HTTP), "FirewallUser is not set")

    def check_ssh_dynamic(self):
        self.need("ssh")
        with self.world.openssh() as peer, programs.ssh_dynamic(self.world, peer) as proxy:
            for kind in (SOCKS4, SOCKS4A, SOCKS5):
                self.both(self.at(proxy, kind))
                self.both(self.at(proxy, kind), host="localhost")

    # ---- from the environment ------------------------------------------------------------------

    def check_environment(self):
        self.need("microsocks")
        with programs.microsocks(self.world, USER, PLAIN_PASSWORD) as proxy:
            url = f"socks5h://{USER}:{PLAIN_PASSWORD}@127.0.0.1:{proxy.port}/"
            detect = {"FirewallAutoDetect": "True"}
            self.both(detect, env={"all_proxy": url})
            self.reaches(self.embedded, detect, env={"HTTPS_PROXY": url})
            # The properties lend the login that the address lacks.
            bare = f"socks5://127.0.0.1:{proxy.port}"
            self.reaches(self.embedded, {**detect, "FirewallUser": USER,
                                         "FirewallPassword": PLAIN_PASSWORD}, env={"all_proxy": bare})
            for env in ({}, {"all_proxy": url, "no_proxy": "10.0.0.0/8,127.0.0.0/8"},
                        {"HTTP_PROXY": url, "REQUEST_METHOD": "GET"}):
                code, said = self.through(self.embedded, detect, env=env)
                assert code == 0 and "Firewall" not in said, said
            code, said = self.through(self.embedded, detect, env={"all_proxy": url.replace("socks5h", "https")})
            assert code == 118 and "all_proxy names a proxy with the scheme https" in said, said
            # Without being asked, the environment is not looked at.
            code, said = self.through(self.embedded, {}, env={"all_proxy": url})
            assert code == 0 and "Firewall" not in said, said

    def check_exceptions(self):
        closed = {"FirewallHost": "127.0.0.1", "FirewallPort": programs.free_port()}
        for kind in (HTTP, SOCKS4, SOCKS4A, SOCKS5):
            for exceptions, host in (("127.0.0.0/8", "127.0.0.1"), ("a.example;LOCAL*", "localhost"),
                                     ("<local>", "localhost"),
                                     (f"127.0.0.1:{self.embedded.port}", "127.0.0.1")):
                settings = {"FirewallType": kind, **closed, "ProxyExceptionsList": exceptions}
                code, said = self.through(self.embedded, settings, host)
                assert code == 0 and "Firewall" not in said, said
            code, said = self.through(self.embedded, {"FirewallType": kind, **closed,
                                                      "ProxyExceptionsList": "10.0.0.0/8;x"})
            assert code == 10061 and "proxy 127.0.0.1 port" in said, said

    def check_firewall_host(self):
        settings = {"FirewallType": SOCKS5, "FirewallHost": "no-such-proxy.invalid"}
        code, said = self.through(self.embedded, settings)
        assert 11001 <= code <= 11004, said
        assert "the SOCKS5 proxy no-such-proxy.invalid port 1080: cannot find the address" in said, said
        self.refused_early({"FirewallType": HTTP}, "its host (FirewallHost) is not set")
        self.refused_early({"FirewallType": SOCKS4, "FirewallHost": "127.0.0.1"},
                           "cannot find the address of no-such-server.invalid",
                           host="no-such-server.invalid", codes=range(11001, 11005))

    def refused_early(self, settings, sentence, host="127.0.0.1", codes=(118,)):
        code, said = self.through(self.embedded, settings, host)
        assert code in codes and sentence in said, said

    # ---- a proxy that misbehaves ---------------------------------------------------------------

    def check_misbehaving(self):
        for behaviour in BEHAVIOURS:
            yield behaviour.name, lambda b=behaviour: self.misbehaves(b)

    def misbehaves(self, behaviour):
        with Misbehaving(behaviour, self.embedded.port) as proxy:
            settings = {**self.at(proxy, behaviour.kind, USER, PASSWORD), **behaviour.settings}
            for _ in range(behaviour.logins):
                if behaviour.code == 0:
                    self.reaches(self.embedded, settings)
                else:
                    self.refused(settings, behaviour.sentence, "proxy 127.0.0.1 port ",
                                 code=behaviour.code)
            assert not proxy.complaints, proxy.complaints


class FakeTarget:
    """A server that is not there."""

    def __init__(self, port):
        self.port, self.user, self.password, self.fingerprint = port, "nobody", "x", "SHA256:" + "A" * 43


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--tool", default="")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    count = Count()
    names = [n for n in dir(Checks) if n.startswith("check_")
             and (not given.names or any(wanted in n for wanted in given.names))]
    missing = [what for what, path in (("openssh-server", harness.SSHD),
                                       ("openssh-client", harness.KEYGEN)) if not path]
    if missing or not given.tool:
        for name in names:
            count.skip(name[6:], f"not there: {', '.join(missing) or 'the sshauth command'}")
        return count.tell()
    with harness.World() as world:
        os.makedirs(world.path("empty"))
        checks = Checks(world, given.program, given.tool)
        try:
            for name in names:
                count.run(name[6:].replace("_", " "), getattr(checks, name))
        finally:
            checks.close()
    return count.tell()


if __name__ == "__main__":
    sys.exit(main())
