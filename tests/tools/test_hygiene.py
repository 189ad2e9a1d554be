"""Passwords, passphrases and answers are wiped before their memory is given back: freed.c looks into
all that is. A sanitizer has a heap of its own; there the library is not built and nothing runs."""
import os

from harness import (AUTHENTICATED, CREDENTIAL, PASSWORD, REFUSED, Terminal, ToolTest)

FREED = os.environ.get("SSHAUTH_FREED")
SEEN = 99


class HygieneTest(ToolTest):
    def watched(self, secret, **more):
        return {"LD_PRELOAD": FREED, "FREED_NEEDLE": secret, **more}

    def server(self, *arguments):
        return self.serve("--user", "alice", "--password-env", "PW", *arguments,
                          env={"PW": PASSWORD})

    def login(self, server, *arguments, secret=PASSWORD, status=AUTHENTICATED, given="", **env):
        self.run_tool("login", f"alice@127.0.0.1:{server.port}", "--host-key", server.fingerprint,
                      *arguments, status=status, given=given, env=self.watched(secret, **env))

    def test_the_watch_sees_what_is_left(self):
        server = self.server()
        self.login(server, "--password-env", "W", secret="127.0.0.1", status=SEEN, W=PASSWORD)

    def test_passwords(self):
        server = self.server()
        for more in ([], ["--json"], ["-vvv"]):
            self.login(server, "--password-env", "W", *more, W=PASSWORD)
        self.login(server, "--password-stdin", given=PASSWORD + "\n")
        wrong = "a wrong password of some length"
        self.login(server, "--password-env", "W", "-vvv", secret=wrong, status=REFUSED, W=wrong)

    def test_a_login_that_does_not_come_about(self):
        server = self.server("--kex", "diffie-hellman-group14-sha256")
        self.login(server, "--password-env", "W", "--set", "SSHKeyExchangeAlgorithms=curve25519-sha256",
                   status=5, W=PASSWORD)

    def test_answers(self):
        server = self.server("--prompt", "Password: =PW")
        self.login(server, "--mode", "keyboard-interactive", "--password-env", "W", W=PASSWORD)

    def test_passphrases(self):
        word = "open sesame, and wide"
        key = self.keygen("id", "-t", "rsa", "-b", "2048", "-a", "1", passphrase=word)
        server = self.server("--authorized-keys", key + ".pub")
        opens = ["--passphrase-env", "W"]
        self.login(server, "-i", key, *opens, secret=word, W=word)
        self.run_tool("key", key, *opens, env=self.watched(word, W=word))
        wrong = "close sesame, and tightly"
        self.run_tool("key", key, *opens, env=self.watched(wrong, W=wrong), status=CREDENTIAL)

    def test_what_is_typed(self):
        server = self.server("--prompt", "Password: =PW")
        for mode, question in (("password", "Password for alice: "),
                               ("keyboard-interactive", "Password: ")):
            with self.subTest(mode):
                terminal = Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                                    server.fingerprint, "--mode", mode,
                                    env=self.watched(PASSWORD))
                terminal.read_until(question)
                terminal.type(PASSWORD + "\n")
                said, status = terminal.finish()
                self.assertEqual(status, AUTHENTICATED, said)


if FREED is None:
    del HygieneTest
