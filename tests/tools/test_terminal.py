"""What the tool asks of a person: on a pseudo-terminal, without echo where it is secret."""
import signal

from harness import CREDENTIAL, HOST_KEY, PASSWORD, ToolTest, Terminal

PLAIN = {"PW": PASSWORD}


class TerminalTest(ToolTest):
    def server(self, *arguments, env=None):
        return self.serve("--user", "alice", "--password-env", "PW", *arguments,
                          env={**PLAIN, **(env or {})})

    def login(self, server, *arguments, trust=True):
        pin = ["--host-key", server.fingerprint] if trust else []
        return Terminal(self, "login", f"alice@127.0.0.1:{server.port}", *pin, *arguments)

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

    def test_host_key_question_accepts_only_yes(self):
        for answer, status in (("yes", 0), ("no", HOST_KEY), ("", HOST_KEY), ("y", HOST_KEY)):
            with self.subTest(answer):
                server = self.server()
                terminal = self.login(server, trust=False)
                shown = terminal.read_until("default no] ")
                self.assertIn(server.fingerprint, shown)
                self.assertTrue(terminal.echoes())
                terminal.type(answer + "\n")
                if status == 0:
                    terminal.read_until("Password for alice: ")
                    terminal.type(PASSWORD + "\n")
                self.assertEqual(terminal.finish()[1], status)

    def test_a_changed_host_key_is_no_question(self):
        server = self.server("--host-key", self.keygen("host", "-t", "ed25519"))
        with open(self.keygen("other", "-t", "ed25519") + ".pub") as public:
            kind, blob, *_ = public.read().split()
        with open(self.path("known"), "w") as known:
            known.write(f"[127.0.0.1]:{server.port} {kind} {blob}\n")
        terminal = self.login(server, "--known-hosts", self.path("known"), trust=False)
        rest, status = terminal.finish()
        self.assertEqual(status, HOST_KEY)
        self.assertNotIn("[yes/no", rest)

    def test_passphrase_of_a_key(self):
        key = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub")
        terminal = self.login(server, "-i", key)
        terminal.read_until("Passphrase for ")
        terminal.read_until(": ")
        self.assertFalse(terminal.echoes())
        terminal.type("open sesame\n")
        self.assertEqual(terminal.finish()[1], 0)

    def test_interrupt_puts_the_terminal_back(self):
        terminal = self.login(self.server())
        terminal.read_until("Password for alice: ")
        self.assertFalse(terminal.echoes())
        terminal.type("\x03")
        self.assertEqual(terminal.finish()[1], -signal.SIGINT)
        self.assertTrue(terminal.echoes())

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
