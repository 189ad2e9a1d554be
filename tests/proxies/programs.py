"""Proxies that are real programs, each on a free loopback port, ended with the check that started it."""
import contextlib
import os
import shutil
import socket
import subprocess

PATH = "/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", "")
SQUID_HELPERS = "/usr/lib/squid"
LIMIT = 30  # seconds; only a program that hangs gets there
TRIES = 5   # somebody else may take the port between our look and the program's


def program(name):
    return shutil.which(name, path=PATH)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """A program that listens by the time the constructor returns; its messages are in `log`."""

    def __init__(self, command_for_port, log, env=None):
        self.log = log
        for _ in range(TRIES):
            self.port = free_port()
            with open(log, "ab") as messages:
                self.process = subprocess.Popen(command_for_port(self.port), stdin=subprocess.DEVNULL,
                                                stdout=messages, stderr=messages, env=env,
                                                start_new_session=True)
            if self._listens():
                return
            self.__exit__()
        raise RuntimeError(f"{self.process.args} does not listen\n{self.messages()}")

    def _listens(self):
        """Asks until it takes connections; false when it has ended."""
        for _ in range(LIMIT * 50):
            with contextlib.suppress(ConnectionRefusedError), \
                    socket.create_connection(("127.0.0.1", self.port)):
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
                return False
        return False

    def messages(self):
        with open(self.log, "rb") as log:
            return log.read().decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def microsocks(world, user=None, password=None):
    login = ["-u", user, "-P", password] if user else []
    return Proxy(lambda port: [program("microsocks"), "-i", "127.0.0.1", "-p", str(port), *login],
                 world.path("microsocks.log"))


def dante(world, method):
    """SOCKS4 and SOCKS5; `method` is none or username, which asks the system's users."""
    # It changes its user only as root; else it stays who started it.
    users = ["user.privileged: root", "user.unprivileged: nobody"] if os.geteuid() == 0 else []

    def command(port):
        config = world.write(f"danted-{port}.conf", "\n".join([
            "logoutput: stderr", f"internal: 127.0.0.1 port = {port}", "external: 127.0.0.1",
            "clientmethod: none", f"socksmethod: {method}", *users,
            "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }",
            "socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 protocol: tcp }"]) + "\n")
        return [program("danted"), "-f", config, "-p", world.path(f"danted-{port}.pid"), "-N", "1"]
    return Proxy(command, world.path("danted.log"))


def tinyproxy(world, user=None, password=None):
    def command(port):
        lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "Allow 127.0.0.1",
                 f"LogFile \"{world.path('tinyproxy.access')}\"", "LogLevel Info"]
        if user:
            lines.append(f"BasicAuth {user} {password}")
        return [program("tinyproxy"), "-d", "-c",
                world.write(f"tinyproxy-{port}.conf", "\n".join(lines) + "\n")]
    return Proxy(command, world.path("tinyproxy.log"))


def squid(world, schemes, user, password):
    """`schemes`: of basic and digest, in the order to offer them."""
    hashed = subprocess.run(["openssl", "passwd", "-1", password], capture_output=True, text=True,
                            check=True).stdout.strip()
    files = {"basic": world.write("squid-basic", f"{user}:{hashed}\n"),
             "digest": world.write("squid-digest", f"{user}:{password}\n")}
    helpers = {"basic": "basic_ncsa_auth", "digest": "digest_file_auth"}

    def command(port):
        lines = [f"http_port 127.0.0.1:{port}"]
        for scheme in schemes:
            lines += [f"auth_param {scheme} program {SQUID_HELPERS}/{helpers[scheme]} {files[scheme]}",
                      f"auth_param {scheme} children 1", f"auth_param {scheme} realm proxy realm"]
        lines += ["acl known proxy_auth REQUIRED", "http_access allow known", "http_access deny all",
                  "cache deny all", "access_log none", "cache_log stdio:/dev/stderr",
                  "pid_filename none", "netdb_filename none", "shutdown_lifetime 0 seconds",
                  "visible_hostname proxy.test", "max_filedescriptors 1024", "pinger_enable off",
                  f"coredump_dir {world.folder}"]
        return [program("squid"), "-N", "-f", world.write(f"squid-{port}.conf", "\n".join(lines) + "\n")]
    return Proxy(command, world.path("squid.log"))


def ssh_dynamic(world, peer):
    """ssh -D through sshd: SOCKS4, SOCKS4a and SOCKS5, without logins."""
    return Proxy(lambda port: [
        program("ssh"), "-F", "none", "-N", "-D", f"127.0.0.1:{port}", "-p", str(peer.port),
        "-i", world.keys["ed25519"], "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "ExitOnForwardFailure=yes",
        f"{world.user.name}@127.0.0.1"], world.path("ssh-dynamic.log"))
