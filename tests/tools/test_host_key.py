"""The host key question on a terminal, and the known_hosts file that a yes goes to."""
import os
import stat
import subprocess

from harness import CREDENTIAL, HOST_KEY, LIMIT, PASSWORD, USAGE, Terminal, ToolTest

PLAIN = {"PW": PASSWORD}
ASKED = "default no] "


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


class HostKeyTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--user", "alice", "--password-env", "PW", "--host-key",
                                 self.keygen("host", "-t", "ed25519"), env=PLAIN)
        self.own = self.path(".ssh/known_hosts")

    def start(self, *arguments, server=None):
        return Terminal(self, "login", f"alice@127.0.0.1:{(server or self.server).port}",
                        "--password-env", "PW", *arguments, env=PLAIN)

    def ask(self, answer, *arguments, status=0):
        """Answers the one question; gives what came before and after it."""
        terminal = self.start(*arguments)
        before = terminal.read_until(ASKED)
        terminal.type(answer + "\n")
        after, got = terminal.finish()
        self.assertEqual(got, status, before + after)
        return before, after

    def host_line(self, name="host", port=None):
        with open(self.path(name + ".pub")) as public:
            kind, blob, *_ = public.read().split()
        return f"[127.0.0.1]:{port or self.server.port} {kind} {blob}\n"

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def read(self, path):
        with open(path) as file:
            return file.read()

    def found_by_ssh(self, path):
        said = subprocess.run(["ssh-keygen", "-F", f"[127.0.0.1]:{self.server.port}", "-f", path],
                              capture_output=True, text=True, timeout=LIMIT)
        return said.stdout

    def no_question(self, *arguments, status=0):
        terminal = self.start(*arguments)
        said, got = terminal.finish()
        self.assertEqual(got, status, said)
        self.assertNotIn("[yes/no", said)
        return said

    # ---- what is stored ----

    def test_yes_stores_it_and_is_not_asked_again(self):
        before, after = self.ask("yes")
        self.assertIn(self.server.fingerprint, before)
        self.assertIn("no key of [127.0.0.1]", before)
        self.assertIn(self.own, before)
        self.assertIn("Stored in " + self.own, after)
        self.assertEqual(self.read(self.own), self.host_line())
        self.assertEqual((mode_of(self.own), mode_of(self.path(".ssh"))), (0o600, 0o700))
        self.assertIn("ssh-ed25519", self.found_by_ssh(self.own))
        self.no_question()
        self.assertEqual(self.read(self.own), self.host_line())

    def test_it_is_added_to_what_is_there(self):
        os.mkdir(self.path(".ssh"), 0o755)
        other = self.host_line(port=1)
        self.write(".ssh/known_hosts", other.rstrip("\n"))  # no line end, as editors leave it
        os.chmod(self.own, 0o644)
        self.ask("yes")
        self.assertEqual(self.read(self.own), other + self.host_line())
        self.assertEqual((mode_of(self.own), mode_of(self.path(".ssh"))), (0o644, 0o755))

    def test_the_first_file_that_was_named_gets_it(self):
        first, second = self.write("first", ""), self.write("second", self.host_line(port=1))
        self.ask("yes", "--known-hosts", first, "--known-hosts", second)
        self.assertEqual(self.read(first), self.host_line())
        self.assertEqual(self.read(second), self.host_line(port=1))
        self.assertFalse(os.path.exists(self.path(".ssh")))

    def test_a_named_file_may_be_yet_to_be_made(self):
        path = self.path("new")
        self.ask("yes", "--known-hosts", path)
        self.assertEqual((self.read(path), mode_of(path)), (self.host_line(), 0o600))

    def test_names_are_hashed_where_others_are(self):
        path = self.write("known", self.host_line(port=1))
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True, timeout=LIMIT,
                       capture_output=True)
        self.ask("yes", "--known-hosts", path)
        self.assertEqual(self.read(path).count("|1|"), 2)
        self.assertNotIn("127.0.0.1", self.read(path))
        self.assertIn("ssh-ed25519", self.found_by_ssh(path))
        self.no_question("--known-hosts", path)

    def test_names_are_hashed_when_that_is_wanted(self):
        self.ask("yes", "--hash-known-hosts")
        self.assertTrue(self.read(self.own).startswith("|1|"))
        self.no_question()

    def test_ssh_takes_what_was_stored_and_we_take_what_ssh_stores(self):
        def ssh(strict, path):
            done = subprocess.run(
                ["ssh", "-F", "none", "-p", str(self.server.port), "-o", "BatchMode=yes", "-o",
                 f"StrictHostKeyChecking={strict}", "-o", f"UserKnownHostsFile={path}", "-o",
                 "IdentityAgent=none", "-o", "PreferredAuthentications=none", "alice@127.0.0.1"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT,
                env=self.environment())
            return done.stderr
        empty = self.write("empty", "")
        self.assertIn("Host key verification failed", ssh("yes", empty))
        for more in ([], ["--hash-known-hosts"]):
            path = self.path("ours" + str(len(more)))
            self.ask("yes", "--known-hosts", path, *more)
            self.assertIn("Permission denied", ssh("yes", path))
        self.assertIn("Permission denied", ssh("accept-new", self.path("theirs")))
        self.no_question("--known-hosts", self.path("theirs"))

    def test_none_stores_nothing(self):
        before, after = self.ask("yes", "--known-hosts", "none")
        self.assertNotIn("tored", before + after)
        self.assertFalse(os.path.exists(self.path(".ssh")))
        os.mkdir(self.path(".ssh"))
        self.write(".ssh/known_hosts", self.host_line())
        self.ask("no", "--known-hosts", "none", status=HOST_KEY)

    def test_json_tells_the_file(self):
        terminal = self.start("--json")
        terminal.read_until(ASKED)
        terminal.type("yes\n")
        said, status = terminal.finish()
        self.assertEqual(status, 0)
        self.assertIn(f'"stored_in": "{self.own}"', said)

    # ---- what is answered ----

    def test_the_fingerprint_accepts_too(self):
        with_md5 = subprocess.run(["ssh-keygen", "-l", "-E", "md5", "-f", self.path("host.pub")],
                                  check=True, capture_output=True, text=True).stdout.split()[1]
        for typed in (self.server.fingerprint, f"  {with_md5} "):
            with self.subTest(typed):
                self.ask(typed, "--known-hosts", self.write("known", ""))
                self.assertEqual(self.read(self.path("known")), self.host_line())

    def test_what_refuses(self):
        other = "SHA256:" + "A" * 43
        for typed in ("no", "", other):
            with self.subTest(typed):
                _, after = self.ask(typed, status=HOST_KEY)
                if typed == other:
                    self.assertIn("not the fingerprint of this key", after)
                self.assertFalse(os.path.exists(self.own))

    def test_the_end_of_input_refuses(self):
        terminal = self.start()
        terminal.read_until(ASKED)
        terminal.type("\x04")
        self.assertEqual(terminal.finish()[1], HOST_KEY)

    def test_anything_else_is_asked_again_three_times_at_most(self):
        terminal = self.start()
        terminal.read_until(ASKED)
        terminal.type("y\n")
        terminal.read_until("type yes, no or the fingerprint: ")
        terminal.type("yes\n")
        self.assertEqual(terminal.finish()[1], 0)
        os.remove(self.own)
        terminal = self.start()
        terminal.read_until(ASKED)
        for _ in range(2):
            terminal.type("Yes!\n")
            terminal.read_until("type yes, no or the fingerprint: ")
        terminal.type("sure\n")
        self.assertEqual(terminal.finish()[1], HOST_KEY)
        self.assertFalse(os.path.exists(self.own))

    # ---- what is no question ----

    def test_a_changed_key_is_refused_with_file_and_line(self):
        self.keygen("other", "-t", "ed25519")
        known = self.write("known", "# mine\n" + self.host_line("other"))
        said = self.no_question("--known-hosts", known, status=HOST_KEY)
        self.assertIn(f"{known} line 2: the key was changed", said)
        self.assertEqual(self.read(known), "# mine\n" + self.host_line("other"))

    def test_a_revoked_key_is_refused(self):
        known = self.write("known", self.host_line() + "@revoked " + self.host_line())
        said = self.no_question("--known-hosts", known, status=HOST_KEY)
        self.assertIn(f"revoked in {known} line 2", said)

    def test_a_pinned_or_any_key_is_not_stored(self):
        self.no_question("--host-key", self.server.fingerprint)
        self.no_question("--accept-any-host-key")
        self.assertFalse(os.path.exists(self.path(".ssh")))

    def test_without_a_terminal_nothing_is_stored(self):
        said = self.run_json("login", f"alice@127.0.0.1:{self.server.port}", "--password-env", "PW",
                             env=PLAIN, status=HOST_KEY)
        self.assertIsNone(said["host_key"]["stored_in"])
        self.assertFalse(os.path.exists(self.path(".ssh")))

    def test_a_key_of_another_type_is_asked_about(self):
        self.keygen("other", "-t", "ecdsa")
        known = self.write("known", self.host_line("other"))
        before, _ = self.ask("yes", "--known-hosts", known)
        self.assertIn("but not by its ssh-ed25519 key", before)
        self.assertEqual(self.read(known), self.host_line("other") + self.host_line())

    # ---- files that cannot be used ----

    def test_not_being_able_to_store_is_a_warning(self):
        os.symlink(self.path("nowhere"), self.path("dangling"))
        for known in (self.path("no/folder"), self.path("dangling")):
            with self.subTest(known):
                _, after = self.ask("yes", "--known-hosts", known)
                self.assertIn("the host key was not stored", after)
                self.assertIn("authenticated alice", after)
        self.assertFalse(os.path.exists(self.path("nowhere")))
        self.write(".ssh", "a file where the folder should be")
        said = self.no_question("--host-key", self.server.fingerprint, status=CREDENTIAL)
        self.assertIn("known_hosts", said)

    def test_a_file_that_cannot_be_read_is_no_first_contact(self):
        """It might say that the key was changed."""
        os.mkdir(self.path(".ssh"))
        os.mkdir(self.own)
        for arguments in ([], ["--known-hosts", self.folder]):
            with self.subTest(arguments):
                said = self.no_question(*arguments, status=CREDENTIAL)
                self.assertIn("is a directory", said)
        self.no_question("--known-hosts", "none", "--host-key", self.server.fingerprint)

    def test_none_stands_alone(self):
        for more in (["--known-hosts", self.own], ["--known-hosts", ""], ["--hash-known-hosts"]):
            said = self.run_json("login", "alice@127.0.0.1:1", "--known-hosts", "none", *more,
                                 status=USAGE)
            self.assertIn("none", said["message"])
