"""What the tool asks of a person: on a pseudo-terminal, without echo where it is secret."""
import os
import signal

from harness import CREDENTIAL, PASSWORD, ToolTest, Terminal

PLAIN = {"PW": PASSWORD}
TOKEN_PIN = "eleven toys"  # of tests/keys/token_module.c


class TerminalTest(ToolTest):
    def server(self, *arguments, env=None):
        return self.serve("--user", "alice", "--password-env", "PW", *arguments,
                          env={**PLAIN, **(env or {})})

    def login(self, server, *arguments):
        return Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                        server.fingerprint, *arguments)

    def test_password_without_echo(self):
        terminal = self.login(self.server())
        terminal.read_until("Password for alice: ")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD + "\n")
        rest, status = terminal.finish()
        self.assertEqual(status, 0, rest)
        self.assertIn("authenticated alice", rest)
        self.assertNotIn(PASSWORD, rest)

    def test_a_refused_password_is_asked_again(self):
        terminal = self.login(self.server(), "--mode", "password")
        terminal.read_until("Password for alice: ")
        terminal.type("wrong\n")
        terminal.read_until("refused that password")
        terminal.read_until("Password for alice: ")
        terminal.type(PASSWORD + "\n")
        self.assertEqual(terminal.finish()[1], 0)

    def test_prompts_with_and_without_echo(self):
        server = self.serve("--user", "alice", "--echo-prompt", "Colour: =C", "--prompt", "Code: =D",
                            env={"C": "blue", "D": "4711"})
        terminal = self.login(server, "--mode", "keyboard-interactive")
        for question, answer, echo in (("Code: ", "4711", False), ("Colour: ", "blue", True)):
            terminal.read_until(question)
            self.assertEqual(terminal.echoes(), echo)
            terminal.type(answer + "\n")
        rest, status = terminal.finish()
        self.assertEqual(status, 0, rest)
        self.assertNotIn("4711", rest)

    def test_passphrase_of_a_key(self):
        key = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub")
        terminal = self.login(server, "-i", key)
        terminal.read_until("Passphrase for ")
        terminal.read_until(": ")
        self.assertFalse(terminal.echoes())
        terminal.type("open sesame\n")
        self.assertEqual(terminal.finish()[1], 0)

    def test_a_wrong_passphrase_is_asked_for_again(self):
        key = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub")
        for words, status in ((("wrong", "open sesame"), 0), (("a", "b", "c"), CREDENTIAL)):
            terminal = self.login(server, "-i", key)
            for word in words:
                terminal.read_until("Passphrase for " + key + ": ")
                self.assertFalse(terminal.echoes())
                terminal.type(word + "\n")
            self.assertEqual(terminal.finish()[1], status)

    def token(self):
        """A module with a token, and a server that takes its key."""
        module = os.environ.get("SSHAUTH_TOKEN_MODULE")
        if module is None:
            self.skipTest("this build has no PKCS#11")
        key = self.run_json("key", "--pkcs11", module)["keys"][0]
        with open(self.path("token.pub"), "w") as public:
            public.write(key["public_key"] + "\n")
        return module, self.serve("--user", "alice", "--authorized-keys", self.path("token.pub"))

    def ways_to_name(self, store):
        return (["--pkcs11", store], "PIN: "), (["--store-type", "23", "-i", store], f"PIN for {store}: ")

    def test_pin_of_a_token(self):
        """How few tries are left is told before each of them, the last one too."""
        module, server = self.token()
        for options, question in self.ways_to_name(module):
            terminal = self.login(server, *options)
            for said, pin in (("no private key before its PIN", "0000"), ("few tries are left", "1111"),
                              ("the next wrong PIN locks the token", TOKEN_PIN)):
                terminal.read_until(said)
                terminal.read_until(question)
                self.assertFalse(terminal.echoes())
                terminal.type(pin + "\n")
            rest, status = terminal.finish()
            self.assertEqual(status, 0, rest)
            self.assertNotIn(TOKEN_PIN, rest)

    def test_keys_of_a_token_by_store_type(self):
        """Without a PIN what the token shows; a PIN in the URI is not told back."""
        module, _ = self.token()
        facts = self.run_json("key", "--store-type", "23", module)
        self.assertFalse(facts["private"])
        self.assertEqual(facts["file"], module)
        store = f"pkcs11:token=toy?module-path={module}&pin-value={TOKEN_PIN.replace(' ', '%20')}"
        facts = self.run_json("key", "--store-type", "23", store)
        self.assertTrue(facts["private"])
        self.assertEqual(facts["file"], "pkcs11:token=toy")

    def test_no_pin_is_no_try(self):
        module, server = self.token()
        for options, question in self.ways_to_name(module):
            terminal = self.login(server, *options)
            terminal.read_until(question)
            terminal.type("\n")
            rest, status = terminal.finish()
            self.assertEqual(status, CREDENTIAL, rest)
            self.assertIn("no private key before its PIN", rest)
            self.assertNotIn("wrong", rest)

    def test_a_pin_that_a_uri_or_the_reader_has_is_not_asked_for(self):
        module, server = self.token()
        for options in (["--pkcs11", f"pkcs11:token=toy?module-path={module}&pin-value=9999"],
                        ["--store-type", "23", "-i", f"pkcs11:?module-path={module}&pin-value=9999"]):
            rest, status = self.login(server, *options).finish()
            self.assertEqual(status, CREDENTIAL, rest)
            self.assertIn("the PIN is wrong; a wrong PIN was given before", rest)
            self.assertNotIn("9999", rest)
        for options, _ in self.ways_to_name(module):
            for typed, wanted in (("mistyped", CREDENTIAL), (TOKEN_PIN, 0)):
                terminal = Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                                    server.fingerprint, *options, env={"TOY_TOKEN_READER": typed})
                rest, status = terminal.finish()
                self.assertEqual(status, wanted, rest)

    def test_a_locked_token_is_not_asked_for(self):
        module, server = self.token()
        for options, question in self.ways_to_name(module):
            terminal = self.login(server, *options)
            for pin in ("0000", "1111", "2222"):
                terminal.read_until(question)
                terminal.type(pin + "\n")
            rest, status = terminal.finish()
            self.assertEqual(status, CREDENTIAL, rest)
            self.assertIn("the PIN is locked now", rest)

    def test_the_last_try_is_for_who_says_so(self):
        module, server = self.token()
        for options, _ in self.ways_to_name(module):
            for setting, wanted in (("False", CREDENTIAL), ("True", 0)):
                terminal = Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                                    server.fingerprint, "--pin-env", "PIN", "--set",
                                    "PKCS11LastTry=" + setting, *options,
                                    env={"PIN": TOKEN_PIN, "TOY_TOKEN_TRIES": "1"})
                rest, status = terminal.finish()
                self.assertEqual(status, wanted, rest)

    def test_interrupt_puts_the_terminal_back(self):
        terminal = self.login(self.server())
        terminal.read_until("Password for alice: ")
        self.assertFalse(terminal.echoes())
        terminal.type("\x03")
        self.assertEqual(terminal.finish()[1], -signal.SIGINT)
        self.assertTrue(terminal.echoes())

    def test_an_ignored_interrupt_changes_nothing(self):
        server = self.server()
        terminal = Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                            server.fingerprint, ignored=(signal.SIGINT,))
        terminal.read_until("Password for alice: ")
        terminal.type("\x03")
        terminal.type(PASSWORD + "\n")
        self.assertEqual(terminal.finish()[1], 0)

    def test_a_stop_signal_asks_again(self):
        """Here nobody can continue a stopped process, so the system lets it go on at once."""
        terminal = self.login(self.server())
        terminal.read_until("Password for alice: ")
        terminal.type("half a pass\x1a")
        terminal.read_until("Password for alice: ")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD + "\n")
        rest, status = terminal.finish()
        self.assertEqual(status, 0, rest)
        self.assertNotIn("half a pass", rest)

    def test_end_of_input_is_no_answer(self):
        terminal = self.login(self.server(), "--mode", "password")
        terminal.read_until("Password for alice: ")
        terminal.type("\x04")
        self.assertEqual(terminal.finish()[1], CREDENTIAL)
