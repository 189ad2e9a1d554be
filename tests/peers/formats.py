"""Keys of PuTTY, JSON and XML, made by the tools of those formats, log in to OpenSSH's sshd: from the
command line, and as stores of the C interface."""
import json
import os
import shutil
import subprocess

import harness
from checks import Skip

WORD = "open sesame"
CREDENTIAL = 6
PPK_FILE, PPK_BLOB, XML_FILE, XML_BLOB, JWK_FILE, JWK_BLOB, AUTO = 14, 15, 16, 17, 18, 19, 99
TYPES = (["rsa", "-b", "2048"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"],
         ["ed25519"])
PLAIN = ("version=2", "version=3")
LOCKED = ("version=2", "kdf=argon2id,memory=64,passes=2", "kdf=argon2i,memory=64,passes=1,parallelism=2",
          "kdf=argon2d,memory=1024,passes=1")
NODE_KEY = """const k = require('crypto').generateKeyPairSync('ed25519').privateKey;
console.log(JSON.stringify(k.export({format: 'jwk'})))"""


def need(program):
    if shutil.which(program) is None:
        raise Skip(f"not installed: {program}")


class FormatChecks:
    """Mixed into the checks of peers.py."""

    def log_in_with(self, path, file_type, passphrase=None):
        """From the command line and as store types `file_type` and the one after it."""
        said = harness.quiet(self.tool, "key", "--json", path,
                             *(["--passphrase-env", "W"] if passphrase else []),
                             env=self.environment(W=passphrase or ""))
        authorized = self.world.write("formats-keys", json.loads(said)["public_key"] + "\n")
        self.world.keys["format"] = path
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            self.login(peer.port, key="format", passphrase=passphrase)
            for store in (file_type, AUTO):
                self.c_login(peer.port, "publickey", 0, key="format", STORE_TYPE=str(store),
                             STORE_PASSWORD=passphrase or "")
            assert peer.messages().count("Accepted publickey") == 3
            if passphrase:
                result = self.login(peer.port, key="format", passphrase="not it", status=CREDENTIAL)
                assert result["code"] == 278, result
                for password, code in (("not it", 278), ("", 277)):
                    self.c_refused(peer.port, file_type, password, code)

    def c_refused(self, port, store, password, code):
        done = subprocess.run(
            [self.program, str(port), self.user.name, "publickey",
             self.world.fingerprint(self.world.host_keys["ed25519"])],
            env=self.environment(KEY=self.world.keys["format"], STORE_TYPE=str(store), STORE_PASSWORD=password),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=harness.LIMIT)
        assert done.returncode == 2 and f"not set, {code}: " in done.stdout, done.stdout

    def puttygen(self, kind, param, word=""):
        need("puttygen")
        path = self.world.path("format.ppk")
        with open(self.world.path("word"), "w", encoding="utf-8") as f:
            f.write(word)
        harness.quiet("puttygen", "-q", "-t", *kind, "-O", "private", "-o", path, "-C", "by puttygen",
                      "--random-device", "/dev/urandom", "--new-passphrase", self.world.path("word"),
                      "--ppk-param", param)
        return path

    def check_ppk(self):
        for kind in TYPES:
            for param in PLAIN:
                yield f"{' '.join(kind)} {param}", lambda kind=kind, param=param: self.log_in_with(
                    self.puttygen(kind, param), PPK_FILE)

    def check_ppk_certificate(self):
        """puttygen puts a certificate in place of the public key; the server knows its authority alone."""
        for kind, word in ((TYPES[0], ""), (TYPES[2], WORD), (TYPES[4], "")):
            yield " ".join(kind), lambda k=kind, w=word: self.ppk_certificate(k, w)

    def ppk_certificate(self, kind, word):
        plain = self.puttygen(kind, "version=3")
        public = self.world.write("ppk-user.pub", harness.quiet("puttygen", "-L", plain))
        self.certify(self.world.path("ppk-user"), "-n", self.user.name)
        path = self.world.path("certified.ppk")
        with open(self.world.path("word"), "w", encoding="utf-8") as f:
            f.write(word)
        harness.quiet("puttygen", plain, "--certificate", public[:-4] + "-cert.pub", "-O", "private", "-o", path,
                      "--new-passphrase", self.world.path("word"), "--ppk-param", "memory=64,passes=1")
        self.world.keys["ppk-certified"] = path
        with self.user_server() as peer:
            result = self.login(peer.port, "--mode", "publickey", key="ppk-certified", passphrase=word or None)
            assert result["key_algorithm"].endswith("-cert-v01@openssh.com"), result
            self.c_login(peer.port, "publickey", 0, key="ppk-certified", STORE_TYPE=str(PPK_FILE), STORE_PASSWORD=word)

    def check_ppk_locked(self):
        for kind, param in zip(TYPES, LOCKED + LOCKED[:1]):
            yield f"{' '.join(kind)} {param}", lambda kind=kind, param=param: self.log_in_with(
                self.puttygen(kind, param, WORD), PPK_FILE, WORD)

    def check_jwk(self):
        for algorithm in ("RS256", "ES256", "ES384", "ES512"):
            yield algorithm, lambda algorithm=algorithm: self.jwk(algorithm)

    def jwk(self, algorithm):
        need("jose")
        text = harness.quiet("jose", "jwk", "gen", "-i", json.dumps({"alg": algorithm, "kid": "by jose"}))
        self.log_in_with(self.world.write("format.jwk", text), JWK_FILE)

    def check_jwk_ed25519(self):
        need("node")
        self.log_in_with(self.world.write("format.jwk", harness.quiet("node", "-e", NODE_KEY)), JWK_FILE)

    def check_jwk_set(self):
        need("jose")
        keys = [json.loads(harness.quiet("jose", "jwk", "gen", "-i", json.dumps(template)))
                for template in ({"alg": "HS256"}, {"alg": "ES256"})]
        self.log_in_with(self.world.write("format.jwk", json.dumps({"keys": keys})), JWK_FILE)

    def check_xml(self):
        need("xmlsec1")
        path = self.world.path("format.xml")
        harness.quiet("xmlsec1", "--keys", "--gen-key:one", "rsa-2048", path)
        self.log_in_with(path, XML_FILE)

    def check_store_of_another_format(self):
        """A store type names a format: a key in another one is not of it."""
        self.puttygen(TYPES[4], "version=3")
        self.world.keys["format"] = self.world.path("format.ppk")
        with self.world.openssh() as peer:
            for store in (JWK_FILE, XML_FILE):
                self.c_refused(peer.port, store, "", 271)
        os.remove(self.world.keys["format"])
