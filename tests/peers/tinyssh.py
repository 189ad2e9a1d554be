"""Checks against TinySSH: Ed25519, X25519, sntrup761x25519 and ChaCha20 alone, public keys alone."""
import harness
from checks import Skip

KEX = ["sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org"]


class TinysshChecks:
    """Mixed into the checks of peers.py."""

    def tinyssh(self):
        if not harness.TINYSSHD:
            raise Skip("not installed: tinysshd")
        self.need_password()  # only then there is a home folder to put authorized_keys into
        self.user.authorize(self.world.public(self.world.keys["ed25519"]))
        return self.world.tinyssh()

    def check_tinyssh_kex(self):
        for name in KEX:
            yield name, lambda name=name: self.tinyssh_kex(name)

    def tinyssh_kex(self, name):
        with self.tinyssh() as peer:
            result = self.login(peer.port, "--set", f"SSHKeyExchangeAlgorithms={name}", "--host-key",
                                peer.host_key, accept=None, key="ed25519")
            negotiated = result["negotiated"]
            assert negotiated["kex"] == name, negotiated
            assert negotiated["cipher_c2s"] == "chacha20-poly1305@openssh.com", negotiated
            assert negotiated["host_key"] == "ssh-ed25519", negotiated

    def check_tinyssh_publickey_refused(self):
        with self.tinyssh() as peer:
            result = self.login(peer.port, "--host-key", peer.host_key, accept=None, key="stranger",
                                status=1)
            assert result["methods_can_continue"] == ["publickey"], result
