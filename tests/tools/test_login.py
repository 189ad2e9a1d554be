"""sshauth login against sshauth serve: every exit status, the JSON, and where secrets do not go."""
import base64
import json
import os
import socket
import subprocess
import threading

from harness import (AUTHENTICATED, CONNECTION, CREDENTIAL, HOST_KEY, LIMIT, PASSWORD, PROTOCOL,
                     REFUSED, SSHAUTH, USAGE, Fake, ToolTest, closed_port, pass_on)

PLAIN = {"PW": PASSWORD}


class LoginTest(ToolTest):
    def password_server(self, *arguments, env=None):
        return self.serve("--user", "alice", "--password-env", "PW", *arguments,
                          env={**PLAIN, **(env or {})})

    def login(self, server, *arguments, user="alice", trust=True, **how):
        """`login` with the server's own fingerprint pinned; gives its JSON."""
        pin = ["--host-key", server.fingerprint] if trust else []
        return self.run_json("login", f"{user}@127.0.0.1:{server.port}", *pin, *arguments, **how)

    # ---- authenticated ----

    def test_password_from_the_environment(self):
        server = self.password_server("--once")
        said = self.login(server, "--password-env", "PW", env=PLAIN)
        self.assertEqual((said["result"], said["exit"], said["code"]), ("authenticated", 0, 0))
        self.assertEqual(said["method"], "password")
        seen = server.report()
        self.assertEqual((seen["authenticated"], seen["user"], seen["code"]), (True, "alice", 0))
        status, rest, _ = server.finish()
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(rest)["authenticated"], 1)

    def test_password_from_stdin(self):
        said = self.login(self.password_server(), "--password-stdin", given=PASSWORD + "\nmore\n")
        self.assertEqual(said["method"], "password")

    def test_public_keys_of_every_type(self):
        for kind, algorithm in (("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"),
                                ("rsa", "rsa-sha2-512")):
            with self.subTest(kind):
                more = ["-b", "2048"] if kind == "rsa" else []
                key = self.keygen(kind, "-t", kind, *more)
                server = self.serve("--user", "alice", "--authorized-keys", key + ".pub")
                said = self.login(server, "-i", key)
                self.assertEqual((said["method"], said["key_algorithm"]), ("publickey", algorithm))
                self.assertFlights(said, 3)

    def test_encrypted_key(self):
        key = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        server = self.serve("--user", "alice", "--authorized-keys", key + ".pub")
        self.login(server, "-i", key, "--passphrase-env", "W", env={"W": "open sesame"})

    def test_the_second_of_several_keys(self):
        first, second = self.keygen("a", "-t", "ed25519"), self.keygen("b", "-t", "ed25519")
        server = self.serve("--user", "alice", "--authorized-keys", second + ".pub", "--once")
        self.login(server, "-i", first, "-i", second)

    def test_keyboard_interactive_answered_with_the_password(self):
        server = self.serve("--user", "alice", "--prompt", "Password: =PW", env=PLAIN)
        said = self.login(server, "--mode", "keyboard-interactive", "--password-env", "PW",
                          env=PLAIN)
        self.assertEqual(said["method"], "keyboard-interactive")

    def test_auto_goes_on_to_what_the_server_lists(self):
        server = self.serve("--user", "alice", "--prompt", "Password: =PW", env=PLAIN)
        said = self.login(server, "--password-env", "PW", env=PLAIN)
        self.assertEqual(said["method"], "keyboard-interactive")

    def test_none(self):
        server = self.serve("--user", "alice", "--allow-none")
        self.assertEqual(self.login(server, "--mode", "none")["method"], "none")

    def test_partial_success_and_then_the_rest(self):
        key = self.keygen("id", "-t", "ed25519")
        server = self.password_server("--authorized-keys", key + ".pub",
                                      "--require", "publickey,password")
        said = self.login(server, "-i", key, "--password-env", "PW", env=PLAIN)
        self.assertEqual(said["method"], "password")

    def test_known_hosts(self):
        server = self.password_server("--host-key", self.keygen("host", "-t", "ed25519"))
        with open(self.path("host.pub")) as public:
            key = public.read().split()
        with open(self.path("known"), "w") as known:
            known.write(f"[127.0.0.1]:{server.port} {key[0]} {key[1]}\n")
        said = self.login(server, "--known-hosts", self.path("known"), "--password-env", "PW",
                          trust=False, env=PLAIN)
        self.assertEqual(said["host_key"]["known"], "accepted")
        os.mkdir(self.path(".ssh"))
        os.rename(self.path("known"), self.path(".ssh/known_hosts"))
        self.login(server, "--password-env", "PW", trust=False, env=PLAIN)

    def test_host_key_given_whole(self):
        server = self.password_server("--host-key", self.keygen("host", "-t", "ed25519"))
        with open(self.path("host.pub")) as public:
            line = " ".join(public.read().split()[:2])
        self.login(server, "--host-key", line, "--password-env", "PW", trust=False, env=PLAIN)

    def test_for_people(self):
        server = self.password_server("--banner", "Welcome, guest")
        done = self.run_tool("login", f"alice@127.0.0.1:{server.port}", "--host-key",
                             server.fingerprint, "--password-env", "PW", "-v", env=PLAIN)
        self.assertIn("authenticated alice at 127.0.0.1", done.stdout)
        self.assertIn(server.fingerprint, done.stdout)
        self.assertRegex(done.stdout, "[34] flights")
        self.assertIn("Welcome, guest", done.stderr)
        self.assertNotIn("Welcome", done.stdout)

    # ---- JSON ----

    def test_json_has_every_field(self):
        server = self.password_server("--ciphers", "aes256-ctr", "--macs", "hmac-sha2-512",
                                      "--kex", "ecdh-sha2-nistp384")
        said = self.login(server, "--password-env", "PW", env=PLAIN)
        self.assertTrue(said["server_identification"].startswith("SSH-2.0-"))
        self.assertEqual(said["host_key"], {
            "type": "ssh-ed25519", "known": "accepted", "fingerprint": server.fingerprint,
            "accepted": True, "stored_in": None,
            "reason": "the host key has the pinned fingerprint " + server.fingerprint})
        self.assertEqual(said["negotiated"], {
            "kex": "ecdh-sha2-nistp384", "host_key": "ssh-ed25519", "cipher_c2s": "aes256-ctr",
            "cipher_s2c": "aes256-ctr", "mac_c2s": "hmac-sha2-512", "mac_s2c": "hmac-sha2-512",
            "compression_c2s": "none", "compression_s2c": "none", "strict_kex": True})
        self.assertEqual((said["message"], said["partial_success"], said["attempts"]),
                         ("", False, 1))
        self.assertFlights(said, 3)
        self.assertEqual(said["connections"], 1)
        self.assertGreater(said["octets"]["in"], 500)
        self.assertGreater(said["octets"]["out"], 500)
        self.assertEqual(set(said["milliseconds"]), {
            "resolve", "connect", "proxy", "identification", "key-exchange", "host-key", "service",
            "authentication", "disconnect", "questions", "total"})
        self.assertEqual((said["host"], said["port"], said["user"]),
                         ("127.0.0.1", server.port, "alice"))

    def test_aead_has_no_mac(self):
        said = self.login(self.password_server(), "--password-env", "PW", env=PLAIN)
        self.assertIsNone(said["negotiated"]["mac_c2s"])

    # ---- 1: refused by the server ----

    def test_wrong_password(self):
        said = self.login(self.password_server(), "--password-env", "PW", "--mode", "password",
                          env={"PW": "wrong"}, status=REFUSED)
        self.assertEqual((said["result"], said["code"], said["stage"]),
                         ("refused", 1032, "authentication"))
        self.assertIn("password", said["methods_can_continue"])
        self.assertFalse(said["partial_success"])
        self.assertTrue(said["message"])

    def test_unknown_user(self):
        said = self.login(self.password_server(), "--password-env", "PW", user="mallory", env=PLAIN,
                          status=REFUSED)
        self.assertEqual(said["code"], 1032)

    def test_a_refused_password_is_not_offered_again_by_another_method(self):
        server = self.password_server("--prompt", "Password: =PW2", "--once",
                                      env={"PW2": "something else"})
        self.login(server, "--password-env", "PW", env={"PW": "wrong"}, status=REFUSED)
        outcomes = [(r["method"], r["outcome"]) for r in server.report()["requests"]]
        self.assertIn(("password", "refused"), outcomes)
        self.assertNotIn(("keyboard-interactive", "refused"), outcomes)

    def test_key_that_the_server_does_not_know(self):
        key = self.keygen("id", "-t", "ed25519")
        said = self.login(self.password_server(), "-i", key, "--mode", "publickey", status=REFUSED)
        self.assertEqual(said["method"], "publickey")

    def test_partial_success_is_no_success(self):
        key = self.keygen("id", "-t", "ed25519")
        server = self.password_server("--authorized-keys", key + ".pub",
                                      "--require", "publickey,password")
        said = self.login(server, "-i", key, "--mode", "publickey", status=REFUSED)
        self.assertTrue(said["partial_success"])
        self.assertEqual(said["methods_can_continue"], ["password"])

    # ---- 2: usage ----

    def test_usage(self):
        for arguments in (["alice:secret@host"], ["host:0"], ["host:99999"], ["host:x"], ["[::1"],
                          ["-"], [""], ["host", "--host-key", "nonsense"], ["host", "--set", "Nope=1"],
                          ["host", "--set", "LogLevel"], ["host", "--set", "LogLevel=9"],
                          ["host", "--set", "SSHKeyExchangeAlgorithms=rot13"],
                          ["host", "--set", "Password=x"], ["host", "--set", "firewallpassword=x"],
                          ["host", "--proxy", "gopher://x"], ["host", "--proxy", "http://u:p@x"],
                          ["host", "--mode", "publickey"], ["host", "--password-env", "ABSENT"],
                          ["host", "--passphrase-env", "ABSENT"]):
            with self.subTest(arguments):
                said = self.run_json("login", *arguments, status=USAGE)
                self.assertEqual((said["result"], said["exit"]), ("usage", USAGE))
                self.assertNotEqual(said["code"], 0)
                self.assertTrue(said["message"])

    # ---- 3: host key ----

    def test_unknown_host_key_without_a_terminal(self):
        server = self.password_server("--once")
        said = self.login(server, "--password-env", "PW", trust=False, env=PLAIN, status=HOST_KEY)
        self.assertEqual((said["result"], said["code"]), ("host-key", 1030))
        self.assertEqual(said["host_key"]["fingerprint"], server.fingerprint)
        self.assertEqual((said["host_key"]["known"], said["host_key"]["accepted"]),
                         ("unknown", False))
        self.assertEqual(said["attempts"], 0)
        self.assertEqual(server.report()["requests"], [])

    def test_other_host_key_than_pinned(self):
        server = self.password_server("--once")
        other = self.password_server()
        said = self.login(server, "--host-key", other.fingerprint, "--password-env", "PW",
                          trust=False, env=PLAIN, status=HOST_KEY)
        self.assertEqual(said["host_key"]["known"], "mismatch")
        self.assertEqual(server.report()["requests"], [])

    def test_accept_any(self):
        said = self.login(self.password_server(), "--accept-any-host-key", "--password-env", "PW",
                          trust=False, env=PLAIN)
        self.assertTrue(said["host_key"]["accepted"])

    # ---- 4: connection or proxy ----

    def test_nothing_listens(self):
        held, port = closed_port()
        with held:
            said = self.run_json("login", f"alice@127.0.0.1:{port}", "--password-env", "PW",
                                 env=PLAIN, status=CONNECTION)
        self.assertEqual((said["result"], said["stage"]), ("connection", "connect"))
        self.assertEqual(said["code"], 10061)
        self.assertIsNone(said["server_identification"])
        self.assertIsNone(said["negotiated"])

    def test_server_gone(self):
        def hang_up(connection):
            connection.recv(1000)
        fake = Fake(self, hang_up)
        said = self.run_json("login", f"alice@127.0.0.1:{fake.port}", "--password-env", "PW",
                             env=PLAIN, status=CONNECTION)
        self.assertEqual((said["code"], said["stage"]), (1120, "identification"))

    def test_proxy_that_refuses(self):
        asked = []

        def forbid(connection):
            asked.append(connection.recv(1000))
            connection.sendall(b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=x\r\n"
                               b"Content-Length: 0\r\n\r\n")
            asked.append(connection.recv(1000))
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        proxy = Fake(self, forbid)
        said = self.run_json("login", "alice@server.invalid", "--proxy",
                             f"http://bob@127.0.0.1:{proxy.port}/", "--password-env", "PW",
                             "--proxy-password-env", "PROXY", env={**PLAIN, "PROXY": "sesame"},
                             status=CONNECTION)
        self.assertEqual((said["code"], said["stage"]), (118, "proxy"))
        self.assertIn(b"CONNECT server.invalid:22 ", asked[0])
        self.assertNotIn(b"Authorization", asked[0])
        self.assertIn(base64.b64encode(b"bob:sesame"), asked[1])

    def test_through_a_proxy(self):
        server = self.password_server()

        def forward(connection):
            request = connection.recv(1000)
            name, port = request.split()[1].rsplit(b":", 1)
            with socket.create_connection((name.decode(), int(port))) as other:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                pass_on(connection, other)
        proxy = Fake(self, forward)
        self.login(server, "--proxy", f"http://127.0.0.1:{proxy.port}", "--password-env", "PW",
                   env=PLAIN)

    # ---- 5: protocol or negotiation ----

    def test_no_algorithm_in_common(self):
        server = self.password_server("--kex", "ecdh-sha2-nistp256")
        said = self.login(server, "--set", "SSHKeyExchangeAlgorithms=curve25519-sha256",
                          "--password-env", "PW", env=PLAIN, status=PROTOCOL)
        self.assertEqual((said["result"], said["code"]), ("protocol", 1003))
        self.assertIn("ecdh-sha2-nistp256", said["message"])
        self.assertIn("curve25519-sha256", said["message"])

    def test_not_ssh(self):
        def greet(connection):
            connection.sendall(b"SSH-1.5-old\r\n")
            connection.recv(1000)
        fake = Fake(self, greet)
        said = self.run_json("login", f"alice@127.0.0.1:{fake.port}", "--password-env", "PW",
                             env=PLAIN, status=PROTOCOL)
        self.assertEqual(said["code"], 1002)

    def test_text_of_the_server_cannot_drive_the_terminal(self):
        def greet(connection):
            connection.sendall(b"\x1b]0;owned\x07\x1b[2J\r\nSSH-1.5-\x1b[31mred\r\n")
            connection.recv(1000)
        fake = Fake(self, greet)
        done = self.run_tool("login", f"alice@127.0.0.1:{fake.port}", "--password-env", "PW", "-vvvv",
                             env=PLAIN, status=PROTOCOL)
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        self.assertNotIn("\x07", done.stdout + done.stderr)

    def test_banner_cannot_drive_the_terminal(self):
        server = self.password_server("--banner", "one\ntwo\x1b[2J\xc2\x9b3m\u202eevil")
        done = self.run_tool("login", f"alice@127.0.0.1:{server.port}", "--host-key",
                             server.fingerprint, "--password-env", "PW", env=PLAIN)
        self.assertIn("one\ntwo?[2J", done.stderr)
        for bad in ("\x1b", "\x9b", "\u202e"):
            self.assertNotIn(bad, done.stdout + done.stderr)

    # ---- 6: key or credential ----

    def test_keys_that_cannot_be_used(self):
        locked = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        with open(self.path("junk"), "w") as junk:
            junk.write("junk\n")
        for arguments, env in ((["-i", self.path("absent")], {}), (["-i", self.path("junk")], {}),
                               (["-i", locked], {}), (["-i", locked + ".pub"], {}),
                               (["-i", locked, "--passphrase-env", "W"], {"W": "wrong"}),
                               (["--known-hosts", self.path("absent")], {}),
                               (["--password-stdin"], {})):
            with self.subTest(arguments):
                said = self.run_json("login", "alice@127.0.0.1:1", *arguments, env=env,
                                     status=CREDENTIAL)
                self.assertEqual(said["result"], "credential")
                self.assertTrue(said["message"])

    def test_no_password_to_give(self):
        for mode in ("password", "keyboard-interactive", "auto"):
            with self.subTest(mode):
                server = self.password_server("--prompt", "Password: =PW")
                said = self.login(server, "--mode", mode, status=CREDENTIAL)
                self.assertEqual(said["result"], "credential")

    # ---- settings ----

    def test_any_setting(self):
        server = self.password_server()
        said = self.login(server, "--set", "SSHEncryptionAlgorithms=aes128-gcm@openssh.com",
                          "--set", "ClientSSHVersionString=SSH-2.0-Test_1", "--password-env", "PW",
                          env=PLAIN)
        self.assertEqual(said["negotiated"]["cipher_c2s"], "aes128-gcm@openssh.com")

    # ---- secrets ----

    def test_secrets_are_not_logged(self):
        done = self.run_tool("login", f"alice@127.0.0.1:{self.password_server().port}",
                             "--accept-any-host-key", "--password-env", "PW", "-vvv", env=PLAIN)
        self.assertIn("USERAUTH_REQUEST", done.stderr)
        text = done.stdout + done.stderr
        self.assertNotIn(PASSWORD, text)
        self.assertNotIn(PASSWORD.encode().hex(), text.lower().replace(" ", ""))

    def test_secrets_are_not_in_proc(self):
        """While a login runs, its password is neither in its command line nor its environment."""
        seen, started = {}, threading.Event()

        def look(connection):
            connection.recv(1000)  # the login has taken its password before it connects
            started.wait(LIMIT)  # it may connect before we know its number
            for name in ("cmdline", "environ"):
                with open(f"/proc/{child.pid}/{name}", "rb") as file:
                    seen[name] = file.read()
        fake = Fake(self, look)
        child = subprocess.Popen([SSHAUTH, "login", f"alice@127.0.0.1:{fake.port}", "--json",
                                  "--password-env", "PW"], env=self.environment(**PLAIN),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, start_new_session=True)
        started.set()
        child.communicate(timeout=LIMIT)
        self.assertEqual(child.returncode, CONNECTION)
        self.assertIn(b"login", seen["cmdline"])
        self.assertIn(b"HOME=", seen["environ"])
        for content in seen.values():
            self.assertNotIn(PASSWORD.encode(), content)
