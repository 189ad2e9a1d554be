"""Checks of every cipher, MAC and compression method that some peer has: OpenSSH's, and for what it
gave up AsyncSSH's."""
import contextlib
import os
import subprocess

import harness
from checks import Skip

AES_CBC = ["aes128-cbc", "aes192-cbc", "aes256-cbc"]
OPENSSH_CIPHERS = [*AES_CBC, "3des-cbc"]
OPENSSH_MACS = ["hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96", "hmac-sha2-256", "hmac-sha2-512",
                "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-64@openssh.com",
                "umac-128@openssh.com", "umac-64-etm@openssh.com", "umac-128-etm@openssh.com"]
ASYNCSSH_CIPHERS = [*OPENSSH_CIPHERS, "blowfish-cbc", "cast128-cbc", "arcfour", "arcfour128", "arcfour256"]
ASYNCSSH_MACS = ["hmac-sha2-256-96", "hmac-sha2-512-96", "hmac-sha1-96", "hmac-md5", "hmac-md5-96",
                 "umac-64@openssh.com", "umac-128-etm@openssh.com"]


class SymmetricChecks:
    """Mixed into the checks of peers.py."""

    def check_openssh_weak_cipher(self):
        for cipher in OPENSSH_CIPHERS:
            for mac in ("hmac-sha1", "hmac-sha2-512-etm@openssh.com"):
                yield f"{cipher} {mac}", lambda cipher=cipher, mac=mac: self.openssh_suite(cipher, mac)

    def check_openssh_mac_with_cbc_and_ctr(self):
        for mac in OPENSSH_MACS:
            for cipher in ("aes256-cbc", "aes128-ctr"):
                yield f"{mac} {cipher}", lambda cipher=cipher, mac=mac: self.openssh_suite(cipher, mac)

    def openssh_suite(self, cipher, mac):
        with self.world.openssh(f"Ciphers {cipher}", f"MACs {mac}") as peer:
            result = self.login(peer.port, "--set", "SecurityPolicy=Reference", key="ed25519")
            self.expect_suite(result, cipher, mac, "none")

    def check_asyncssh_cipher(self):
        for cipher in ASYNCSSH_CIPHERS:
            yield cipher, lambda cipher=cipher: self.asyncssh_suite(cipher, "hmac-sha1")

    def check_asyncssh_mac(self):
        for mac in ASYNCSSH_MACS:
            yield mac, lambda mac=mac: self.asyncssh_suite("aes192-cbc", mac)

    def check_asyncssh_compression(self):
        for compression in ("none", "zlib", "zlib@openssh.com"):
            yield compression, lambda compression=compression: self.asyncssh_suite(
                "arcfour256", "hmac-md5", compression)

    def asyncssh_suite(self, cipher, mac, compression="none"):
        with self.asyncssh_with(cipher, mac, compression) as port:
            result = self.login(port, "--set", "SecurityPolicy=Reference", "--set",
                                f"SSHCompressionAlgorithms={compression}", user="alice", password="secret word")
            self.expect_suite(result, cipher, mac, compression)
            self.login(port, "--set", "SecurityPolicy=Reference", "--set",
                       f"SSHCompressionAlgorithms={compression}", user="alice", password="not it", status=1)

    @staticmethod
    def expect_suite(result, cipher, mac, compression):
        negotiated = result["negotiated"]
        for way in ("c2s", "s2c"):
            assert negotiated[f"cipher_{way}"] == cipher, negotiated
            assert negotiated[f"mac_{way}"] == mac, negotiated
            assert negotiated[f"compression_{way}"] == compression, negotiated

    @contextlib.contextmanager
    def asyncssh_with(self, cipher, mac, compression):
        probe = subprocess.run([harness.PYTHON, "-c", "import asyncssh"], capture_output=True, check=False)
        if probe.returncode != 0:
            raise Skip("not installed: python3-asyncssh")
        here = os.path.dirname(os.path.abspath(__file__))
        process = subprocess.Popen(
            [harness.PYTHON, "-W", "ignore", os.path.join(here, "asyncssh_symmetric.py"), self.world.host_keys["ed25519"], "alice",
             cipher, mac, compression], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**harness.kept_environment(), "HOME": self.world.path("empty"), "PASSWORD": "secret word"})
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait(harness.LIMIT)
