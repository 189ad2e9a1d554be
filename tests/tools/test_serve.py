"""sshauth serve: its options, its reports, its end; a client of somebody else against it."""
import json
import signal
import socket
import subprocess

from harness import (CONNECTION, CREDENTIAL, LIMIT, PASSWORD, REFUSED, USAGE, Terminal, ToolTest)

PLAIN = {"PW": PASSWORD}


class ServeTest(ToolTest):
    def login(self, server, *arguments, user="alice", **how):
        return self.run_json("login", f"{user}@{server.hello['address']}:{server.port}".replace(
            "::1", "[::1]"), "--host-key", server.fingerprint, *arguments, **how)

    def test_every_start_has_a_fresh_host_key(self):
        self.assertNotEqual(self.serve().fingerprint, self.serve().fingerprint)

    def test_host_keys_of_several_types(self):
        server = self.serve("--host-key-type", "ecdsa", "--host-key-type", "ed25519", "--user",
                            "alice", "--allow-none")
        types = [key["type"] for key in server.hello["host_keys"]]
        self.assertEqual(types, ["ecdsa-sha2-nistp256", "ssh-ed25519"])
        said = self.run_json("login", f"alice@127.0.0.1:{server.port}", "--mode", "none", "--host-key",
                             server.hello["host_keys"][1]["fingerprint"], "--set",
                             "SSHPublicKeyAlgorithms=ssh-ed25519")
        self.assertEqual(said["host_key"]["type"], "ssh-ed25519")

    def test_users_with_a_password_each(self):
        server = self.serve("--user", "alice", "--user", "bob", "--password-env", "alice=A",
                            "--password-env", "bob=B", env={"A": "first", "B": "second"})
        self.login(server, "--password-env", "PW", env={"PW": "first"})
        self.login(server, "--password-env", "PW", user="bob", env={"PW": "second"})
        self.login(server, "--mode", "password", "--password-env", "PW", user="bob",
                   env={"PW": "first"}, status=REFUSED)

    def test_count_and_reports(self):
        server = self.serve("--user", "alice", "--password-env", "PW", "--count", "2", env=PLAIN)
        self.login(server, "--mode", "password", "--password-env", "PW", env={"PW": "no"},
                   status=REFUSED)
        self.login(server, "--password-env", "PW", env=PLAIN)
        first, second = server.report(), server.report()
        self.assertEqual([first["authenticated"], second["authenticated"]], [False, True])
        self.assertEqual(first["requests"], [{"method": "password", "outcome": "refused"}])
        self.assertEqual((second["method"], second["user"]), ("password", "alice"))
        status, rest, _ = server.finish()
        self.assertEqual(status, 0)
        done = json.loads(rest)
        self.assertEqual((done["event"], done["connections"], done["authenticated"]), ("done", 2, 1))
        self.assertNotIn(PASSWORD, rest)

    def test_ends_in_order_when_told(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            server.process.send_signal(number)
            status, rest, _ = server.finish()
            self.assertEqual((status, json.loads(rest)["event"]), (0, "done"))

    def test_loopback_only(self):
        server = self.serve()
        self.assertEqual(server.hello["address"], "127.0.0.1")
        with open("/proc/net/tcp") as table:
            bound = [line.split()[1] for line in table if f":{server.port:04X} " in line]
        self.assertIn(f"0100007F:{server.port:04X}", bound)
        self.assertNotIn(f"00000000:{server.port:04X}", bound)

    def test_version_6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("this machine has no IPv6 loopback address")
        self.login(self.serve("--v6", "--user", "alice", "--allow-none"), "--mode", "none")

    def test_attempts_are_limited(self):
        keys = [self.keygen(name, "-t", "ed25519") for name in ("a", "b", "c")]
        server = self.serve("--user", "alice", "--authorized-keys", keys[2] + ".pub",
                            "--max-attempts", "1", "--once")
        said = self.login(server, "-i", keys[0], "-i", keys[1], "-i", keys[2], status=REFUSED)
        self.assertEqual((said["code"], said["stage"]), (1001, "authentication"))
        self.assertLess(len(server.report()["requests"]), 3)

    def test_key_exchange_in_the_middle(self):
        key = self.keygen("id", "-t", "ed25519")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub",
                            "--rekey-octets", "128")
        self.assertGreater(self.login(server, "-i", key)["rekeys"], 0)

    def test_password_that_must_be_changed(self):
        server = self.serve("--user", "alice", "--password-env", "PW", "--must-change-password",
                            env=PLAIN)
        terminal = Terminal(self, "login", f"alice@127.0.0.1:{server.port}", "--host-key",
                            server.fingerprint)
        for question, answer in (("Password for alice: ", PASSWORD), ("Old password: ", PASSWORD),
                                 ("New password: ", "better"), ("again: ", "better")):
            terminal.read_until(question)
            self.assertFalse(terminal.echoes())
            terminal.type(answer + "\n")
        rest, status = terminal.finish()
        self.assertEqual(status, 0, rest)
        self.login(server, "--password-env", "PW", env={"PW": "better"})

    def test_what_cannot_be_served(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for arguments, status in ((["--port", port], CONNECTION), (["--kex", "rot13"], USAGE),
                                      (["--host-key", self.path("absent")], CREDENTIAL),
                                      (["--authorized-keys", self.path("absent")], CREDENTIAL),
                                      (["--password-env", "ABSENT"], USAGE),
                                      (["--password-env", "nobody=HOME"], USAGE),
                                      (["--prompt", "no variable"], USAGE)):
                with self.subTest(arguments):
                    said = self.run_json("serve", *arguments, status=status)
                    self.assertEqual(said["result"], "error")
                    self.assertTrue(said["message"])

    def test_ssh_logs_in(self):
        """OpenSSH's own client against our server role: it is let in, then finds no session."""
        key = self.keygen("id", "-t", "ed25519")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub", "--once")
        subprocess.run(["ssh", "-F", "none", "-i", key, "-p", str(server.port), "-o", "BatchMode=yes",
                        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=" + self.path("known"),
                        "-o", "IdentityAgent=none", "alice@127.0.0.1", "true"],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT,
                       env=self.environment())
        seen = server.report()
        self.assertTrue(seen["authenticated"], seen)
        self.assertEqual(seen["method"], "publickey")
