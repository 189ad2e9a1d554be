"""What strangers type and feed: targets, users, passwords and key files of every odd sort, and the
sentences that tell one refusal from another."""
import os
import subprocess
import unittest

from harness import (AUTHENTICATED, CONNECTION, CREDENTIAL, HOST_KEY, LIMIT, PASSWORD, PROTOCOL,
                     REFUSED, SSHAUTH, USAGE, ToolTest, closed_port)

NOBODY = 65534


class TargetTest(ToolTest):
    def test_targets_that_reach_a_server(self):
        for v6, user, host in (([], "alice", "127.0.0.1:{}"), ([], "alice", "[127.0.0.1]:{}"),
                               ([], "alice@example.org", "localhost:{}"), ([], "b@c@d", "LOCALHOST:{}"),
                               (["--v6"], "alice", "[::1]:{}"), (["--v6"], "a b", "[0::0:1]:{}"),
                               ([], "\u00e9ve", "127.0.0.1:{}"), ([], "-dash", "127.0.0.1:{}"),
                               ([], "trailing ", "127.0.0.1:{}")):
            with self.subTest(user=user, host=host):
                server = self.serve("--user=" + user, "--allow-none", "--once", *v6)
                target = f"{user}@{host.format(server.port)}"
                said = self.run_json("login", "--mode", "none", "--host-key", server.fingerprint,
                                     "--", target)
                self.assertEqual((said["user"], said["port"]), (user, server.port))

    def test_addresses_without_a_port(self):
        """Port 22 of this machine may have a server or not; the target was understood."""
        for target, host in (("::1", "::1"), ("[::1]", "::1"), ("alice@::1", "::1"),
                             ("127.0.0.1", "127.0.0.1")):
            with self.subTest(target):
                done = subprocess.run(
                    [SSHAUTH, "login", "--json", "--mode", "none", "--known-hosts", "none", target],
                    capture_output=True, text=True, timeout=LIMIT, env=self.environment(),
                    stdin=subprocess.DEVNULL, start_new_session=True)
                self.assertIn(done.returncode, (HOST_KEY, CONNECTION, PROTOCOL), done.stderr)
                self.assertIn(f'"host": "{host}"', done.stdout)
                self.assertIn('"port": 22', done.stdout)

    def test_targets_that_are_none(self):
        for target in ("", "@", "user@", "@host", "user@:22", ":22", "host:", "host:0", "host:65536",
                       "host:-1", "host: 22", "host:2 2", "host:22x", "[::1", "[::1]22", "[]", "[]:22",
                       "ho st", "host\n", "host/", "127.0.0.1:22/", "-host", "ssh://host", "u@ssh://host",
                       "user:word@host", "a\tb", "host\x7f"):
            with self.subTest(target):
                said = self.run_json("login", "--", target, status=USAGE)
                self.assertEqual((said["result"], said["stage"]), ("usage", "none"))
                self.assertTrue(said["message"])

    def test_names_that_lead_nowhere(self):
        said = self.run_json("login", "--mode", "none", "no-such-host.invalid", status=CONNECTION)
        self.assertEqual(said["stage"], "resolve")
        self.assertIn(said["code"], (11001, 11002))  # no such name; nobody who could tell
        self.assertIn("no-such-host.invalid", said["message"])
        held, port = closed_port()
        with held:
            said = self.run_json("login", "--mode", "none", f"127.0.0.1:{port}", status=CONNECTION)
        self.assertEqual((said["stage"], said["code"]), ("connect", 10061))


class PasswordTest(ToolTest):
    def login(self, password, right, status):
        server = self.serve("--user", "alice", "--password-env", "PW", "--once", env={"PW": right})
        said = self.run_json("login", f"alice@127.0.0.1:{server.port}", "--host-key",
                             server.fingerprint, "--mode", "password", "--password-env", "MINE",
                             env={"MINE": password}, status=status)
        self.assertEqual(said["attempts"], 1)
        seen = server.report()["requests"]
        self.assertEqual([r["method"] for r in seen if r["method"] != "none"], ["password"])

    def test_an_empty_password_is_one(self):
        self.login("", "", AUTHENTICATED)
        self.login("", "x", REFUSED)

    def test_long_and_odd_passwords(self):
        for word in ("x" * 1024, "p\u00e4ss \u2713", " lead and trail ", "line\nfeed", "=", "--"):
            with self.subTest(word[:10]):
                self.login(word, word, AUTHENTICATED)

    def test_a_password_that_is_longer_than_any_is_refused_at_once(self):
        said = self.run_json("login", "127.0.0.1:1", "--password-env", "W", env={"W": "x" * 1025},
                             status=CREDENTIAL)
        self.assertIn("1025 octets", said["message"])

    def test_an_empty_line_of_stdin_is_an_empty_password(self):
        server = self.serve("--user", "alice", "--password-env", "PW", env={"PW": ""})
        self.run_json("login", f"alice@127.0.0.1:{server.port}", "--host-key", server.fingerprint,
                      "--mode", "password", "--password-stdin", given="\n")


class KeyFileTest(ToolTest):
    def files(self):
        def write(name, octets):
            with open(self.path(name), "wb") as file:
                file.write(octets)
            return self.path(name)
        key = self.keygen("key", "-t", "ed25519")
        with open(key, "rb") as file:
            text = file.read()
        yield write("random", os.urandom(3000)), "unknown_format"
        yield write("zeros", bytes(5000)), "unknown_format"
        yield write("empty", b""), "unknown_format"
        yield write("blank", b"\n \r\n\t\n"), "unknown_format"
        yield write("letter", b"Dear server,\nplease let me in\n"), "unknown_format"
        yield write("latin1", "cl\u00e9".encode("latin-1") * 9), "unknown_format"
        yield write("half", text[:len(text) // 2]), "malformed"
        yield write("spoilt", text.replace(b"\n", b"\nA", 2)), "malformed"
        yield write("certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), \
            "malformed"
        yield self.folder, "io"
        yield self.path("absent"), "io"
        yield self.path("key/below"), "io"
        yield "/dev/zero", "io"
        yield "/dev/null", "io"
        yield "", "io"
        os.mkfifo(self.path("fifo"))
        yield self.path("fifo"), "io"
        os.symlink(self.path("loop"), self.path("loop"))
        yield self.path("loop"), "io"
        with open(self.path("big"), "wb") as big:
            big.truncate(100 * 1024 * 1024)
        yield self.path("big"), "io"

    def test_files_that_are_no_key(self):
        for path, error in self.files():
            with self.subTest(path):
                said = self.run_json("key", path, status=CREDENTIAL)
                self.assertEqual((said["error"], said["exit"]), (error, CREDENTIAL))
                login = self.run_json("login", "alice@127.0.0.1:1", "-i", path, status=CREDENTIAL)
                self.assertEqual((login["key_error"], login["stage"]), (error, "none"))
                self.assertEqual(login["message"], said["message"])
                if path:
                    self.assertTrue(said["message"].startswith(path), said["message"])

    def test_nothing_of_a_wrong_file_is_shown(self):
        """Who names a wrong file may have named one with a password in it."""
        with open(self.path("secrets"), "w") as file:
            file.write("hunter2-hunter2\n")
        for arguments in (["key", self.path("secrets")],
                          ["login", "alice@127.0.0.1:1", "-i", self.path("secrets")]):
            done = self.run_tool(*arguments, status=CREDENTIAL)
            self.assertNotIn("hunter2", done.stdout + done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_a_file_that_is_not_ours_to_read(self):
        key = self.keygen("key", "-t", "ed25519")
        os.chmod(self.folder, 0o711)
        done = subprocess.run([SSHAUTH, "key", key], capture_output=True, text=True, timeout=LIMIT,
                              env=self.environment(), user=NOBODY, group=NOBODY, extra_groups=[])
        self.assertEqual(done.returncode, CREDENTIAL, done.stderr)
        self.assertIn("Permission denied", done.stderr)
        # The user's known_hosts too: what it may say of this host is not known to be nothing.
        os.mkdir(self.path(".ssh"), 0o755)
        with open(self.path(".ssh/known_hosts"), "w"):
            pass
        os.chmod(self.path(".ssh/known_hosts"), 0o600)
        done = subprocess.run([SSHAUTH, "login", "--mode", "none", "127.0.0.1:1"], text=True,
                              capture_output=True, timeout=LIMIT, env=self.environment(),
                              user=NOBODY, group=NOBODY, extra_groups=[])
        self.assertEqual(done.returncode, CREDENTIAL, done.stderr)
        self.assertIn("Permission denied", done.stderr)

    def test_six_ways_to_fail_are_six_sentences(self):
        locked = self.keygen("locked", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        plain = self.keygen("plain", "-t", "ed25519")
        with open(self.path("letter"), "w") as letter:
            letter.write("Dear server\n")
        server = self.serve("--user", "alice", "--password-env", "PW", env={"PW": PASSWORD})
        target = [f"alice@127.0.0.1:{server.port}", "--host-key", server.fingerprint]
        word = ["--passphrase-env", "W"]
        cases = (
            (["-i", locked, *word], {"W": "wrong"}, CREDENTIAL, 278, "wrong_passphrase"),
            (["-i", locked], {}, CREDENTIAL, 277, "needs_passphrase"),
            (["-i", self.path("letter")], {}, CREDENTIAL, 271, "unknown_format"),
            (["-i", self.folder], {}, CREDENTIAL, 302, "io"),
            (["-i", plain, "--mode", "publickey"], {}, REFUSED, 1032, None),
            (["--mode", "password", "--password-env", "W"], {"W": "wrong"}, REFUSED, 1032, None),
        )
        sentences = set()
        for arguments, env, status, code, error in cases:
            with self.subTest(arguments):
                said = self.run_json("login", *target, *arguments, env=env, status=status)
                self.assertEqual((said["code"], said["key_error"]), (code, error))
                sentences.add(said["message"].replace(self.folder, ""))
        self.assertEqual(len(sentences), 6, sentences)
        refused = sorted(s for s in sentences if "refused" in s)
        self.assertEqual(len(refused), 2, sentences)
        self.assertIn("password", refused[0])
        self.assertIn("key", refused[1])


class JsonTest(ToolTest):
    def test_every_outcome_has_every_field(self):
        server = self.serve("--user", "alice", "--password-env", "PW", env={"PW": PASSWORD})
        target = f"alice@127.0.0.1:{server.port}"
        pin = ["--host-key", server.fingerprint, "--password-env", "W"]
        held, port = closed_port()
        self.addCleanup(held.close)
        fields = None
        for arguments, word, status in (
                ([target, *pin], PASSWORD, AUTHENTICATED), ([target, *pin], "wrong", REFUSED),
                (["host:0"], "", USAGE), ([target], "", HOST_KEY),
                ([f"127.0.0.1:{port}", "--mode", "none"], "", CONNECTION),
                ([target, *pin, "--set", "SSHEncryptionAlgorithms=aes128-gcm@openssh.com", "--set",
                  "SSHKeyExchangeAlgorithms=diffie-hellman-group16-sha512"], PASSWORD,
                 AUTHENTICATED),
                ([target, *pin, "--mode", "publickey", "-i", "/dev/null"], "", CREDENTIAL)):
            with self.subTest(status):
                said = self.run_json("login", *arguments, env={"W": word}, status=status)
                fields = fields or list(said)
                self.assertEqual(list(said), fields)
                self.assertEqual(said["exit"], status)
                self.assertEqual(said["code"] == 0, status == AUTHENTICATED)
                self.assertEqual(said["message"] == "", status == AUTHENTICATED)
