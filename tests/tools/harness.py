"""What the tests of the sshauth command share: running it, serving for it, talking on a terminal.

No test waits by the clock: a server tells its port on stdout before anything connects, a terminal
is read until the text that is expected, and every wait has a limit only so that a broken program
fails the test instead of hanging it.
"""
import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

LIMIT = 60  # seconds; reached only by a program that hangs
SSHAUTH = os.environ.get("SSHAUTH_TOOL", "sshauth")
PASSWORD = "correct horse battery staple"
AUTHENTICATED, REFUSED, USAGE, HOST_KEY, CONNECTION, PROTOCOL, CREDENTIAL = range(7)


class ToolTest(unittest.TestCase):
    """A test with a folder of its own, which is also its HOME."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sshauth-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self, **more):
        # Instrumented programs need their options and their path; nothing else of ours goes along.
        kept = {k: v for k, v in os.environ.items()
                if k == "PATH" or k.endswith("SAN_OPTIONS") or k.startswith("LLVM_")}
        return {**kept, "HOME": self.folder, "LC_ALL": "C.UTF-8", **more}

    def run_tool(self, *arguments, status=AUTHENTICATED, given="", env=None):
        """Runs sshauth without a terminal, checks its exit status, gives the finished process."""
        done = subprocess.run([SSHAUTH, *map(str, arguments)], input=given, text=True, timeout=LIMIT,
                              capture_output=True, env=self.environment(**(env or {})),
                              start_new_session=True)
        self.assertEqual(done.returncode, status,
                         f"sshauth {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
        return done

    def run_json(self, command, *arguments, **how):
        """The same with --json; gives the object, which is all there is on stdout."""
        return json.loads(self.run_tool(command, "--json", *arguments, **how).stdout)

    def assertFlights(self, login, least):
        """One more where the server's KEXINIT came in a read of its own, apart from its
        identification: that is the network's to say, not ours."""
        self.assertIn(login["flights"], (least, least + 1))

    def keygen(self, name, *arguments, passphrase=""):
        path = self.path(name)
        subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-C", f"{name} comment", "-f", path,
                        *arguments], check=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        return path

    def serve(self, *arguments, env=None):
        server = Server(self, arguments, env or {})
        self.addCleanup(server.stop)
        return server


class Server:
    """`sshauth serve`, listening by the time the constructor returns."""

    def __init__(self, test, arguments, env):
        self.process = subprocess.Popen([SSHAUTH, "serve", "--json", *map(str, arguments)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True,
                                        env=test.environment(**env))
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("serve ended: " + self.process.stderr.read())
        self.hello = json.loads(line)
        self.port = self.hello["port"]
        self.fingerprint = self.hello["host_keys"][0]["fingerprint"]

    def report(self):
        """The next line that it prints: what came of one connection."""
        return json.loads(self.process.stdout.readline())

    def finish(self):
        """Waits for its own end; gives exit status and all that it still printed."""
        out = self.process.stdout.read()  # not communicate: it would pass over what is buffered
        err = self.process.stderr.read()
        return self.process.wait(timeout=LIMIT), out, err

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=LIMIT)
        self.process.stdout.close()
        self.process.stderr.close()


class Fake:
    """A listener that treats each connection as `talk` says, in a thread."""

    def __init__(self, test, talk):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.talk = talk
        threading.Thread(target=self._accept, daemon=True).start()
        test.addCleanup(self.socket.close)

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self.talk(connection)
                except OSError:
                    pass


def pass_on(one, other):
    """Passes octets on between two sockets until one of them closes."""
    while True:
        for source in select.select([one, other], [], [], LIMIT)[0] or [None]:
            octets = source.recv(65536) if source else b""
            if not octets:
                return
            (other if source is one else one).sendall(octets)


def closed_port():
    """A port that nothing listens on: bound, so that nobody else gets it, and never listening."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held, held.getsockname()[1]


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, test, *arguments, env=None, ignored=()):
        self.test = test
        self.seen = ""
        environment = test.environment(**(env or {}))
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            # Whatever ours are: a shell ignores some of them for what it runs in the background.
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
                signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
            os.execvpe(SSHAUTH, [SSHAUTH, *map(str, arguments)], environment)
        test.addCleanup(self._close)
        self.status = None

    def read_until(self, text):
        """Reads until `text` has come; gives everything since the last call."""
        at = self.seen.find(text)
        end = time.monotonic() + LIMIT
        while at < 0:
            if not self._read(end):
                self.test.fail(f"expected {text!r} on the terminal, got {self.seen!r}")
            at = self.seen.find(text)
        part, self.seen = self.seen[:at + len(text)], self.seen[at + len(text):]
        return part

    def _read(self, end):
        if not select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
            return False
        try:
            octets = os.read(self.master, 4096)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.seen += octets.decode("utf-8", "replace")
        return bool(octets)

    def echoes(self):
        import termios
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.master, text.encode())

    def finish(self):
        """Everything that still came, and the exit status (negative: the signal)."""
        end = time.monotonic() + LIMIT
        while self._read(end):
            pass
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.seen, self.status

    def _close(self):
        if self.status is None:
            try:
                os.kill(self.pid, 9)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        os.close(self.master)
