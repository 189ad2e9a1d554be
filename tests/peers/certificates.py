"""Checks of host keys and user keys of every algorithm: old ones, OpenSSH certificates, X.509."""
import json
import os
import subprocess
import sys

import harness
from checks import Skip

CERTIFIED = {"ed25519": "ssh-ed25519", "ecdsa256": "ecdsa-sha2-nistp256",
             "ecdsa384": "ecdsa-sha2-nistp384", "ecdsa521": "ecdsa-sha2-nistp521",
             "rsa2048": "rsa-sha2-512"}
SUFFIX = "-cert-v01@openssh.com"
ASYNCSSH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "asyncssh_x509.py")
X509 = {"rsa": ("x509v3-rsa2048-sha256", "x509v3-ssh-rsa"),
        "ecdsa256": ("x509v3-ecdsa-sha2-nistp256",),
        "ecdsa384": ("x509v3-ecdsa-sha2-nistp384",),
        "ecdsa521": ("x509v3-ecdsa-sha2-nistp521",),
        "dsa": ("x509v3-ssh-dss",)}


class CertificateChecks:
    """Mixed into the checks of peers.py."""

    # ---- keys of old -----------------------------------------------------------------------------

    def old_host_key(self, kind, bits):
        name = f"host-old-{kind}{bits or ''}"
        if not os.path.exists(self.world.path(name)):
            self.world.host_keys[name] = self.world.make_key(name, kind, bits)
        return name

    def check_openssh_old_host_key(self):
        """ssh-dss and ssh-rsa only where they are named; RSA of 1024 bits only where it is let."""
        for algorithm, kind in (("ssh-dss", "dsa"), ("ssh-rsa", "rsa")):
            yield algorithm, lambda a=algorithm, k=kind: self.old_algorithm(a, k)
        yield "rsa 1024", self.short_rsa

    def old_algorithm(self, algorithm, kind):
        name = self.old_host_key(kind, 2048 if kind == "rsa" else None)
        with self.world.openssh(f"HostKeyAlgorithms {algorithm}", host_keys=[name]) as peer:
            result = self.login(peer.port, "--set", f"SSHPublicKeyAlgorithms={algorithm}", accept=name,
                                key="ed25519")
            assert result["negotiated"]["host_key"] == algorithm, result["negotiated"]
            self.login(peer.port, accept=name, key="ed25519", status=5)

    def short_rsa(self):
        name = self.old_host_key("rsa", 1024)
        with self.world.openssh("RequiredRSASize 1024", host_keys=[name]) as peer:
            result = self.login(peer.port, accept=name, key="ed25519", status=3)
            assert "2048 bits" in result["message"], result
            self.login(peer.port, "--set", "SecurityPolicy=Reference", accept=name, key="ed25519")

    def check_openssh_old_user_key(self):
        for algorithm, kind in (("ssh-dss", "dsa"), ("ssh-rsa", "rsa")):
            yield algorithm, lambda a=algorithm, k=kind: self.old_user_key(a, k)

    def old_user_key(self, algorithm, kind):
        name = "user-old-" + kind
        self.world.keys[name] = self.world.make_key(name, kind, 2048 if kind == "rsa" else None)
        authorized = self.world.write(name + "-authorized", self.world.public(self.world.keys[name]))
        with self.world.openssh(f"AuthorizedKeysFile {authorized}",
                                f"PubkeyAcceptedAlgorithms {algorithm}") as peer:
            result = self.login(peer.port, "--set", f"SSHPubKeyAuthSigAlgorithms={algorithm}", key=name)
            assert result["method"] == "publickey", result

    # ---- OpenSSH certificates --------------------------------------------------------------------

    def authority(self, name="authority"):
        if name not in self.world.keys:
            self.world.keys[name] = self.world.make_key(name, "ed25519", None)
        return self.world.keys[name]

    def certify(self, key, *options, ca="authority"):
        # Dates are local ones to ssh-keygen, and UTC in what the library says.
        harness.quiet(harness.KEYGEN, "-q", "-s", self.authority(ca), "-I", "made for " + key, *options, key + ".pub",
                      env={**os.environ, "TZ": "UTC"})
        return key + "-cert.pub"

    def certified_host(self, kind, *options, ca="authority"):
        """A fresh host key of that kind with its certificate, as lines of sshd's configuration."""
        kinds = {**self.world.KEYS, "dsa": ("dsa", None)}
        name = self.world.make_key(f"certified-{kind}-{len(os.listdir(self.world.folder))}", *kinds[kind])
        return [f"HostKey {name}", f"HostCertificate {self.certify(name, '-h', *options, ca=ca)}"], name

    def trusting(self):
        return "--host-ca", self.authority() + ".pub"

    def check_openssh_host_certificate(self):
        for kind, plain in CERTIFIED.items():
            yield kind, lambda k=kind, p=plain: self.host_certificate(k, p + SUFFIX)
        yield "rsa-sha2-256", lambda: self.host_certificate("rsa2048", "rsa-sha2-256" + SUFFIX)
        yield "ssh-rsa", lambda: self.host_certificate("rsa2048", "ssh-rsa" + SUFFIX)
        yield "ssh-dss", lambda: self.host_certificate("dsa", "ssh-dss" + SUFFIX)

    def host_certificate(self, kind, algorithm):
        lines, _ = self.certified_host(kind, "-n", "127.0.0.1,other")
        named = ["--set", f"SSHPublicKeyAlgorithms={algorithm}"]
        with self.world.openssh(f"HostKeyAlgorithms {algorithm}", *lines, host_keys=[]) as peer:
            result = self.login(peer.port, *named, *self.trusting(), accept=None, key="ed25519")
            assert result["negotiated"]["host_key"] == algorithm, result["negotiated"]

    def check_openssh_host_certificate_preferred(self):
        """Where an authority is trusted certificates are asked for first; elsewhere not at all."""
        lines, name = self.certified_host("ed25519", "-n", "127.0.0.1")
        self.world.host_keys["certified"] = name
        with self.world.openssh(*lines, host_keys=[]) as peer:
            result = self.login(peer.port, *self.trusting(), accept=None, key="ed25519")
            assert result["negotiated"]["host_key"] == "ssh-ed25519" + SUFFIX, result["negotiated"]
            result = self.login(peer.port, accept="certified", key="ed25519")
            assert result["negotiated"]["host_key"] == "ssh-ed25519", result["negotiated"]

    def check_openssh_host_certificate_refused(self):
        for name, options, why in (
                ("wrong principal", ("-n", "other"), "is not for 127.0.0.1"),
                ("no principal", (), "names no host at all"),
                ("expired", ("-n", "127.0.0.1", "-V", "20200101:20200102"), "expired"),
                ("not yet valid", ("-n", "127.0.0.1", "-V", "20900101:20900102"), "is not valid before")):
            yield name, lambda o=options, w=why: self.host_refused(o, w)
        yield "another authority", self.other_authority
        yield "revoked", self.revoked_authority

    def host_refused(self, options, why):
        lines, _ = self.certified_host("ed25519", *options)
        with self.world.openssh(*lines, host_keys=[]) as peer:
            result = self.login(peer.port, *self.trusting(), accept=None, key="ed25519", status=3)
            assert why in result["host_key"]["reason"], result["host_key"]
            assert result["host_key"]["known"] == "bad_certificate", result["host_key"]

    def other_authority(self):
        lines, _ = self.certified_host("ed25519", "-n", "127.0.0.1", ca="another authority")
        with self.world.openssh(*lines, host_keys=[]) as peer:
            result = self.login(peer.port, *self.trusting(), accept=None, key="ed25519", status=3)
            assert "no authority that is trusted" in result["host_key"]["reason"], result["host_key"]

    def revoked_authority(self):
        lines, _ = self.certified_host("ed25519", "-n", "127.0.0.1")
        known = self.world.write("revoked-ca", "@revoked * " + self.world.public(self.authority()))
        with self.world.openssh(*lines, host_keys=[]) as peer:
            result = self.login(peer.port, *self.trusting(), "--known-hosts", known, accept=None,
                                key="ed25519", status=3)
            assert result["host_key"]["known"] == "revoked", result["host_key"]

    def check_openssh_cert_authority_line(self):
        lines, _ = self.certified_host("ecdsa256", "-n", "127.0.0.1")
        with self.world.openssh(*lines, host_keys=[]) as peer:
            known = self.world.write("ca-line", f"@cert-authority [127.0.0.1]:{peer.port} "
                                     + self.world.public(self.authority()))
            self.login(peer.port, "--known-hosts", known, accept=None, key="ed25519")

    # ---- users' certificates ---------------------------------------------------------------------

    def user_server(self, *options):
        return self.world.openssh("AuthorizedKeysFile none",
                                  f"TrustedUserCAKeys {self.authority()}.pub", *options)

    def certified_user(self, kind, bits, *options):
        name = self.world.make_key(f"certified-user-{len(os.listdir(self.world.folder))}", kind, bits)
        self.world.keys[name] = name
        return name, self.certify(name, *options)

    def check_openssh_user_certificate(self):
        for kind, bits in (("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)):
            yield f"{kind} {bits or ''}", lambda k=kind, b=bits: self.user_certificate(k, b)
        yield "dsa", lambda: self.user_certificate("dsa", None, "ssh-dss")
        yield "ssh-rsa", lambda: self.user_certificate("rsa", 2048, "ssh-rsa")
        yield "rsa-sha2-256", lambda: self.user_certificate("rsa", 2048, "rsa-sha2-256")

    def user_certificate(self, kind, bits, only=None):
        name, certificate = self.certified_user(kind, bits, "-n", self.user.name)
        accepted = [f"PubkeyAcceptedAlgorithms {only}{SUFFIX}"] if only else []
        named = ["--set", f"SSHPubKeyAuthSigAlgorithms={only}"] if only else []
        with self.user_server(*accepted) as peer:
            result = self.login(peer.port, *named, key=name)
            assert result["key_algorithm"].endswith(SUFFIX), result
            elsewhere = self.world.path("moved-" + os.path.basename(certificate))
            os.rename(certificate, elsewhere)
            self.login(peer.port, *named, key=name, status=1)
            self.login(peer.port, *named, "--certificate", elsewhere, key=name)
            with open(elsewhere, encoding="utf-8") as f:
                line = " ".join(f.read().split()[:2])
            if only:
                line = only + SUFFIX + " " + line.split()[1]
            self.login_by_algorithm(peer.port, name, line, named)

    def login_by_algorithm(self, port, name, line, named):
        """The first word of the line says by which algorithm to use the certificate."""
        path = self.world.write("signed-cert", line)
        result = self.login(port, *named, "--certificate", path, key=name)
        assert line.startswith("ssh-rsa-cert") or result["key_algorithm"] == line.split()[0], result

    def check_openssh_user_certificate_refused(self):
        for name, options in (("wrong principal", ("-n", "nobody-here")), ("no principal", ()),
                              ("expired", ("-V", "20200101:20200102"))):
            yield name, lambda o=options: self.user_refused(o)
        yield "a host's", self.host_certificate_for_user

    def user_refused(self, options):
        name, _ = self.certified_user("ed25519", None, *(options if "-n" in options or not options else
                                                         ("-n", self.user.name, *options)))
        with self.user_server() as peer:
            self.login(peer.port, key=name, status=1)

    def host_certificate_for_user(self):
        name, _ = self.certified_user("ed25519", None, "-h", "-n", self.user.name)
        # Nobody asked for it: it is passed over, and the plain key is one that the server refuses.
        with self.user_server() as peer:
            result = self.login(peer.port, "-v", key=name, status=1)
            assert result["key_algorithm"] == "ssh-ed25519", result
            assert "host's certificate" in self.told, self.told

    # ---- X.509, RFC 6187: asyncssh ---------------------------------------------------------------

    def asyncssh(self, kind, algorithm):
        """A server of that host key, with a certificate for 127.0.0.1; users' need one of the same
        authority."""
        python = os.environ.get("IPWORKSAUTH_ASYNCSSH_PYTHON", "/usr/bin/python3")
        probe = subprocess.run([python, "-c", "import asyncssh, OpenSSL"], capture_output=True)
        if probe.returncode != 0:
            raise Skip("not installed: python3-asyncssh python3-openssl")
        return AsyncsshServer([python, "-W", "ignore", ASYNCSSH, self.world.folder, kind, algorithm])

    def check_asyncssh_x509(self):
        for kind, algorithms in X509.items():
            for algorithm in algorithms:
                yield algorithm, lambda k=kind, a=algorithm: self.x509(k, a)

    def x509(self, kind, algorithm):
        with self.asyncssh(kind, algorithm) as server:
            # 1024-bit DSA is nothing that Modern takes of a certificate.
            policy = ["--set", "SecurityPolicy=Reference"] if kind == "dsa" else []
            common = [*policy, "--set", f"SSHPublicKeyAlgorithms={algorithm}", "--set",
                      f"SSHPubKeyAuthSigAlgorithms={algorithm},{server.plain}"]
            self.world.keys["x509"] = server.user_key
            result = self.login(server.port, *common, "--x509-ca", server.ca, accept=None, key="x509",
                                user="x509user")
            assert result["negotiated"]["host_key"] == algorithm, result["negotiated"]
            assert result["key_algorithm"] == algorithm, result
            refused = self.login(server.port, *common, "--x509-ca", server.other_ca, accept=None,
                                 key="x509", user="x509user", status=3)
            assert refused["host_key"]["known"] == "bad_certificate", refused["host_key"]


class AsyncsshServer:
    """asyncssh_x509.py, listening by the time `with` is entered; what it says is one JSON object."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=sys.stderr, text=True)
        line = self.process.stdout.readline()
        assert line, "asyncssh_x509.py said nothing"
        self.__dict__.update(json.loads(line))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()  # which ends it
        self.process.wait(timeout=20)
        self.process.stdout.close()
