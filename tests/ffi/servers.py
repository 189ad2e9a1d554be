"""The two servers that every program logs in to, with keys and passwords made for the occasion."""
import base64
import hashlib
import re
import secrets
import shutil

import harness


class World(harness.World):
    KEYS = {"ed25519": ("ed25519", None)}


class Server:
    """What a program is told of a server, and what it must find there."""

    host = "127.0.0.1"

    def __init__(self, world):
        self.key_type, blob = world.public(world.host_keys["ed25519"]).split()[:2]
        self.key_blob = base64.b64decode(blob)
        # As the event SSHServerAuthentication says it.
        self.fingerprint = hashlib.sha256(self.key_blob).digest().hex(":")
        self.successes = 0  # as programs reported
        self.accepted = None  # as the server says at its end

    def lacks(self, _mode):
        """Why this mode cannot be tried here, or nothing."""
        return ""


class Embedded(Server):
    """`sshauth serve`; its user, password, question and key file are not in ASCII."""

    name, user, prompt = "embedded", "jürgen-世界", "Kennwort für Jürgen:"

    def __init__(self, world, tool):
        super().__init__(world)
        self.password = "Geheimnis-ß-" + secrets.token_hex(8)
        self.key_file = shutil.copy(world.keys["ed25519"], world.path("schlüssel"))
        self._serve = harness.Serve(
            tool, "--user", self.user, "--password-env", "PASSWORD", "--authorized-keys", world.authorized,
            "--host-key", world.host_keys["ed25519"], "--prompt", self.prompt + "=PASSWORD",
            PASSWORD=self.password)

    def port(self, _mode):
        return self._serve.port

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self._serve.__exit__(*reason)
        self.accepted = self._serve.accepted


class OpenSSH(Server):
    """sshd: one that takes passwords and keys, and one that asks, which needs PAM."""

    name, prompt = "sshd", "Password: "

    def __init__(self, world):
        super().__init__(world)
        self.user, self.password = world.user.name, world.user.password or "none could be set"
        self._can_set_password = world.user.password is not None
        self.key_file = world.keys["ed25519"]
        self._plain = world.openssh()
        self._asking = world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no")

    def lacks(self, mode):
        if mode == "publickey" or self._can_set_password:
            return ""
        return "only root can make a user with a password"

    def port(self, mode):
        return (self._asking if mode == "keyboard-interactive" else self._plain).port

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        peers = (self._plain, self._asking)
        for peer in peers:
            peer.__exit__(*reason)
        accepted = re.compile(rf"^Accepted \S+ for {re.escape(self.user)} from ", re.M)
        self.accepted = sum(len(accepted.findall(peer.messages())) for peer in peers)
