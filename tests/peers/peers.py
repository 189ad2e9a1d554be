#!/usr/bin/env python3
"""Logins to real servers: OpenSSH's sshd and dropbear, through the sshauth tool and from C.

    peers.py --tool SSHAUTH [--program LOGIN] [NAME ...]

Prints one line a check and last `N passed, N failed, N skipped`. What a check needs and the machine
lacks (a server program, root for a password, a part that was not built) skips it with the reason;
with CI in the environment that is a failure.
"""
import argparse
import json
import os
import subprocess
import sys

import harness
from agents import AgentChecks
from c_abi import CChecks
from certificates import CertificateChecks
from checks import Count, Skip
from formats import FormatChecks
from group_peers import GroupChecks
from kerberos import KerberosChecks
from key_stores import KeyStoreChecks
from modes import ModeChecks
from openssh_next import NextChecks
from symmetric import SymmetricChecks
from tinyssh import TinysshChecks
from tokens import TokenChecks

LIMIT = 60  # seconds; only a program that hangs gets there
AUTHENTICATED, REFUSED, USAGE, HOST_KEY, CONNECTION, PROTOCOL, CREDENTIAL = range(7)

KEX = ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
       "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256",
       "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
       "diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1",
       "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"]
# What Debian 12's sshd has of the hybrids.
HYBRIDS = ["sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com"]
CIPHERS = ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
           "aes128-ctr", "aes192-ctr", "aes256-ctr"]
MACS = ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com", "umac-64@openssh.com", "umac-128@openssh.com",
        "umac-64-etm@openssh.com", "umac-128-etm@openssh.com"]


class Checks(AgentChecks, CChecks, FormatChecks, GroupChecks, ModeChecks, NextChecks, SymmetricChecks,
             TinysshChecks, KerberosChecks, TokenChecks, CertificateChecks, KeyStoreChecks):
    """Every method `check_...` is a check; generators yield (name, function) for several."""

    def __init__(self, world, tool, program):
        self.world, self.tool, self.program = world, tool, program
        self.user = world.user

    # ---- running -------------------------------------------------------------------------------

    def need_password(self):
        if self.user.password is None:
            raise Skip("only root can make a user with a password")

    def environment(self, **more):
        return {**harness.kept_environment(), "HOME": self.world.path("empty"), "LC_ALL": "C.UTF-8", **more}

    def login(self, port, *arguments, user=None, password=None, passphrase=None, key=None,
              accept="ed25519", status=AUTHENTICATED, environment=None):
        """Runs `sshauth login --json`, checks its exit status (one, or one of several), gives its
        JSON object."""
        expected = status if isinstance(status, tuple) else (status,)
        if not self.tool:
            raise Skip("the sshauth tool was not built")
        command = [self.tool, "login", "--json", f"{user or self.user.name}@127.0.0.1:{port}"]
        more = {}
        if accept:
            command += ["--host-key", self.world.fingerprint(self.world.host_keys[accept])]
        for key_name in [key] if isinstance(key, str) else key or []:
            command += ["-i", self.world.keys[key_name]]
        for option, value in (("PASSWORD", password), ("PASSPHRASE", passphrase)):
            if value is not None:
                command += [f"--{option.lower()}-env", option]
                more[option] = value
        done = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=LIMIT, env=self.environment(**more, **(environment or {})),
                              start_new_session=True)
        said = f"exit {done.returncode}, expected {status}\n{done.stdout}{done.stderr}"
        assert done.returncode in expected, said
        self.told = done.stderr
        result = json.loads(done.stdout)
        assert result["exit"] == done.returncode, said
        secrets = [s for s in (password, passphrase) if s]
        assert not any(s in done.stdout + done.stderr for s in secrets), "a secret was printed"
        return result

    # ---- password ------------------------------------------------------------------------------

    def check_openssh_password(self):
        self.need_password()
        with self.world.openssh() as peer:
            result = self.login(peer.port, password=self.user.password)
            assert result["method"] == "password" and result["code"] == 0
            assert result["server_identification"].startswith("SSH-2.0-OpenSSH")
            assert "Accepted password" in peer.messages()

    def check_openssh_password_by_pam(self):
        self.need_password()
        with self.world.openssh("UsePAM yes") as peer:
            self.login(peer.port, "--mode", "password", password=self.user.password)
            self.login(peer.port, "--mode", "password", password="not it", status=REFUSED)
            assert "Accepted password" in peer.messages()

    def check_openssh_password_wrong(self):
        self.need_password()
        with self.world.openssh() as peer:
            result = self.login(peer.port, "--mode", "password", password="not it", status=REFUSED)
            assert result["code"] == 1032 and not result["partial_success"]
            assert "password" in result["methods_can_continue"]

    def check_openssh_password_empty(self):
        self.need_password()
        with self.world.openssh() as peer:
            self.login(peer.port, "--mode", "password", password="", status=REFUSED)

    def check_openssh_unknown_user(self):
        with self.world.openssh() as peer:
            self.login(peer.port, "--mode", "password", user="nobody-here", password="any",
                       status=REFUSED)

    def check_openssh_password_not_offered(self):
        with self.world.openssh("PasswordAuthentication no") as peer:
            result = self.login(peer.port, "--mode", "password", password="any", status=REFUSED)
            assert result["methods_can_continue"] == ["publickey"]

    def check_dropbear_password(self):
        self.need_password()
        with self.world.dropbear() as peer:
            result = self.login(peer.port, password=self.user.password)
            assert result["server_identification"].startswith("SSH-2.0-dropbear")

    def check_dropbear_password_wrong(self):
        self.need_password()
        with self.world.dropbear() as peer:
            self.login(peer.port, "--mode", "password", password="not it", status=REFUSED)

    def check_dropbear_unknown_user(self):
        with self.world.dropbear() as peer:
            self.login(peer.port, "--mode", "password", user="nobody-here", password="any",
                       status=REFUSED)

    def check_dropbear_password_not_offered(self):
        with self.world.dropbear("-s") as peer:
            result = self.login(peer.port, "--mode", "password", password="any", status=REFUSED)
            assert result["methods_can_continue"] == ["publickey"]

    # ---- public keys ---------------------------------------------------------------------------

    def check_openssh_publickey(self):
        for key in self.world.KEYS:
            yield key, lambda key=key: self.publickey(key)

    def publickey(self, key):
        with self.world.openssh() as peer:
            result = self.login(peer.port, key=key)
            assert result["method"] == "publickey"
            if key.startswith("rsa"):
                assert result["key_algorithm"] == "rsa-sha2-512", result["key_algorithm"]
            assert "Accepted publickey" in peer.messages()

    def check_openssh_rsa_sha2_256_only(self):
        # This sshd lists rsa-sha2-512 in server-sig-algs all the same, and refuses it.
        with self.world.openssh("PubkeyAcceptedAlgorithms rsa-sha2-256") as peer:
            for more in [], ["--set", "SSHPubKeyAuthSigAlgorithms=rsa-sha2-256"]:
                result = self.login(peer.port, *more, key="rsa3072")
                assert result["key_algorithm"] == "rsa-sha2-256"

    def check_openssh_rsa_falls_back_to_sha2_256(self):
        """Its server-sig-algs lists rsa-sha2-512 all the same, so that one is tried and refused first."""
        with self.world.openssh("PubkeyAcceptedAlgorithms rsa-sha2-256") as peer:
            for key in ("rsa2048", "rsa3072"):
                result = self.login(peer.port, key=key)
                assert result["key_algorithm"] == "rsa-sha2-256", result
            self.c_login(peer.port, "publickey", 0, key="rsa3072")
            self.login(peer.port, key="ed25519", status=REFUSED)

    def check_openssh_publickey_locked(self):
        with self.world.openssh() as peer:
            self.login(peer.port, key="locked", passphrase=self.world.PASSPHRASE)

    def check_openssh_publickey_locked_wrong_passphrase(self):
        with self.world.openssh() as peer:
            result = self.login(peer.port, key="locked", passphrase="not it", status=CREDENTIAL)
            assert result["code"] == 278, result["code"]

    def check_openssh_publickey_refused(self):
        with self.world.openssh() as peer:
            result = self.login(peer.port, key="stranger", status=REFUSED)
            assert "publickey" in result["methods_can_continue"]

    def check_openssh_publickey_second_of_two(self):
        with self.world.openssh() as peer:
            self.login(peer.port, key=["stranger", "ed25519"])

    def check_dropbear_publickey(self):
        self.need_password()  # only then there is a home folder to put authorized_keys into
        for key in self.world.KEYS:
            yield key, lambda key=key: self.dropbear_publickey(key)

    def dropbear_publickey(self, key):
        self.user.authorize(self.world.public(self.world.keys[key]))
        with self.world.dropbear() as peer:
            assert self.login(peer.port, key=key)["method"] == "publickey"

    def check_dropbear_publickey_refused(self):
        self.need_password()
        self.user.authorize(self.world.public(self.world.keys["ed25519"]))
        with self.world.dropbear() as peer:
            self.login(peer.port, key="stranger", status=REFUSED)

    # ---- keyboard-interactive, partial success, limits -----------------------------------------

    KBDINT = ("UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no")

    def check_openssh_keyboard_interactive(self):
        self.need_password()
        with self.world.openssh(*self.KBDINT) as peer:
            result = self.login(peer.port, password=self.user.password)
            assert result["method"] == "keyboard-interactive"

    def check_openssh_keyboard_interactive_wrong(self):
        self.need_password()
        with self.world.openssh(*self.KBDINT) as peer:
            self.login(peer.port, "--mode", "keyboard-interactive", password="not it",
                       status=REFUSED)

    def check_openssh_partial_success(self):
        self.need_password()
        with self.world.openssh("AuthenticationMethods publickey,password") as peer:
            result = self.login(peer.port, key="ed25519", password=self.user.password)
            assert result["method"] == "password"

    def check_openssh_partial_success_alone(self):
        with self.world.openssh("AuthenticationMethods publickey,password") as peer:
            result = self.login(peer.port, "--mode", "publickey", key="ed25519", status=REFUSED)
            assert result["partial_success"] and result["methods_can_continue"] == ["password"]

    def check_openssh_partial_success_two_keys(self):
        with self.world.openssh("AuthenticationMethods publickey,publickey") as peer:
            self.login(peer.port, key=["ed25519", "rsa3072"])

    def check_openssh_partial_success_one_key_is_not_two(self):
        with self.world.openssh("AuthenticationMethods publickey,publickey") as peer:
            result = self.login(peer.port, "--mode", "publickey", key="ed25519", status=REFUSED)
            assert result["partial_success"] and result["methods_can_continue"] == ["publickey"]

    def check_openssh_partial_success_password_first(self):
        self.need_password()
        with self.world.openssh("AuthenticationMethods password,publickey") as peer:
            result = self.login(peer.port, key="ecdsa521", password=self.user.password)
            assert result["method"] == "publickey"

    def check_openssh_partial_success_then_a_wrong_password(self):
        self.need_password()
        with self.world.openssh("AuthenticationMethods publickey,password") as peer:
            result = self.login(peer.port, key="ed25519", password="not it", status=REFUSED)
            assert result["method"] == "password", result
            assert result["methods_can_continue"] == ["password"], result
            assert "Accepted password" not in peer.messages()

    def check_dropbear_partial_success(self):
        """-t: key and password are both required, in whatever order."""
        self.need_password()
        self.user.authorize(self.world.public(self.world.keys["ed25519"]))
        with self.world.dropbear("-t") as peer:
            self.login(peer.port, key="ed25519", password=self.user.password)
            result = self.login(peer.port, "--mode", "publickey", key="ed25519", status=REFUSED)
            assert result["partial_success"] and result["methods_can_continue"] == ["password"]

    def check_openssh_three_steps(self):
        self.need_password()
        with self.world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes",
                                "AuthenticationMethods publickey,keyboard-interactive") as peer:
            result = self.login(peer.port, key="ecdsa256", password=self.user.password)
            assert result["method"] == "keyboard-interactive"

    def check_openssh_too_many_attempts(self):
        with self.world.openssh("MaxAuthTries 1") as peer:
            self.login(peer.port, key=["stranger", "ed25519"], status=REFUSED)

    def check_openssh_banner(self):
        banner = self.world.write("banner", "Only for\nfriends \x1b[31m\n")
        with self.world.openssh(f"Banner {banner}") as peer:
            self.login(peer.port, key="ed25519")

    # ---- host keys -----------------------------------------------------------------------------

    def check_openssh_host_key(self):
        for kind in self.world.KEYS:
            yield kind, lambda kind=kind: self.host_key(kind)

    def host_key(self, kind):
        with self.world.openssh(host_keys=[kind]) as peer:
            result = self.login(peer.port, accept=kind, key="ed25519")
            assert result["host_key"]["fingerprint"] == self.world.fingerprint(self.world.host_keys[kind])

    def check_dropbear_host_key(self):
        self.need_password()
        for kind in self.world.KEYS:
            yield kind, lambda kind=kind: self.dropbear_host_key(kind)

    def dropbear_host_key(self, kind):
        with self.world.dropbear(host_key=kind) as peer:
            self.login(peer.port, accept=kind, password=self.user.password)

    def check_host_key_unknown(self):
        with self.world.openssh() as peer:
            result = self.login(peer.port, accept=None, key="ed25519", status=HOST_KEY)
            assert not result["host_key"]["accepted"] and result["code"] == 1030
            assert "userauth-request" not in peer.messages(), "a credential left before the verdict"

    def check_host_key_known(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("known", peer.port, self.world.host_keys["ed25519"])
            self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519")

    def check_host_key_known_hashed(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("hashed", peer.port, self.world.host_keys["ed25519"])
            harness.quiet(harness.KEYGEN, "-q", "-H", "-f", known)
            self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519")

    def check_host_key_changed(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("changed", peer.port, self.world.keys["ed25519"])
            result = self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519",
                                status=HOST_KEY)
            assert result["host_key"]["known"] == "mismatch", result["host_key"]
            assert f"{known} line 1" in result["host_key"]["reason"], result["host_key"]
            assert "Accepted" not in peer.messages()

    def check_dropbear_host_key_changed(self):
        with self.world.dropbear() as peer:
            known = self.world.known_hosts("changed", peer.port, self.world.keys["ed25519"])
            result = self.login(peer.port, "--known-hosts", known, accept=None, password="not it",
                                status=HOST_KEY)
            assert result["host_key"]["known"] == "mismatch", result["host_key"]
            assert f"{known} line 1" in result["host_key"]["reason"], result["host_key"]
            assert result["attempts"] == 0

    def check_host_key_revoked(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("revoked", peer.port, self.world.host_keys["ed25519"])
            with open(known, encoding="utf-8") as f:
                line = f.read()
            self.world.write("revoked", line + "@revoked " + line)
            self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519",
                       status=HOST_KEY)

    def check_host_key_pin_wrong(self):
        with self.world.openssh() as peer:
            self.login(peer.port, accept="rsa3072", key="ed25519", status=HOST_KEY)

    def check_host_key_known_type_is_asked_for(self):
        """The server has two; the one that known_hosts knows must be negotiated (field.md B6)."""
        with self.world.openssh(host_keys=["ed25519", "ecdsa384"]) as peer:
            known = self.world.known_hosts("second", peer.port, self.world.host_keys["ecdsa384"])
            result = self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519")
            assert result["negotiated"]["host_key"] == "ecdsa-sha2-nistp384"

    # ---- algorithms ----------------------------------------------------------------------------

    def check_openssh_kex(self):
        for name in KEX:
            yield name, lambda name=name: self.negotiated("kex", name, f"KexAlgorithms {name}")

    def check_openssh_cipher(self):
        for name in CIPHERS:
            yield name, lambda name=name: self.negotiated("cipher_c2s", name, f"Ciphers {name}")

    def check_openssh_hybrid_kex(self):
        """The policy Modern, which the tool has by default, agrees with what sshd prefers."""
        for name in HYBRIDS:
            yield name, lambda name=name: self.negotiated_modern("kex", name,
                                                                 f"KexAlgorithms {name}")

    def negotiated_modern(self, what, name, *options):
        with self.world.openssh(*options) as peer:
            result = self.login(peer.port, key="ed25519")
            assert result["negotiated"][what] == name, result["negotiated"]

    def check_openssh_mac(self):
        for name in MACS:
            yield name, lambda name=name: self.negotiated("mac_s2c", name, "Ciphers aes256-ctr",
                                                          f"MACs {name}")

    def negotiated(self, what, name, *options):
        with self.world.openssh(*options) as peer:
            result = self.login(peer.port, "--set", "SecurityPolicy=Reference", key="ed25519")
            assert result["negotiated"][what] == name, result["negotiated"]
            assert result["negotiated"]["strict_kex"] in (0, 1, True, False)

    def check_no_common_kex(self):
        with self.world.openssh("KexAlgorithms diffie-hellman-group18-sha512") as peer:
            result = self.login(peer.port, "--set", "SSHKeyExchangeAlgorithms=curve25519-sha256",
                                key="ed25519", status=PROTOCOL)
            assert result["code"] == 1003
            assert "curve25519-sha256" in result["message"] and "group18" in result["message"]

    def check_openssh_flights(self):
        """Three flights to success where the server needs nothing more (design: speak at once)."""
        with self.world.openssh() as peer:
            assert self.login(peer.port, key="ed25519")["flights"] <= 4

    # ---- a server that goes away ---------------------------------------------------------------

    def whole_login(self):
        """Octets a server sends in a login that succeeds."""
        with self.world.openssh() as peer, harness.Cut(peer.port) as cut:
            self.login(cut.port, key="ed25519")
            return cut.passed

    # Behind its last word on authentication sshd announces its host keys: AFTERWARDS octets at most.
    AFTERWARDS = 400

    def check_gone(self):
        last = self.whole_login() - self.AFTERWARDS
        for after in sorted({0, 1, 10, *range(25, last, last // 16)}):
            yield f"after {after} octets", lambda after=after: self.gone(after)

    def check_gone_at_every_stage(self):
        """The stage that is told is the one that the server left: none of them is skipped."""
        stages = []
        for after in [1, *range(40, self.whole_login(), 60)]:
            with self.world.openssh() as peer, harness.Cut(peer.port, after) as cut:
                result = self.login(cut.port, key="ed25519", status=(AUTHENTICATED, CONNECTION))
                if result["exit"] == CONNECTION and result["stage"] not in stages:
                    stages.append(result["stage"])
        assert stages == ["identification", "key-exchange", "service", "authentication"], stages

    def check_dropbear_gone(self):
        self.need_password()
        with self.world.dropbear() as peer, harness.Cut(peer.port) as cut:
            self.login(cut.port, password=self.user.password)
            total = cut.passed
        for after in [0, 1, *range(30, total - 100, total // 6)]:
            yield f"after {after} octets", lambda after=after: self.dropbear_gone(after)

    def dropbear_gone(self, after):
        with self.world.dropbear() as peer, harness.Cut(peer.port, after) as cut:
            self.login(cut.port, password=self.user.password, status=CONNECTION)

    def check_gone_at_the_end(self):
        """Until the success has come whole nobody is authenticated; from then on somebody is."""
        total, failed = self.whole_login(), 0
        for after in range(total, total - self.AFTERWARDS, -12):
            with self.world.openssh() as peer, harness.Cut(peer.port, after) as cut:
                status = CONNECTION if failed else (AUTHENTICATED, CONNECTION)
                failed += self.login(cut.port, key="ed25519", status=status)["exit"] == CONNECTION
        assert failed > 3, failed

    def gone(self, after):
        with self.world.openssh() as peer, harness.Cut(peer.port, after) as cut:
            result = self.login(cut.port, key="ed25519", status=CONNECTION)
            assert result["code"] != 0 and result["message"]

    def check_nobody_listens(self):
        with harness.Loopback() as closed:
            port = closed.port
        self.login(port, key="ed25519", status=CONNECTION)

    def check_not_ssh(self):
        class Web(harness.Loopback):
            def serve(self, connection):
                with connection:
                    connection.sendall(b"SSH-1.5-old\r\n")
        with Web() as web:
            result = self.login(web.port, key="ed25519", status=PROTOCOL)
            assert result["code"] == 1002

    # ---- from C ---------------------------------------------------------------------------------

    def c_login(self, port, mode, status, password="", key="", pin="ed25519", user=None, pin_text=None, **more):
        if not self.program:
            raise Skip("the C program was not built")
        done = subprocess.run(
            [self.program, str(port), user or self.user.name, mode,
             pin_text or self.world.fingerprint(self.world.host_keys[pin])],
            env=self.environment(PASSWORD=password, KEY=self.world.keys[key] if key else "", **more),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
        said = done.stdout + done.stderr
        assert done.returncode == 0 and f"code {status}\n" in said, said
        return said

    def check_c_password(self):
        self.need_password()
        with self.world.openssh() as peer:
            self.c_login(peer.port, "password", 0, password=self.user.password)
            self.c_login(peer.port, "password", 1032, password="not it")

    def check_c_publickey(self):
        for key in self.world.KEYS:
            yield key, lambda key=key: self.c_publickey(key)

    def c_publickey(self, key):
        with self.world.openssh() as peer:
            self.c_login(peer.port, "publickey", 0, key=key)

    def check_c_publickey_refused(self):
        with self.world.openssh() as peer:
            self.c_login(peer.port, "publickey", 1032, key="stranger")

    def check_c_keyboard_interactive(self):
        self.need_password()
        with self.world.openssh(*self.KBDINT) as peer:
            said = self.c_login(peer.port, "keyboard", 0, password=self.user.password)
            assert "prompt" in said

    def check_c_host_key_refused(self):
        with self.world.openssh() as peer:
            self.c_login(peer.port, "publickey", 1030, key="ed25519", pin="rsa2048")

    def check_c_keyboard_interactive_wrong(self):
        self.need_password()
        with self.world.openssh(*self.KBDINT) as peer:
            self.c_login(peer.port, "keyboard", 1032, password="not it")

    def check_c_unknown_user(self):
        with self.world.openssh() as peer:
            self.c_login(peer.port, "password", 1032, password="any", user="nobody-here")

    def check_c_partial_success(self):
        self.need_password()
        for methods in ("publickey,password", "password,publickey"):
            yield methods, lambda methods=methods: self.c_partial_success(methods)

    def c_partial_success(self, methods):
        with self.world.openssh(f"AuthenticationMethods {methods}") as peer:
            self.c_login(peer.port, "both", 0, password=self.user.password, key="ed25519")
            self.c_login(peer.port, "both", 1032, password="not it", key="ed25519")

    def check_c_known_hosts(self):
        with self.world.openssh() as peer:
            for key, code in ((self.world.host_keys["ed25519"], 0), (self.world.keys["ed25519"], 1030)):
                known = self.world.known_hosts("c-known", peer.port, key)
                self.c_login(peer.port, "publickey", code, key="ed25519", KNOWN_HOSTS=known)

    def check_c_gone(self):
        for after in (0, 10, 500, 1400):
            yield f"after {after} octets", lambda after=after: self.c_gone(after)

    def c_gone(self, after):
        with self.world.openssh() as peer, harness.Cut(peer.port, after) as cut:
            self.c_login(cut.port, "publickey", 1120, key="ed25519")

    def check_c_dropbear(self):
        self.need_password()
        self.user.authorize(self.world.public(self.world.keys["ecdsa384"]))
        with self.world.dropbear(host_key="ecdsa256") as peer:
            self.c_login(peer.port, "password", 0, password=self.user.password, pin="ecdsa256")
            self.c_login(peer.port, "publickey", 0, key="ecdsa384", pin="ecdsa256")
            self.c_login(peer.port, "password", 1032, password="not it", pin="ecdsa256")
            self.c_login(peer.port, "publickey", 1030, key="ecdsa384", pin="ed25519")

    def check_c_event_loop(self):
        with self.world.openssh() as peer:
            self.c_login(peer.port, "loop", 0, key="ed25519")


def servers_missing():
    return [name for name, path in (("openssh-server", harness.SSHD), ("dropbear-bin", harness.DROPBEAR),
                                    ("openssh-client", harness.KEYGEN)) if not path]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default="")
    parser.add_argument("--program", default="")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"  # a peer's libraries have some to say
    count = Count()
    names = [n for n in dir(Checks) if n.startswith("check_")]
    if given.names:
        wanted = [name.replace(" ", "_") for name in given.names]
        names = [n for n in names if any(part in n for part in wanted)]
        if not names:
            parser.error("no check is called so: " + ", ".join(given.names))
    missing = servers_missing()
    if missing:
        for name in names:
            count.skip(name[6:], "not installed: " + ", ".join(missing))
    else:
        with harness.World() as world:
            os.makedirs(world.path("empty"))
            checks = Checks(world, given.tool, given.program)
            for name in names:
                count.run(name[6:].replace("_", " "), getattr(checks, name))
            checks.close()
    return count.tell()


if __name__ == "__main__":
    sys.exit(main())
