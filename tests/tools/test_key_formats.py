"""sshauth key over every format there is, each made by ssh-keygen or openssl and judged by them."""
import base64
import hashlib
import os
import subprocess

from harness import CREDENTIAL, LIMIT, ToolTest

WORD = "open sesame"
CIPHERS = ("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-ctr", "aes192-ctr",
           "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
           "chacha20-poly1305@openssh.com")
CURVES = {256: "prime256v1", 384: "secp384r1", 521: "secp521r1"}


def made(*command):
    done = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=LIMIT)
    return done.stdout


class KeyFormatTest(ToolTest):
    def public_of(self, path, passphrase=""):
        """The public line that ssh-keygen derives from a private key, in a file."""
        os.chmod(path, 0o600)  # or it refuses to look
        with open(self.path("public"), "wb") as public:
            public.write(made("ssh-keygen", "-y", "-P", passphrase, "-f", path))
        return self.path("public")

    def check(self, path, format_, public, encrypted=False, private=True, **more):
        """Type, size and fingerprints are those that ssh-keygen sees in the file `public`."""
        env = {"WORD": WORD}
        opens = ["--passphrase-env", "WORD"] if encrypted else []
        said = self.run_json("key", path, *opens, env=env)
        for kind, name in (("sha256", "sha256"), ("md5", "md5")):
            bits, print_, *_ = made("ssh-keygen", "-l", "-E", kind, "-f", public).decode().split()
            self.assertEqual(print_.removeprefix("MD5:"), said["fingerprints"][name])
            self.assertEqual(int(bits), said["bits"])
        with open(public) as file:
            type_, blob = file.read().split()[:2]
        self.assertEqual(said["fingerprints"]["sha256_hex"].replace(":", ""),
                         hashlib.sha256(base64.b64decode(blob)).hexdigest())
        self.assertEqual(said["public_key"].split()[:2], [type_, blob])
        self.assertEqual(
            (said["type"], said["format"], said["encrypted"], said["private"]),
            (type_, format_, encrypted, private))
        for name, value in more.items():
            self.assertEqual(said[name], value)
        if encrypted:
            wrong = self.run_json("key", path, *opens, env={"WORD": "wrong"}, status=CREDENTIAL)
            self.assertEqual(wrong["error"], "wrong_passphrase")

    # ---- OpenSSH ----

    def test_openssh_plain(self):
        for name, kind, bits in (("a", "ed25519", []), ("b", "rsa", ["-b", "2048"]),
                                 ("c", "rsa", ["-b", "4096"]), ("d", "ecdsa", ["-b", "256"]),
                                 ("e", "ecdsa", ["-b", "384"]), ("f", "ecdsa", ["-b", "521"])):
            with self.subTest(kind=kind, bits=bits):
                path = self.keygen(name, "-t", kind, *bits)
                self.check(path, "OpenSSH private key", path + ".pub", comment=f"{name} comment")

    def test_openssh_encrypted_with_each_cipher(self):
        for number, cipher in enumerate(CIPHERS):
            with self.subTest(cipher):
                path = self.keygen(f"k{number}", "-t", "ed25519", "-a", "1", "-Z", cipher,
                                   passphrase=WORD)
                self.check(path, "OpenSSH private key", path + ".pub", encrypted=True,
                           comment=f"k{number} comment")

    # ---- PEM of old ----

    def test_pkcs1_and_sec1(self):
        made("openssl", "genrsa", "-traditional", "-out", self.path("rsa"), "2048")
        self.check(self.path("rsa"), "PEM PKCS#1 RSA", self.public_of(self.path("rsa")))
        for bits, curve in CURVES.items():
            with self.subTest(curve):
                path = self.path(f"ec{bits}")
                made("openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", path)
                self.check(path, "PEM SEC1 EC", self.public_of(path))

    def test_dek_info(self):
        made("openssl", "genrsa", "-traditional", "-out", self.path("rsa"), "2048")
        made("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
             self.path("ec"))
        for kind, format_ in (("rsa", "PEM PKCS#1 RSA"), ("ec", "PEM SEC1 EC")):
            old = ["-traditional"] if kind == "rsa" else []
            for cipher in ("aes128", "aes192", "aes256", "des3"):
                with self.subTest(kind=kind, cipher=cipher):
                    path = self.path(f"{kind}-{cipher}")
                    made("openssl", kind, *old, f"-{cipher}", "-passout", f"pass:{WORD}", "-in",
                         self.path(kind), "-out", path)
                    with open(path) as file:
                        self.assertIn("DEK-Info", file.read())
                    self.check(path, format_, self.public_of(path, WORD), encrypted=True)

    # ---- PKCS#8 ----

    def generated(self):
        yield "rsa", made("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                          "rsa_keygen_bits:2048")
        for bits, curve in CURVES.items():
            yield f"ec{bits}", made("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                                    f"ec_paramgen_curve:{curve}")

    def test_pkcs8_plain(self):
        for name, text in self.generated():
            with self.subTest(name):
                with open(self.path(name), "wb") as file:
                    file.write(text)
                self.check(self.path(name), "PKCS#8", self.public_of(self.path(name)))

    def test_pkcs8_encrypted(self):
        plain = self.path("plain")
        made("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-out", plain)
        for number, how in enumerate((
                ["-v2", "aes-128-cbc"], ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"],
                ["-v2", "des3"], ["-scrypt"], ["-scrypt", "-v2", "aes-192-cbc"],
                ["-v1", "PBE-SHA1-3DES"], ["-v1", "PBE-SHA1-2DES"])):
            with self.subTest(how):
                path = self.path(f"p8-{number}")
                made("openssl", "pkcs8", "-topk8", *how, "-passout", f"pass:{WORD}", "-in", plain,
                     "-out", path)
                self.check(path, "PKCS#8 encrypted", self.public_of(plain), encrypted=True)

    def test_what_libcrypto_gave_up(self):
        """PBES1 with MD5 and DES, by libcrypto's legacy provider."""
        plain, path = self.path("plain"), self.path("old")
        made("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-out", plain)
        made("openssl", "pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy",
             "-provider", "default", "-passout", f"pass:{WORD}", "-in", plain, "-out", path)
        self.check(path, "PKCS#8 encrypted", self.public_of(plain), encrypted=True)

    def test_ed25519_in_pkcs8(self):
        """ssh-keygen of OpenSSH 9.2 cannot read these; the public half comes from openssl."""
        plain = self.path("plain")
        made("openssl", "genpkey", "-algorithm", "ed25519", "-out", plain)
        raw = made("openssl", "pkey", "-in", plain, "-pubout", "-outform", "DER")[-32:]
        blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + raw
        with open(self.path("line"), "w") as line:
            line.write("ssh-ed25519 " + base64.b64encode(blob).decode() + "\n")
        self.check(plain, "PKCS#8", self.path("line"))
        made("openssl", "pkcs8", "-topk8", "-v2", "aes256", "-passout", f"pass:{WORD}", "-in",
             plain, "-out", self.path("sealed"))
        self.check(self.path("sealed"), "PKCS#8 encrypted", self.path("line"), encrypted=True)

    # ---- key stores ----

    def test_a_store_with_several_keys(self):
        """All are shown; the subject chooses one. PEM with certificates stands for every store."""
        texts = []
        for name in ("one", "two"):
            key, certificate = self.path(name + ".key"), self.path(name + ".crt")
            made("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", key, "-subj", f"/C=US/O=Ex, Inc/CN={name}", "-out", certificate)
            for path in (key, certificate):
                with open(path) as file:
                    texts.append(file.read())
        store = self.path("store")
        with open(store, "w") as file:
            file.write("".join(texts))
        said = self.run_json("key", store)
        self.assertEqual([key["subject"] for key in said["keys"]],
                         ['C=US, O="Ex, Inc", CN=one', 'C=US, O="Ex, Inc", CN=two'])
        self.assertEqual([key["certificates"] for key in said["keys"]], [1, 1])
        self.assertEqual(said["subject"], said["keys"][0]["subject"])
        chosen = self.run_json("key", store, "--subject", "CN=two")
        self.assertEqual(chosen["fingerprints"], said["keys"][1]["fingerprints"])
        for_people = self.run_tool("key", store).stdout
        for name in ("one", "two"):
            self.assertIn(f'subject      C=US, O="Ex, Inc", CN={name}', for_people)
        self.assertNotIn("CN=one", self.run_tool("key", store, "--subject", "CN=two").stdout)
        none = self.run_json("key", store, "--subject", "CN=three", status=CREDENTIAL)
        self.assertEqual(none["code"], 272)
        self.assertIn("CN=two", none["message"])
        wrong = self.run_json("key", store, "--store-type", "2", status=CREDENTIAL)
        self.assertEqual(wrong["code"], 271)

    def test_pkcs12(self):
        made("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("key"), "-subj",
             "/CN=x", "-out", self.path("crt"))
        for how in ([], ["-legacy"], ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"]):
            with self.subTest(how):
                made("openssl", "pkcs12", "-export", "-inkey", self.path("key"), "-in", self.path("crt"), *how,
                     "-name", "called so", "-passout", f"pass:{WORD}", "-out", self.path("store"))
                self.check(self.path("store"), "PKCS#12", self.public_of(self.path("key")), encrypted=True,
                           comment="called so", subject="CN=x", certificates=1)

    # ---- public keys ----

    def test_public_keys(self):
        for name, kind in (("a", "ed25519"), ("b", "rsa"), ("c", "ecdsa")):
            line = self.keygen(name, "-t", kind) + ".pub"
            self.check(line, "OpenSSH public key line", line, private=False,
                       comment=f"{name} comment")
            for how, format_ in (("RFC4716", "SSH2 public key"), ("PKCS8", "PEM public key"),
                                 ("PEM", "PEM public key")):
                if kind == "ed25519" and how != "RFC4716":
                    continue  # ssh-keygen writes no Ed25519 key so
                with self.subTest(kind=kind, how=how):
                    with open(self.path("other"), "wb") as other:
                        other.write(made("ssh-keygen", "-e", "-m", how, "-f", line))
                    self.check(self.path("other"), format_, line, private=False)

    def test_the_options_of_authorized_keys(self):
        line = self.keygen("a", "-t", "ed25519") + ".pub"
        with open(line) as public, open(self.path("authorized"), "w") as authorized:
            authorized.write('# mine\nno-pty,command="echo \\"hi there\\"" ' + public.read())
        self.check(self.path("authorized"), "OpenSSH public key line", line, private=False)
