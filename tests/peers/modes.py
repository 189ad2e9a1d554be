"""Methods in a row, in rounds, and with a change of the password, against servers of others."""
import json
import os
import subprocess
import sys

import harness
from checks import Skip

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "asyncssh_peer.py")


def python_with_asyncssh():
    """Debian's package belongs to Debian's Python, which need not be the one that runs the checks."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-W", "ignore", "-c", "import asyncssh"], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=harness.LIMIT).returncode == 0:
                return python
        except FileNotFoundError:
            pass
    raise Skip("not installed: python3-asyncssh")


class AsyncsshPeer:
    def __init__(self, case):
        self._process = subprocess.Popen([python_with_asyncssh(), PEER, case], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        hello = json.loads(self._process.stdout.readline())
        self.port, self.fingerprint, self.told = hello["port"], hello["fingerprint"], None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self.told = json.loads(self._process.stdout.readline())
        self._process.wait(harness.LIMIT)
        self._process.stdout.close()


class ModeChecks:
    """Mixed into the checks of peers.py."""

    # ---- OpenSSH: what it requires in a row ----

    def check_openssh_two_keys_and_questions(self):
        self.need_password()
        with self.world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes",
                                "AuthenticationMethods publickey,publickey,keyboard-interactive") as peer:
            result = self.login(peer.port, key=["ed25519", "rsa3072"], password=self.user.password)
            assert result["method"] == "keyboard-interactive", result
            result = self.login(peer.port, key="ed25519", password=self.user.password, status=1)
            assert result["partial_success"] and result["methods_can_continue"] == ["publickey"], result

    def check_openssh_a_key_that_counted_is_not_offered_twice(self):
        with self.world.openssh("AuthenticationMethods publickey,publickey") as peer:
            self.login(peer.port, "--mode", "publickey", key=["ed25519", "ecdsa256"])
            log = peer.messages()
            assert log.count("Accepted publickey") == 1 and log.count("Partial publickey") == 1, log

    def check_openssh_a_refused_password_is_sent_once(self):
        """PAM asks for the same one by keyboard-interactive; the second attempt would be in vain."""
        self.need_password()
        with self.world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes") as peer:
            self.login(peer.port, password="not it", status=1)
            assert peer.messages().count("Failed ") == 1, peer.messages()

    # ---- asyncssh: rounds, prompts, a change of the password ----

    def asyncssh_login(self, peer, mode, status, **more):
        return self.c_login(peer.port, mode, status, user="alice", pin_text=peer.fingerprint, **more)

    def check_asyncssh_prompts(self):
        """Two prompts, none, one: an event for each, and the rounds in their order."""
        with AsyncsshPeer("prompts") as peer:
            said = self.asyncssh_login(peer, "keyboard", 0, password="secret", CODE="4711", TOWN="Ulm")
            asked = [line for line in said.splitlines() if line.startswith("prompt ")]
            assert asked == ["prompt CODE: ", "prompt TOWN: ", "prompt Password: "], said
            self.asyncssh_login(peer, "keyboard", 1032, password="secret", CODE="4711", TOWN="Bonn")
        assert peer.told == [["4711", "Ulm"], [], ["secret"], ["4711", "Bonn"]], peer.told

    def check_asyncssh_new_password(self):
        with AsyncsshPeer("change") as peer:
            self.asyncssh_login(peer, "password", 1032, password="old")  # and no new one to give
            self.asyncssh_login(peer, "password", 1032, password="old", NEW_PASSWORD="weak")
            self.asyncssh_login(peer, "password", 0, password="old", NEW_PASSWORD="better")
            self.asyncssh_login(peer, "password", 0, password="better")
        assert peer.told == ["old", "old", ["old", "weak"], "old", ["old", "better"], "better"], peer.told
