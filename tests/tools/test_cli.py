"""The command line itself: help, usage errors, algorithms, the demonstration."""
import re
import subprocess

from harness import LIMIT, SSHAUTH, USAGE, ToolTest

COMMANDS = ("login", "key", "algorithms", "serve", "demo")


class CommandLineTest(ToolTest):
    def test_help_of_each(self):
        said = self.run_tool("--help").stdout
        for command in COMMANDS:
            with self.subTest(command):
                self.assertIn(command, said)
                own = self.run_tool(command, "--help").stdout
                self.assertIn("--json", own)
                self.assertIn("--help", own)

    def test_exit_codes_are_told(self):
        self.assertIn("3 host key", self.run_tool("--help").stdout)

    def test_usage_errors(self):
        for arguments in ([], ["dance"], ["login"], ["login", "h", "--no-such-option"], ["key"],
                          ["login", "h", "--mode", "telepathy"], ["login", "h", "--timeout", "x"],
                          ["serve", "--port", "70000"], ["serve", "--strict-kex", "4"],
                          ["login", "h", "--password-stdin", "--password-env", "X"]):
            with self.subTest(arguments):
                done = self.run_tool(*arguments, status=USAGE)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")
                if arguments:
                    said = self.run_json(*arguments, status=USAGE)
                    self.assertEqual((said["result"], said["exit"]), ("error", USAGE))
                    self.assertIn(said["message"], done.stderr)

    def test_what_a_newcomer_types(self):
        self.assertIn("Subcommands:", self.run_tool(status=USAGE).stderr)
        self.assertIn('no command "help"', self.run_tool("help", status=USAGE).stderr)
        self.assertRegex(self.run_tool("--version").stdout, r"^\d+\.\d+\.\d+$")

    def test_no_option_takes_a_password(self):
        """A command line is open to every user of the machine."""
        for command in COMMANDS:
            for line in self.run_tool(command, "--help").stdout.splitlines():
                word = line.split()[0] if line.split() else ""
                if "pass" in word:
                    self.assertTrue(word.endswith(("-env", "-stdin", "-password")), line)
        self.run_tool("login", "user@host", "--password", "x", status=USAGE)

    def test_a_result_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([SSHAUTH, "algorithms"], stdout=full, stderr=subprocess.PIPE,
                                  timeout=LIMIT, text=True, env=self.environment())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("could not be written", done.stderr)


class AlgorithmsTest(ToolTest):
    def test_rows_and_marks(self):
        said = self.run_json("algorithms")
        rows = {(row["kind"], row["name"]): row for row in said["algorithms"]}
        chacha = rows["cipher", "chacha20-poly1305@openssh.com"]
        self.assertEqual(chacha["policy"], ["modern"])
        self.assertIn("openssl", chacha["providers"])
        self.assertIn("sodium", chacha["providers"])
        self.assertIn("fips", rows["cipher", "aes256-gcm@openssh.com"]["policy"])
        self.assertIn("weak", rows["compression", "zlib"]["policy"])
        for key in (("kex", "curve25519-sha256"), ("signature", "ssh-ed25519"),
                    ("mac", "hmac-sha2-256-etm@openssh.com"), ("hash", "sha256")):
            self.assertIn(key, rows)
        for row in said["algorithms"]:
            self.assertTrue(row["providers"], row)
            self.assertEqual(row["absent"], "")
        self.assertEqual(rows["cipher", "arcfour256"]["policy"], ["broken"])
        self.assertEqual(rows["cipher", "aes256-cbc"]["policy"], ["fips", "weak"])

    def test_without_the_legacy_provider_its_rows_are_absent(self):
        """OpenSSL finds no module in an empty folder."""
        nothing = {"OPENSSL_MODULES": self.folder}
        said = self.run_json("algorithms", env=nothing)["algorithms"]
        absent = {row["name"] for row in said if row["absent"]}
        self.assertEqual(absent, {"blowfish-cbc", "cast128-cbc", "arcfour", "arcfour128", "arcfour256",
                                  "hmac-ripemd160", "hmac-ripemd160-96"})
        for row in said:
            self.assertEqual(row["providers"] == [], row["name"] in absent, row)
            self.assertEqual("legacy" in row["absent"], row["name"] in absent, row)
        shown = self.run_tool("algorithms", env=nothing).stdout
        self.assertRegex(shown, r"(?m)^  arcfour +absent +broken$")
        self.assertRegex(shown, r"(?s)What is absent needs OpenSSL's provider .legacy.*legacy")

    def test_a_list_of_what_is_absent_is_refused_with_the_reason(self):
        server = self.serve("--user", "alice")
        for setting, name in (("SSHEncryptionAlgorithms", "arcfour"), ("SSHMacAlgorithms", "hmac-ripemd160")):
            said = self.run_json("login", f"alice@127.0.0.1:{server.port}", "--set", f"{setting}={name}",
                                 status=USAGE, env={"OPENSSL_MODULES": self.folder})
            self.assertIn(f"{name} needs OpenSSL's provider", said["message"])

    def test_for_people(self):
        said = self.run_tool("algorithms").stdout
        self.assertRegex(said, r"(?m)^  curve25519-sha256 +sodium\* openssl +modern$")
        self.assertLessEqual(max(map(len, said.splitlines())), 100)
        for row in self.run_json("algorithms")["algorithms"]:
            self.assertRegex(said, f"(?m)^  {re.escape(row['name'])} +.*{row['default']}\\*")
        # In columns: two blanks at least between them, and a kind's marks one below the other.
        for kind in said.split("\n\n")[:-1]:
            marks = [re.search(r"  (modern|fips|weak|broken)\b", line) for line in kind.splitlines()[1:]]
            self.assertLessEqual(len({found.start() for found in marks if found}), 1, kind)


class DemoTest(ToolTest):
    def test_all_five_go_as_they_should(self):
        said = self.run_json("demo")
        self.assertEqual([step["expected"] for step in said["steps"]],
                         ["authenticated"] * 3 + ["refused", "host-key"])
        self.assertTrue(all(step["ok"] for step in said["steps"]), said)
        for step, flights in zip(said["steps"], (3, 3, 4)):
            self.assertFlights(step["login"], flights)

    def test_for_people(self):
        said = self.run_tool("demo").stdout
        self.assertEqual(said.count("=> authenticated"), 3)
        self.assertEqual(said.count("=> refused, as it should be"), 2)
        for step in ("identification: SSH-2.0-", "Key exchange: ", "host key: ssh-ed25519 SHA256:",
                     "host key is accepted", "accepted password", "accepted publickey",
                     "accepted keyboard-interactive", "refused password", "is not accepted"):
            self.assertIn(step, said)
        self.assertEqual(said.count("steps as above"), 4)
        self.assertLess(len(said.splitlines()), 60)
