"""Checks with keys that no file holds: PKCS#11 tokens of SoftHSM, and a security key in software
(sk-dummy of OpenSSH's own tests), each used to log in to sshd."""
import base64
import contextlib
import glob
import json
import os
import shutil
import subprocess

import harness
from checks import Skip

USAGE, CREDENTIAL, REFUSED = 2, 6, 1
PIN, SO_PIN = "123456", "654321"


def need(path, what):
    if not path:
        raise Skip(f"not installed: {what}")
    return path


def first(*patterns):
    return next((path for pattern in patterns for path in sorted(glob.glob(pattern))), None)


class TokenChecks:
    """Mixed into the checks of peers.py."""

    # ---- PKCS#11 -------------------------------------------------------------------------------

    def softhsm(self):
        """SoftHSM with the token "one": its module; the environment that finds it is set here."""
        module = need(first("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so"),
                      "softhsm2")
        need(shutil.which("pkcs11-tool"), "opensc")
        folder = self.world.path("softhsm")
        if not os.path.exists(folder):
            os.mkdir(folder)
            self.world.write("softhsm.conf", f"directories.tokendir = {folder}\nlog.level = ERROR\n")
            self.make_token("one", {"rsa": "rsa:2048", "ec": "EC:prime256v1", "ec384": "EC:secp384r1"})
        return module

    def make_token(self, label, keys):
        env = self.hsm_environment()
        harness.quiet("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin",
                      SO_PIN, env=env)
        module = first("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so")
        for number, (name, kind) in enumerate(keys.items(), 1):
            harness.quiet("pkcs11-tool", "--module", module, "--token-label", label, "--login", "--pin",
                          PIN, "--keypairgen", "--key-type", kind, "--label", name, "--id",
                          f"{number:02x}", env=env)

    def hsm_environment(self):
        # Leaks of SoftHSM are known by its name (tests/lsan.txt), which only whole stacks show.
        options = os.environ.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=0"
        return {**harness.kept_environment(), "ASAN_OPTIONS": options.strip(":"),
                "SOFTHSM2_CONF": self.world.path("softhsm.conf")}

    def token_keys(self, store, pin=PIN, status=0):
        command = [need(self.tool, "the sshauth tool"), "key", "--json", "--pkcs11", store]
        env = self.hsm_environment()
        if pin is not None:
            command += ["--pin-env", "PIN"]
            env["PIN"] = pin
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env,
                              timeout=harness.LIMIT)
        assert done.returncode == status, done.stdout + done.stderr
        assert PIN not in done.stdout + done.stderr
        return json.loads(done.stdout)

    def by_token(self, peer, store, pin=PIN, status=0, more=()):
        command = [need(self.tool, "the sshauth tool"), "login", "--json",
                   f"{self.user.name}@127.0.0.1:{peer.port}", "--mode", "publickey", "--host-key",
                   self.world.fingerprint(self.world.host_keys["ed25519"]), "--pkcs11", store, *more]
        env = {**self.hsm_environment(), "HOME": self.world.path("empty")}
        if pin is not None:
            command += ["--pin-env", "PIN"]
            env["PIN"] = pin
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env,
                              timeout=harness.LIMIT)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def token_peer(self, store):
        keys = self.token_keys(store)["keys"]
        authorized = self.world.write("token-keys", "".join(k["public_key"] + "\n" for k in keys))
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            yield peer, keys

    def check_pkcs11_key_types(self):
        module = self.softhsm()
        algorithms = {"rsa": "rsa-sha2-512", "ec": "ecdsa-sha2-nistp256", "ec384": "ecdsa-sha2-nistp384"}
        store = f"pkcs11:token=one?module-path={module}"
        with self.token_peer(store) as (peer, keys):
            assert {key["comment"] for key in keys} == set(algorithms), keys
            for key in keys:
                assert key["private"], key
                result = self.by_token(peer, key["file"])  # the URI that was told
                assert result["key_algorithm"] == algorithms[key["comment"]], result
            assert self.by_token(peer, store)["code"] == 0

    def check_pkcs11_ed25519(self):
        module = self.softhsm()
        self.make_token("edwards", {"ed": "EC:edwards25519"})
        store = f"pkcs11:token=edwards?module-path={module}"
        with self.token_peer(store) as (peer, keys):
            assert keys[0]["type"] == "ssh-ed25519", keys
            assert self.by_token(peer, store)["key_algorithm"] == "ssh-ed25519"

    def check_pkcs11_several_tokens(self):
        module = self.softhsm()
        self.make_token("two", {"ec": "EC:prime256v1"})
        said = self.token_keys(module, status=USAGE)
        assert "several tokens want a PIN" in said["message"], said
        said = self.token_keys(f"pkcs11:token=two?module-path={module}")
        assert [key["comment"] for key in said["keys"]] == ["ec"], said

    def check_pkcs11_errors(self):
        module = self.softhsm()
        one = f"pkcs11:token=one?module-path={module}"
        cases = [(one, "999999", "wrong_passphrase", "the PIN is wrong"),
                 (f"pkcs11:token=none?module-path={module}", PIN, "not_found", "no token that is there"),
                 (f"pkcs11:token=one;object=none?module-path={module}", PIN, "not_found", "no key that fits"),
                 ("pkcs11:?module-path=/nowhere/module.so", PIN, "io", "/nowhere/module.so"),
                 ("libc.so.6", PIN, "io", "no PKCS#11 module")]
        for store, pin, error, part in cases:
            said = self.token_keys(store, pin, status=CREDENTIAL)
            assert said["error"] == error and part in said["message"], said
        assert self.token_keys("pkcs11:colour=red", status=USAGE)["error"] == "bad_argument"
        # Public halves show without a PIN, and cannot sign.
        assert not any(key["private"] for key in self.token_keys(one, None)["keys"])

    def check_pkcs11_pin_in_the_uri(self):
        module = self.softhsm()
        source = self.world.write("pin", PIN + "\n")
        for query in (f"pin-value={PIN}", f"pin-source=file:{source}"):
            store = f"pkcs11:token=one;object=ec?module-path={module}&{query}"
            keys = self.token_keys(store, None)["keys"]
            assert [key["private"] for key in keys] == [True], keys

    def check_pkcs11_as_a_store(self):
        """-i with SSHCertStoreType 23: the PIN is that of --pin-env, and one key is chosen."""
        module = self.softhsm()
        self.world.keys["token"] = f"pkcs11:token=one?module-path={module}"
        more = ["--mode", "publickey", "--store-type", "23", "--subject", "ec384"]
        env = {key: value for key, value in self.hsm_environment().items() if key == "SOFTHSM2_CONF"}
        with self.token_peer(self.world.keys["token"]) as (peer, _):
            result = self.login(peer.port, *more, "--pin-env", "PIN", key="token", environment={**env, "PIN": PIN})
            assert result["key_algorithm"] == "ecdsa-sha2-nistp384", result
            for pin, code in ((["--pin-env", "PIN"], 278), ([], 277)):
                result = self.login(peer.port, *more, *pin, key="token", status=CREDENTIAL,
                                    environment={**env, "PIN": "999999"})
                assert result["code"] == code, result
            result = self.by_token(peer, self.world.keys["token"], None, status=CREDENTIAL)
            assert result["code"] == 277, result
        done = subprocess.run([self.tool, "key", "--json", "--store-type", "23", "--pin-env", "PIN",
                               self.world.keys["token"]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**self.hsm_environment(), "PIN": PIN}, timeout=harness.LIMIT)
        assert done.returncode == 0 and len(json.loads(done.stdout)["keys"]) == 3, done.stdout + done.stderr

    def check_pkcs11_saved_certificate(self):
        """The certificate beside a key: its subject is the key's, and stands for the key where it was saved,
        among all the tokens that p11-kit knows."""
        module = self.softhsm()
        self.make_token("with certificate", {"rsa": "rsa:2048"})
        self.make_token("bystander", {"ec": "EC:prime256v1"})
        store = f"pkcs11:token=with%20certificate?module-path={module}"
        blob = base64.b64decode(self.token_keys(store)["keys"][0]["public_key"].split()[1])
        certificate = self.world.path("token-certificate.pem")
        self.certify_token_key(blob, certificate)
        harness.quiet("pkcs11-tool", "--module", module, "--token-label", "with certificate", "--login", "--pin", PIN,
                      "--write-object", certificate + ".der", "--type", "cert", "--id", "01", env=self.hsm_environment())
        keys = self.token_keys(store)["keys"]
        assert [key["subject"] for key in keys] == ["C=US, CN=on a token"], keys
        with open(certificate, encoding="utf-8") as f:
            saved = f.read()
        line = keys[0]["public_key"]
        env = {key: value for key, value in self.hsm_environment().items() if key == "SOFTHSM2_CONF"}
        authorized = self.world.write("saved-keys", line + "\n")
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            for what in saved, line:
                self.world.keys["saved"] = what
                more = ["--mode", "publickey", "--store-type", "23"]
                result = self.login(peer.port, *more, "--pin-env", "PIN", key="saved", environment={**env, "PIN": PIN})
                assert result["key_algorithm"] == "rsa-sha2-512", result
                result = self.login(peer.port, *more, key="saved", environment=env, status=CREDENTIAL)
                assert result["code"] == 277, result

    def certify_token_key(self, blob, path):
        """A certificate of the public key in that blob, by an authority made for it: PEM, and DER beside it."""
        public, ca = path + ".pub", path + ".ca"
        with open(public, "w", encoding="utf-8") as f:
            f.write("ssh-rsa " + base64.b64encode(blob).decode() + "\n")
        pem = harness.quiet(harness.KEYGEN, "-e", "-m", "PKCS8", "-f", public)
        with open(public, "w", encoding="utf-8") as f:
            f.write(pem)
        harness.quiet("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", ca, "-subj", "/CN=ca",
                      "-out", ca + ".pem")
        harness.quiet("openssl", "req", "-new", "-key", ca, "-subj", "/CN=unused", "-out", path + ".csr")
        harness.quiet("openssl", "x509", "-req", "-in", path + ".csr", "-CA", ca + ".pem", "-CAkey", ca,
                      "-CAcreateserial", "-force_pubkey", public, "-subj", "/C=US/CN=on a token", "-out", path)
        harness.quiet("openssl", "x509", "-in", path, "-outform", "DER", "-out", path + ".der")

    # ---- security keys -------------------------------------------------------------------------

    def sk_dummy(self):
        return need(first("/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so"), "openssh-tests")

    def own_provider(self):
        """The provider of tests/keys, whose keys want the PIN 1234 where they are made for ssh:pin."""
        folder = os.path.dirname(os.path.realpath(need(self.program, "the login program")))
        return need(first(os.path.join(os.path.dirname(folder), "keys/libsk_provider.so")), "tests/keys/sk_provider")

    def sk_key(self, name, kind, *options, provider=None):
        provider = provider or self.sk_dummy()
        path = self.world.path(name)
        harness.quiet(harness.KEYGEN, "-q", "-t", kind, "-N", "", "-w", provider, "-f", path, *options,
                      env={**harness.kept_environment(), "SSH_SK_PROVIDER": provider})
        return path, provider

    def check_security_key_types(self):
        for kind, algorithm in (("ed25519-sk", "sk-ssh-ed25519@openssh.com"),
                                ("ecdsa-sk", "sk-ecdsa-sha2-nistp256@openssh.com")):
            yield kind, lambda kind=kind, algorithm=algorithm: self.security_key(kind, algorithm)

    def security_key(self, kind, algorithm):
        path, provider = self.sk_key("plain-" + kind, kind)
        authorized = self.world.write("sk-keys-" + kind, self.world.public(path))
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            result = self.login(peer.port, "-i", path, "--sk-provider", provider)
            assert result["key_algorithm"] == algorithm, result
            # A server that does not know the key is asked first, and nobody touches in vain.
            stranger, _ = self.sk_key("stranger-" + kind, kind)
            result = self.login(peer.port, "--mode", "publickey", "-i", stranger, "--sk-provider",
                                provider, status=REFUSED)
            assert result["attempts"] == 0, result

    def check_security_key_without_touch(self):
        path, provider = self.sk_key("untouched", "ed25519-sk", "-O", "no-touch-required")
        line = self.world.public(path)
        allowed = self.world.write("sk-allowed", "no-touch-required " + line)
        strict = self.world.write("sk-strict", line)
        with self.world.openssh(f"AuthorizedKeysFile {allowed}") as peer:
            self.login(peer.port, "-i", path, "--sk-provider", provider)
        with self.world.openssh(f"AuthorizedKeysFile {strict}") as peer:
            self.login(peer.port, "--mode", "publickey", "-i", path, "--sk-provider", provider,
                       status=REFUSED)

    def check_security_key_in_an_agent(self):
        path, provider = self.sk_key("in-agent", "ed25519-sk")
        authorized = self.world.write("sk-agent", self.world.public(path))
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer, \
                self.ssh_agent(agent_options=["-P", os.path.dirname(provider) + "/*"]) as socket:
            self.ssh_add(socket, "-S", provider, path)
            result = self.by_agent(peer, socket)
            assert result["key_algorithm"] == "sk-ssh-ed25519@openssh.com", result

    def check_security_key_pin(self):
        """The PIN is missing, wrong, right: from the key's file as it is and as SSHCertStoreType 20."""
        path, provider = self.sk_key("with-pin", "ed25519-sk", "-O", "application=ssh:pin",
                                     provider=self.own_provider())
        self.world.keys["with-pin"] = path
        authorized = self.world.write("sk-pin", self.world.public(path))
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            for store in [], ["--store-type", "20"]:
                more = ["--mode", "publickey", "--sk-provider", provider, *store]
                result = self.login(peer.port, *more, key="with-pin", status=CREDENTIAL)
                assert result["code"] == 277, result
                result = self.login(peer.port, *more, "--pin-env", "PIN", key="with-pin", status=CREDENTIAL,
                                    environment={"PIN": "4321"})
                assert result["code"] == 278, result
                result = self.login(peer.port, *more, "--pin-env", "PIN", key="with-pin",
                                    environment={"PIN": "1234"})
                assert result["key_algorithm"] == "sk-ssh-ed25519@openssh.com", result

    def check_security_key_verified(self):
        """A server that asks for the PIN, and not only for the touch, takes keys that are made so."""
        for name, options, status in (("verified", ["-O", "verify-required"], 0), ("touched", [], REFUSED)):
            yield name, lambda n=name, o=options, s=status: self.verified(n, o, s)

    def verified(self, name, options, status):
        path, provider = self.sk_key(name, "ed25519-sk", *options, provider=self.own_provider())
        authorized = self.world.write("sk-" + name, "verify-required " + self.world.public(path))
        self.world.keys[name] = path
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            self.login(peer.port, "--mode", "publickey", "--sk-provider", provider, "--pin-env", "PIN",
                       key=name, environment={"PIN": "1234"}, status=status)

    def check_security_key_certificate(self):
        for kind, algorithm in (("ed25519-sk", "sk-ssh-ed25519-cert-v01@openssh.com"),
                                ("ecdsa-sk", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com")):
            yield kind, lambda k=kind, a=algorithm: self.security_key_certificate(k, a)

    def security_key_certificate(self, kind, algorithm):
        """Beside the key, named, and in an agent; with an agent's key by SignedSSHCert."""
        path, provider = self.sk_key("certified-" + kind, kind)
        self.world.keys["certified-sk"] = path
        beside = self.certify(path, "-n", self.user.name)
        by_key = ["--mode", "publickey", "--sk-provider", provider]
        with self.user_server() as peer:
            result = self.login(peer.port, *by_key, key="certified-sk")
            assert result["key_algorithm"] == algorithm, result
            with self.ssh_agent(agent_options=["-P", os.path.dirname(provider) + "/*"]) as agent:
                self.ssh_add(agent, "-S", provider, path)
                assert self.by_agent(peer, agent)["key_algorithm"] == algorithm
            elsewhere = self.world.path("elsewhere-" + kind)
            os.rename(beside, elsewhere)
            self.login(peer.port, *by_key, key="certified-sk", status=REFUSED)
            result = self.login(peer.port, *by_key, "--certificate", elsewhere, key="certified-sk")
            assert result["key_algorithm"] == algorithm, result
            with self.ssh_agent(agent_options=["-P", os.path.dirname(provider) + "/*"]) as agent:
                self.ssh_add(agent, "-S", provider, path)
                self.signed_by_agent(peer, agent, elsewhere, algorithm)

    def signed_by_agent(self, peer, agent, certificate, algorithm):
        """As the object does it: SignedSSHCert, and the key in the agent alone."""
        with open(certificate, encoding="utf-8") as f:
            line = " ".join(f.read().split()[:2])
        for mode in "1", "2":
            common = ["--mode", "publickey", "--set", f"EnablePageantAuth={mode}", "--set", f"AgentSocket={agent}"]
            result = self.login(peer.port, *common, "--set", f"SignedSSHCert={line}")
            assert result["key_algorithm"] == algorithm, result
            self.login(peer.port, *common, status=REFUSED)

    def check_signed_certificate_with_an_agent(self):
        for kind, bits, algorithm in (("ed25519", None, "ssh-ed25519"), ("rsa", 2048, "rsa-sha2-512")):
            yield kind, lambda k=kind, b=bits, a=algorithm: self.signed_with_an_agent(k, b, a)

    def signed_with_an_agent(self, kind, bits, algorithm):
        key = self.world.make_key("agent-signed-" + kind, kind, bits)
        elsewhere = self.world.path("agent-signed-certificate-" + kind)
        os.rename(self.certify(key, "-n", self.user.name), elsewhere)
        with self.user_server() as peer, self.ssh_agent("ed25519", key) as agent:
            self.signed_by_agent(peer, agent, elsewhere, algorithm + "-cert-v01@openssh.com")
