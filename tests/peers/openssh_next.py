"""Checks against the sshd of Debian's backports, OpenSSH 10 (tools/next.sh), which has what
Debian 12's has not."""
import os

from checks import Skip

FOLDER = os.environ.get("IPWORKSAUTH_NEXT", "")
SSHD = os.path.join(FOLDER, "bookworm-backports/usr/sbin/sshd") if FOLDER else ""
PARTS = os.path.join(FOLDER, "bookworm-backports/usr/lib/openssh")

KEX = ["mlkem768x25519-sha256", "sntrup761x25519-sha512", "curve25519-sha256"]


class NextChecks:
    """Mixed into the checks of peers.py."""

    def next_openssh(self, *options):
        if not os.access(SSHD, os.X_OK):
            raise Skip("IPWORKSAUTH_NEXT names no folder that tools/next.sh has filled")
        parts = [f"SshdSessionPath {PARTS}/sshd-session", f"SshdAuthPath {PARTS}/sshd-auth"]
        return self.world.openssh(*parts, *options, program=SSHD)

    def check_openssh_next_kex(self):
        """Modern agrees with it on its first choice, and on each of the others."""
        for name in KEX:
            yield name, lambda name=name: self.next_kex(name)

    def next_kex(self, name):
        with self.next_openssh(f"KexAlgorithms {name}") as peer:
            result = self.login(peer.port, key="ed25519")
            assert result["negotiated"]["kex"] == name, result["negotiated"]
            assert "OpenSSH_10" in result["server_identification"], result["server_identification"]

    def check_openssh_next_by_default(self):
        with self.next_openssh() as peer:
            negotiated = self.login(peer.port, key="ed25519")["negotiated"]
            assert negotiated["kex"] == "mlkem768x25519-sha256", negotiated
            assert negotiated["strict_kex"], negotiated
