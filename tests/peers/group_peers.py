"""Checks of finite-field key exchange: group exchange with sshd's groups, and with asyncssh."""
import subprocess

from checks import Skip
from harness import PYTHON

ASYNCSSH = ["diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1",
            "diffie-hellman-group18-sha512", "diffie-hellman-group16-sha512",
            "diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1",
            "diffie-hellman-group1-sha1"]
DROPBEAR = ["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"]


class GroupChecks:
    """Mixed into the checks of peers.py."""

    def with_kex(self, peer, name, *settings, **more):
        result = self.login(peer.port, "--set", f"SSHKeyExchangeAlgorithms={name}", *settings,
                            key="ed25519", **more)
        assert result["negotiated"]["kex"] == name, result["negotiated"]

    # ---- sshd: a group of each length there is

    def check_openssh_groups(self):
        for bits in (2048, 3072, 4096, 6144, 7680, 8192):
            yield str(bits), lambda bits=bits: self.openssh_group(bits)

    def openssh_group(self, bits):
        """sshd takes the groups of its moduli file, and one of its own where there is no file."""
        name = "diffie-hellman-group-exchange-sha256"
        with self.world.openssh(f"KexAlgorithms {name}") as peer:
            self.with_kex(peer, name, "--set", f"PreferredDHGroupBits={bits}")

    def check_openssh_group_of_its_own(self):
        """Where its moduli file has no group of that length, sshd has one of its own."""
        moduli = self.world.write("moduli-none", "")
        name = "diffie-hellman-group-exchange-sha1"
        with self.world.openssh(f"KexAlgorithms {name}", f"ModuliFile {moduli}") as peer:
            self.with_kex(peer, name)

    def check_openssh_group_not_safe(self):
        """A moduli file with a prime that is not a safe one: our word, not sshd's."""
        prime = subprocess.run(["openssl", "prime", "-generate", "-hex", "-bits", "3072"], check=True,
                               capture_output=True, text=True).stdout.strip()
        moduli = self.world.write("moduli-unsafe", f"20261126000000 2 6 100 3071 2 {prime}\n")
        name = "diffie-hellman-group-exchange-sha256"
        with self.world.openssh(f"KexAlgorithms {name}", f"ModuliFile {moduli}") as peer:
            result = self.login(peer.port, "--set", f"SSHKeyExchangeAlgorithms={name}", key="ed25519",
                                status=5)
            assert result["code"] == 1034, result
            assert "not a safe prime" in result["message"], result

    # ---- others

    def check_dropbear_group(self):
        for name in DROPBEAR:
            yield name, lambda name=name: self.dropbear_group(name)

    def dropbear_group(self, name):
        self.need_password()
        with self.world.dropbear() as peer:
            result = self.login(peer.port, "--set", f"SSHKeyExchangeAlgorithms={name}",
                                password=self.user.password)
            assert result["negotiated"]["kex"] == name, result["negotiated"]

    def check_asyncssh_group(self):
        for name in ASYNCSSH:
            yield name, lambda name=name: self.asyncssh_group(name)

    def asyncssh_group(self, name):
        if subprocess.run([PYTHON, "-c", "import asyncssh"], capture_output=True, check=False).returncode:
            raise Skip("not installed: python3-asyncssh")
        with self.world.asyncssh(name) as peer:
            self.with_kex(peer, name)
