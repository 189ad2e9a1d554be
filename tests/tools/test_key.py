"""sshauth key: what it says of key files, compared with what ssh-keygen says."""
import subprocess

from harness import CREDENTIAL, USAGE, ToolTest

KINDS = {"ed25519": ("ssh-ed25519", 256, []), "ecdsa": ("ecdsa-sha2-nistp384", 384, ["-b", "384"]),
         "rsa": ("ssh-rsa", 2048, ["-b", "2048"])}


def fingerprint_of(path, kind):
    said = subprocess.run(["ssh-keygen", "-l", "-E", kind, "-f", path], check=True, text=True,
                          capture_output=True).stdout
    return said.split()[1]


class KeyTest(ToolTest):
    def test_plain_keys_of_every_type(self):
        for name, (kind, bits, more) in KINDS.items():
            with self.subTest(name):
                path = self.keygen(name, "-t", name, *more)
                said = self.run_json("key", path)
                self.assertEqual((said["type"], said["bits"]), (kind, bits))
                self.assertEqual((said["private"], said["encrypted"]), (True, False))
                self.assertEqual(said["comment"], f"{name} comment")
                self.assertIn("OpenSSH", said["format"])
                prints = said["fingerprints"]
                self.assertEqual(prints["sha256"], fingerprint_of(path, "sha256"))
                self.assertEqual("MD5:" + prints["md5"], fingerprint_of(path, "md5"))
                self.assertRegex(prints["sha256_hex"], "^([0-9a-f]{2}:){31}[0-9a-f]{2}$")
                with open(path + ".pub") as public:
                    self.assertEqual(said["public_key"], public.read().strip())

    def test_public_key(self):
        path = self.keygen("id", "-t", "ed25519")
        said = self.run_json("key", path + ".pub")
        self.assertEqual((said["private"], said["encrypted"]), (False, False))
        self.assertEqual(said["fingerprints"]["sha256"], fingerprint_of(path, "sha256"))

    def test_encrypted_key_shows_its_public_half_without_a_passphrase(self):
        path = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        said = self.run_json("key", path)
        self.assertEqual((said["private"], said["encrypted"]), (True, True))
        self.assertEqual(said["fingerprints"]["sha256"], fingerprint_of(path, "sha256"))

    def test_passphrase_from_the_environment(self):
        path = self.keygen("id", "-t", "ed25519", "-a", "1", passphrase="open sesame")
        said = self.run_json("key", path, "--passphrase-env", "WORD", env={"WORD": "open sesame"})
        self.assertEqual((said["private"], said["comment"]), (True, "id comment"))
        said = self.run_json("key", path, "--passphrase-env", "WORD", env={"WORD": "wrong"},
                             status=CREDENTIAL)
        self.assertEqual((said["result"], said["error"]), ("error", "wrong_passphrase"))
        said = self.run_json("key", path, "--passphrase-env", "ABSENT", status=USAGE)
        self.assertIn("ABSENT", said["message"])

    def test_encrypted_pem_needs_its_passphrase(self):
        path = self.keygen("id", "-t", "rsa", "-b", "2048", "-m", "PEM", passphrase="open sesame")
        said = self.run_json("key", path, status=CREDENTIAL)
        self.assertEqual(said["error"], "needs_passphrase")
        said = self.run_json("key", path, "--passphrase-env", "WORD", env={"WORD": "open sesame"})
        self.assertEqual((said["type"], said["encrypted"]), ("ssh-rsa", True))

    def test_for_people(self):
        path = self.keygen("id", "-t", "ed25519")
        said = self.run_tool("key", path).stdout
        for part in ("ssh-ed25519", fingerprint_of(path, "sha256"), "id comment", "encrypted    no"):
            self.assertIn(part, said)

    def test_what_is_no_key(self):
        path = self.path("letter")
        with open(path, "w") as f:
            f.write("Dear key,\n")
        for file, error in ((path, "unknown_format"), (self.path("absent"), "io")):
            said = self.run_json("key", file, status=CREDENTIAL)
            self.assertEqual((said["result"], said["error"]), ("error", error))
            self.assertIn(file, said["message"])

    def test_a_comment_cannot_drive_the_terminal(self):
        path = self.keygen("id", "-t", "ed25519")
        with open(path + ".pub") as public:
            kind, blob, _ = public.read().split(" ", 2)
        with open(path + ".pub", "w") as public:
            public.write(f"{kind} {blob} before\x1b[2Jafter\n")
        said = self.run_tool("key", path + ".pub")
        self.assertNotIn("\x1b", said.stdout + said.stderr)
        self.assertIn("after", said.stdout)
