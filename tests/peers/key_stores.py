"""Logins to OpenSSH's sshd with keys out of every format that openssl, keytool and BouncyCastle
write: each key type in each, chosen by its subject where a store has several."""
import base64
import os
import shutil

from checks import Skip
from harness import quiet

WORD = "opens the store"
KEYTOOL = shutil.which("keytool")
BCPROV = "/usr/share/java/bcprov.jar"

KEYS = {"rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "ec256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "ec384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "ec521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "ed25519": ["ED25519"]}
PASSOUT = ["-passout", f"pass:{WORD}"]
# Formats with one key: the openssl command that makes one, but for input and output.
SINGLE = {
    "pkcs12": ["pkcs12", "-export", *PASSOUT],
    "pkcs12-rc2": ["pkcs12", "-export", "-legacy", *PASSOUT],
    "pkcs12-3des": ["pkcs12", "-export", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", *PASSOUT],
    "pkcs8": ["pkcs8", "-topk8", "-nocrypt"],
    "pkcs8-der": ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"],
    "pkcs8-pbkdf2": ["pkcs8", "-topk8", "-v2", "aes-256-cbc", *PASSOUT],
    "pkcs8-scrypt": ["pkcs8", "-topk8", "-scrypt", *PASSOUT],
    "pkcs8-pbes1": ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", *PASSOUT],
    "dek-info": ["pkey", "-traditional", "-aes256", *PASSOUT],
}
# SSHCertStoreType of the stores with several keys.
SEVERAL = {"JKS": 4, "JCEKS": 4, "BCFKS": 21, "PKCS12": 2}


class KeyStoreChecks:
    """Mixed into the checks of peers.py."""

    def store_keys(self):
        """name: (key file, certificate file, public line); made once."""
        if not hasattr(self, "_store_keys"):
            self._store_keys = {name: self.store_key(name, how) for name, how in KEYS.items()}
        return self._store_keys

    def store_key(self, name, how):
        key, certificate = self.world.path(f"{name}.pem"), self.world.path(f"{name}.crt")
        quiet("openssl", "genpkey", "-algorithm", *how, "-out", key)
        quiet("openssl", "req", "-x509", "-new", "-key", key, "-subj", f"/C=US/O=Ex, Inc/CN={name}",
              "-out", certificate)
        os.chmod(key, 0o600)
        if name != "ed25519":
            return key, certificate, quiet("ssh-keygen", "-y", "-f", key)
        # ssh-keygen of OpenSSH 9.2 reads none of these; the last 32 octets are the public key.
        quiet("openssl", "pkey", "-in", key, "-pubout", "-outform", "DER", "-out", key + ".der")
        with open(key + ".der", "rb") as f:
            blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + f.read()[-32:]
        return key, certificate, "ssh-ed25519 " + base64.b64encode(blob).decode() + "\n"

    def store_peer(self):
        lines = "".join(line for _, _, line in self.store_keys().values())
        return self.world.openssh(f"AuthorizedKeysFile {self.world.write('authorized_store', lines)}")

    def login_with(self, file, *arguments, **how):
        with self.store_peer() as peer:
            result = self.login(peer.port, "--mode", "publickey", "-i", file, *arguments, **how)
        if not how.get("status"):  # the server has ended, so all that it had to say is there
            assert "Accepted publickey" in peer.messages()
        return result

    def check_key_store_single(self):
        for form, command in SINGLE.items():
            for name in KEYS:
                if (form, name) == ("dek-info", "ed25519"):
                    continue  # there is no such format
                yield f"{form} {name}", lambda f=form, c=command, n=name: self.single(f, c, n)

    def single(self, form, command, name):
        key, certificate, _ = self.store_keys()[name]
        source = ["-inkey", key, "-in", certificate] if form.startswith("pkcs12") else ["-in", key]
        file = self.world.path(f"{name}-{form}")
        quiet("openssl", *command, *source, "-out", file)
        self.login_with(file, passphrase=WORD if "pass:" in "".join(command) else None)

    def check_key_store_pem_with_certificate(self):
        key, certificate, _ = self.store_keys()["ec256"]
        with open(key, encoding="utf-8") as k, open(certificate, encoding="utf-8") as c:
            file = self.world.write("both.pem", c.read() + k.read())
        self.login_with(file, "--subject", 'CN=ec256, O="Ex, Inc", C=US')

    def store_of(self, kind):
        """All keys in one store of that kind, called by their names."""
        if not KEYTOOL:
            raise Skip("not installed: keytool")
        if kind == "BCFKS" and not os.path.exists(BCPROV):
            raise Skip("not installed: libbcprov-java")
        store = self.world.path(f"several.{kind}")
        if os.path.exists(store):
            return store
        provider = ["-providerpath", BCPROV, "-providerclass",
                    "org.bouncycastle.jce.provider.BouncyCastleProvider"] if kind == "BCFKS" else []
        sources = [self.store_of("PKCS12")] if kind != "PKCS12" else []
        for name, (key, certificate, _) in self.store_keys().items() if kind == "PKCS12" else ():
            sources.append(self.world.path(f"{name}-import.p12"))
            quiet("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-name", name,
                  *PASSOUT, "-out", sources[-1])
        for source in sources:
            quiet(KEYTOOL, "-importkeystore", "-noprompt", "-srckeystore", source, "-srcstoretype",
                  "PKCS12", "-srcstorepass", WORD, "-destkeystore", store, "-deststoretype", kind,
                  "-deststorepass", WORD, *provider)
        return store

    def check_key_store_several(self):
        for kind, number in SEVERAL.items():
            for name in KEYS:
                yield f"{kind} {name}", lambda k=kind, t=number, n=name: self.several(k, t, n)

    def several(self, kind, number, name):
        store = self.store_of(kind)
        self.login_with(store, "--subject", f"CN={name}", passphrase=WORD)
        self.login_with(store, "--store-type", str(number), "--subject", name, passphrase=WORD)

    def check_key_store_refused(self):
        store = self.store_of("PKCS12")
        for arguments, word, code in (([], "unfit word", 278), ([], None, 277),
                                      (["--subject", "CN=nobody"], WORD, 272),
                                      (["--store-type", "21"], WORD, 271)):
            result = self.login_with(store, *arguments, passphrase=word, status=6)
            assert result["code"] == code, result
