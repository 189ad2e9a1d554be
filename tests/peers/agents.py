"""Checks with real key agents: OpenSSH's ssh-agent, gpg-agent, Pageant for Unix."""
import contextlib
import os
import shutil
import subprocess
import tempfile

import harness
from checks import Skip

REFUSED, CREDENTIAL = 1, 6
ECHO = "echo SSH_AUTH_SOCK=$SSH_AUTH_SOCK; read end"


def program(name):
    found = shutil.which(name)
    if not found:
        raise Skip(f"not installed: {name}")
    return found


@contextlib.contextmanager
def running(command, env, folder):
    """A program in the foreground that says the socket it listens on before anything else."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL, env=env, cwd=folder)
    try:
        line = process.stdout.readline()
        assert "SSH_AUTH_SOCK=" in line, line
        yield line.split("SSH_AUTH_SOCK=")[1].split(";")[0].strip()
    finally:
        process.stdin.close()  # what pageant runs ends with it, and pageant with that
        if command[0].endswith("ssh-agent"):
            process.terminate()
        process.wait(harness.LIMIT)
        process.stdout.close()


class AgentChecks:
    """Mixed into the checks of peers.py."""

    @contextlib.contextmanager
    def ssh_agent(self, *keys, options=(), more=None, agent_options=()):
        """ssh-agent with these keys of the world; gives its socket. `options` are ssh-add's."""
        with tempfile.TemporaryDirectory(prefix="agent-") as folder:
            env = {**harness.kept_environment(), "HOME": folder, **(more or {})}
            socket = os.path.join(folder, "socket")
            with running([program("ssh-agent"), "-D", *agent_options, "-a", socket], env, folder) as path:
                for key in keys:
                    self.ssh_add(path, *options, self.world.keys.get(key, key))
                yield path

    def ssh_add(self, path, *arguments, **more):
        harness.quiet(program("ssh-add"), *arguments,
                      env={**harness.kept_environment(), "SSH_AUTH_SOCK": path, **more})

    def askpass(self, name, script):
        path = self.world.write(name, f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o700)
        return path

    def by_agent(self, peer, path, *arguments, **how):
        return self.login(peer.port, "--mode", "publickey", "--agent-socket", path, *arguments, **how)

    def check_ssh_agent_key_types(self):
        for key, algorithm in (("ed25519", "ssh-ed25519"), ("ecdsa384", "ecdsa-sha2-nistp384"),
                               ("rsa2048", "rsa-sha2-512")):
            yield key, lambda key=key, algorithm=algorithm: self.ssh_agent_key(key, algorithm)

    def ssh_agent_key(self, key, algorithm):
        with self.world.openssh() as peer, self.ssh_agent(key) as path:
            result = self.by_agent(peer, path)
            assert result["key_algorithm"] == algorithm, result

    def check_ssh_agent_rsa_sha2_256(self):
        with self.world.openssh("PubkeyAcceptedAlgorithms rsa-sha2-256") as peer, \
                self.ssh_agent("rsa2048") as path:
            assert self.by_agent(peer, path)["key_algorithm"] == "rsa-sha2-256"

    def check_ssh_agent_many_keys(self):
        """A server that takes three tries is not tired out: five keys are the most, and a key that is
        named is the only one."""
        strangers = [self.world.make_key(f"stranger-{i}", "ed25519", None) for i in range(6)]
        with self.world.openssh("MaxAuthTries 6") as peer, \
                self.ssh_agent(*strangers, "ed25519") as path:
            result = self.by_agent(peer, path, status=REFUSED)
            assert result["code"] == 1032, result
            public = self.world.keys["ed25519"] + ".pub"
            result = self.by_agent(peer, path, "-i", public)
            assert result["attempts"] == 1, result
            result = self.by_agent(peer, path, "--set", "AgentKeyLimit=32", status=REFUSED)
            assert result["code"] == 1001, result  # too many for the server

    def check_ssh_agent_locked(self):
        with self.world.openssh() as peer, self.ssh_agent("ed25519") as path:
            ask = self.askpass("word", "echo sesame")
            asked = {"SSH_ASKPASS": ask, "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
            self.ssh_add(path, "-x", **asked)
            result = self.by_agent(peer, path, status=CREDENTIAL)
            assert result["code"] == 272 and "ssh-add -X" in result["message"], result
            self.ssh_add(path, "-X", **asked)
            self.by_agent(peer, path)

    def check_ssh_agent_confirmation(self):
        for answer, status in (("exit 0", 0), ("exit 1", REFUSED)):
            more = {"SSH_ASKPASS": self.askpass("confirm", answer), "DISPLAY": ":0",
                    "SSH_ASKPASS_REQUIRE": "force"}
            with self.world.openssh() as peer, \
                    self.ssh_agent("ed25519", options=["-c"], more=more) as path:
                result = self.by_agent(peer, path, status=status)
                assert status == 0 or "refuses to sign" in result["message"], result

    def check_ssh_agent_key_kept_to_a_host(self):
        """session-bind@openssh.com: the agent learns which host the signature is for."""
        with self.world.openssh() as peer, self.world.openssh(host_keys=("ecdsa256",)) as other:
            known = self.world.path("kept-to")
            kind, blob = self.world.public(self.world.host_keys["ed25519"]).split()[:2]
            with open(known, "w", encoding="utf-8") as f:
                f.write(f"the-host {kind} {blob}\n")
            with self.ssh_agent("ed25519", options=["-h", "the-host", "-H", known]) as path:
                self.by_agent(peer, path)
                result = self.by_agent(other, path, accept="ecdsa256", status=REFUSED)
                assert "keeps it to other hosts" in result["message"], result

    def check_ssh_agent_certificate(self):
        """ssh-add takes the certificate beside a key along; the server knows its authority alone."""
        authority = self.world.make_key("agent-ca", "ed25519", None)
        key = self.world.make_key("certified", "rsa", 2048)
        harness.quiet(harness.KEYGEN, "-q", "-s", authority, "-I", "id", "-n", self.user.name, key + ".pub")
        with self.world.openssh("AuthorizedKeysFile none", f"TrustedUserCAKeys {authority}.pub") as peer, \
                self.ssh_agent(key) as path:
            result = self.by_agent(peer, path)
            assert result["key_algorithm"] == "rsa-sha2-512-cert-v01@openssh.com", result
            self.by_agent(peer, path, "-i", key + ".pub")  # the key's name stands for its certificate

    def check_ssh_agent_gone(self):
        with self.world.openssh() as peer:
            with self.ssh_agent("ed25519") as path:
                pass
            result = self.by_agent(peer, path, status=CREDENTIAL)
            assert result["code"] == 271 and path in result["message"], result
            result = self.login(peer.port, "--agent-socket", path, key="ed25519")  # goes on without
            assert result["method"] == "publickey"

    def check_gpg_agent(self):
        for name in ("gpg-agent", "gpg", "gpg-connect-agent"):
            program(name)
        with tempfile.TemporaryDirectory(prefix="gpg-") as home:
            env = {**harness.kept_environment(), "HOME": home, "GNUPGHOME": home}
            with open(os.path.join(home, "gpg-agent.conf"), "w", encoding="utf-8") as f:
                f.write("enable-ssh-support\nallow-loopback-pinentry\n")
            try:
                harness.quiet("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "",
                              "--quick-gen-key", "tester", "ed25519", "auth", "never", env=env)
                listed = harness.quiet("gpg", "--with-keygrip", "--with-colons", "-K", env=env)
                grip = next(line.split(":")[9] for line in listed.split("\n") if line.startswith("grp:"))
                with open(os.path.join(home, "sshcontrol"), "w", encoding="utf-8") as f:
                    f.write(grip + "\n")
                path = harness.quiet("gpgconf", "--list-dirs", "agent-ssh-socket", env=env).strip()
                harness.quiet("gpg-connect-agent", "/bye", env=env)
                public = harness.quiet("ssh-add", "-L", env={**env, "SSH_AUTH_SOCK": path})
                authorized = self.world.write("gpg-keys", public)
                with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
                    assert self.by_agent(peer, path)["key_algorithm"] == "ssh-ed25519"
            finally:
                harness.quiet("gpgconf", "--kill", "gpg-agent", env=env)

    def check_pageant(self):
        pageant, puttygen = program("pageant"), program("puttygen")
        with tempfile.TemporaryDirectory(prefix="pageant-") as home:
            env = {**harness.kept_environment(), "HOME": home}
            ppk = os.path.join(home, "key.ppk")
            harness.quiet(puttygen, self.world.keys["ed25519"], "-O", "private", "-o", ppk, env=env)
            with running([pageant, ppk, "--exec", "sh", "-c", ECHO], env, home) as path, self.world.openssh() as peer:
                assert self.by_agent(peer, path)["key_algorithm"] == "ssh-ed25519"
