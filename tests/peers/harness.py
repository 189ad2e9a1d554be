"""SSH servers for the tests, each on a free loopback port: real ones, and the embedded one.

A `Peer` listens itself and hands every accepted connection to a fresh server process (`sshd -i`,
`dropbear -i`) as its standard input and output: no port is guessed, nothing is waited for. A
`Cut` stands between client and peer and closes both sides after so many octets of the server.
`Serve` is `sshauth serve`.
"""
import base64
import collections
import contextlib
import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
DROPBEAR = shutil.which("dropbear", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-asyncssh is for
TINYSSHD = shutil.which("tinysshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
KEYGEN = shutil.which("ssh-keygen")
IS_ROOT = os.geteuid() == 0
LIMIT = 20  # seconds; only something that hangs gets there


def quiet(*command, **more):
    """Runs a command that must succeed; returns its output."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def kept_environment():
    """What programs need of ours, instrumented ones included."""
    return {k: v for k, v in os.environ.items()
            if k == "PATH" or k.endswith("SAN_OPTIONS") or k.startswith("LLVM_")}


class Serve:
    """`sshauth serve --json`, listening by the time the constructor returns. `host_key` has its type
    and fingerprint; `accepted`, after the end, how many logins it let in."""

    def __init__(self, tool, *arguments, **secrets):
        self._process = subprocess.Popen(
            [tool, "serve", "--json", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True, env={**kept_environment(), "LC_ALL": "C.UTF-8", **secrets})
        hello = json.loads(self._process.stdout.readline())
        self.port, self.host_key, self.accepted = hello["port"], hello["host_keys"][0], None
        # Read as it comes: a full pipe would stop the server.
        self._last_line = collections.deque(maxlen=1)
        self._reader = threading.Thread(target=lambda: self._last_line.extend(self._process.stdout))
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(LIMIT)
        self._reader.join()
        self._process.stdout.close()
        self.accepted = json.loads(self._last_line[0])["authenticated"]


class Loopback:
    """Accepts connections on 127.0.0.1 and calls `serve(connection)` in a thread for each."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Closing alone would leave accept() waiting.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(LIMIT)


class Peer(Loopback):
    """A server program, run anew for each connection; its messages are kept in `log`."""

    def __init__(self, command, log, env=None):
        self._command, self.log, self._env = command, log, env
        self._processes = []
        super().__init__()

    def serve(self, connection):
        with connection, open(self.log, "ab") as log:
            process = subprocess.Popen(self._command, stdin=connection.fileno(),
                                       stdout=connection.fileno(), stderr=log, env=self._env)
            self._processes.append(process)
        process.wait()

    def __exit__(self, *reason):
        # A server whose client is gone ends by itself; one that does not must not outlive the check.
        for process in self._processes:
            try:
                process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
        super().__exit__(*reason)

    def messages(self):
        """What the server has said, once it has said all: it may speak when its client has gone."""
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LIMIT)
        with open(self.log, "rb") as f:
            return f.read().decode(errors="replace")


class Cut(Loopback):
    """Passes octets between the client and a port; on each connection both ends are closed after
    `after` octets of the server. `passed` counts those that went through on the last one."""

    def __init__(self, port, after=None):
        self._port, self._after, self.passed = port, after, 0
        super().__init__()

    def serve(self, connection):
        with connection, socket.create_connection(("127.0.0.1", self._port)) as server:
            up = threading.Thread(target=self._pass_up, args=(connection, server), daemon=True)
            up.start()
            self._pass_down(connection, server)
            for end in (connection, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            up.join(LIMIT)

    @staticmethod
    def _pass_up(connection, server):
        with contextlib.suppress(OSError):
            while octets := connection.recv(65536):
                server.sendall(octets)
            server.shutdown(socket.SHUT_WR)

    def _pass_down(self, connection, server):
        self.passed = 0
        with contextlib.suppress(OSError):
            while self._after is None or self.passed < self._after:
                room = 65536 if self._after is None else self._after - self.passed
                octets = server.recv(room)
                if not octets:
                    return
                self.passed += len(octets)
                connection.sendall(octets)


class User:
    """Somebody to log in as: made with useradd when root, else whoever runs the test.

    `password` is None where nobody could set one, and `home` belongs to the user."""

    def __init__(self, folder):
        if not IS_ROOT:
            self.name, self.password = pwd.getpwuid(os.geteuid()).pw_name, None
            return
        self.name = "sshauth-" + secrets.token_hex(4)
        self.password = "pass-" + secrets.token_hex(8)
        self.home = os.path.join(folder, "home")
        quiet("useradd", "--create-home", "--home-dir", self.home, "--shell", "/bin/sh", self.name)
        subprocess.run(["chpasswd"], input=f"{self.name}:{self.password}\n", text=True, check=True)

    def remove(self):
        if self.password is not None:
            subprocess.run(["userdel", self.name], check=False, capture_output=True)

    def own(self, path):
        if self.password is not None:
            shutil.chown(path, self.name, self.name)

    def authorize(self, lines):
        """dropbear looks into the home folder only."""
        folder = os.path.join(self.home, ".ssh")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, "authorized_keys")
        with open(path, "w", encoding="utf-8") as f:
            f.write(lines)
        for each in (folder, path):
            self.own(each)


class World:
    """A temporary folder with keys, a user, and the servers made from them."""

    KEYS = {"ed25519": ("ed25519", None), "ecdsa256": ("ecdsa", 256), "ecdsa384": ("ecdsa", 384),
            "ecdsa521": ("ecdsa", 521), "rsa2048": ("rsa", 2048), "rsa3072": ("rsa", 3072)}
    PASSPHRASE = "opens the key"

    def __enter__(self):
        # Servers want every folder above authorized_keys to be root's (or the user's) alone; TinySSH
        # takes no sticky one either.
        self._temporary = tempfile.TemporaryDirectory(prefix="peers-", dir="/run" if IS_ROOT else None)
        self.folder = self._temporary.name
        os.chmod(self.folder, 0o755)
        self.user = User(self.folder)
        self.keys, self.host_keys = {}, {}
        for name, (kind, bits) in self.KEYS.items():
            self.keys[name] = self.make_key("user-" + name, kind, bits)
            self.host_keys[name] = self.make_key("host-" + name, kind, bits)
        self.keys["locked"] = self.make_key("user-locked", "ed25519", None, self.PASSPHRASE)
        self.keys["stranger"] = self.make_key("user-stranger", "ed25519", None)
        self.authorized = self.write("authorized_keys", "".join(
            self.public(key) for name, key in self.keys.items() if name != "stranger"))
        return self

    def __exit__(self, *_):
        self.user.remove()
        self._temporary.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def make_key(self, name, kind, bits, passphrase=""):
        quiet(KEYGEN, "-q", "-t", kind, *(["-b", str(bits)] if bits else []), "-N", passphrase, "-C", name,
              "-f", self.path(name))
        return self.path(name)

    @staticmethod
    def public(key):
        with open(key + ".pub", encoding="utf-8") as f:
            return f.read()

    @staticmethod
    def fingerprint(key):
        """SHA256:... as ssh-keygen says it."""
        return quiet(KEYGEN, "-l", "-f", key + ".pub").split()[1]

    def known_hosts(self, name, port, key):
        kind, blob = self.public(key).split()[:2]
        return self.write(name, f"[127.0.0.1]:{port} {kind} {blob}\n")

    def openssh(self, *options, host_keys=("ed25519",), environment=None, program=SSHD):
        """sshd with these lines of configuration before ours (the first one counts)."""
        name = "sshd-" + secrets.token_hex(4)
        lines = list(options)
        lines += [f"HostKey {self.host_keys[k]}" for k in host_keys]
        lines += [f"AuthorizedKeysFile {self.authorized}", f"AllowUsers {self.user.name}",
                  "PidFile none", "LogLevel DEBUG1", "PrintMotd no", "UsePAM no", "UseDNS no", "StrictModes no",
                  "KbdInteractiveAuthentication no", "PermitRootLogin yes", "MaxStartups 1000"]
        config = self.write(name + ".conf", "\n".join(lines) + "\n")
        return Peer([program, "-i", "-e", "-f", config], self.path(name + ".log"), environment)

    def dropbear(self, *options, host_key="ed25519"):
        name = "dropbear-" + secrets.token_hex(4)
        quiet("dropbearconvert", "openssh", "dropbear", self._pem_host_key(host_key), self.path(name + ".key"))
        return Peer([DROPBEAR, "-i", "-r", self.path(name + ".key"), *options],
                    self.path(name + ".log"))

    def asyncssh(self, method, *gss_host, environment=None):
        name = "asyncssh-" + secrets.token_hex(4)
        return Peer([PYTHON, os.path.join(os.path.dirname(__file__), "asyncssh_server.py"),
                     self.host_keys["ed25519"], self.authorized, method, *gss_host],
                    self.path(name + ".log"), environment)

    def tinyssh(self):
        """TinySSH, with an Ed25519 host key of its own: its SHA-256 fingerprint is in `host_key`."""
        folder = self.path("tinyssh-" + secrets.token_hex(4))
        quiet(TINYSSHD + "-makekey", "-q", folder)
        blob = quiet(TINYSSHD + "-printkey", folder).split()[1]
        peer = Peer([TINYSSHD, "-v", folder], folder + ".log")
        digest = hashlib.sha256(base64.b64decode(blob)).digest()
        peer.host_key = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        return peer

    def _pem_host_key(self, name):
        """dropbearconvert reads the old format of RSA and ECDSA keys, the new one of Ed25519."""
        copy = self.path("convert-" + name)
        if not os.path.exists(copy):
            shutil.copy(self.host_keys[name], copy)
            if name != "ed25519":
                quiet(KEYGEN, "-q", "-p", "-m", "PEM", "-P", "", "-N", "", "-f", copy)
        return copy
