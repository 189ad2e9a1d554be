"""A Kerberos realm of the test's own: MIT's KDC on a free loopback port, all its files in a folder."""
import os
import shutil
import signal
import socket
import struct
import subprocess

import harness

FOLDERS = "/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", "")
PROGRAMS = {"krb5kdc": "krb5-kdc", "kdb5_util": "krb5-kdc", "kadmin.local": "krb5-admin-server",
            "kinit": "krb5-user"}
REALM = "SSHAUTH.TEST"


def missing():
    """Debian packages that are not installed."""
    return sorted({package for program, package in PROGRAMS.items()
                   if not shutil.which(program, path=FOLDERS)})


def free_port():
    """One that is free for both protocols now; the KDC says so when it no longer is."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(tcp.getsockname())
        return tcp.getsockname()[1]


class Kdc:
    """Runs from the constructor on. `services` are in the keytab, `keyless` in the database alone."""

    def __init__(self, folder, users, services, keyless=()):
        self.folder = folder
        os.makedirs(folder)
        for _ in range(5):
            self._configure(free_port())
            if self._process is not None:
                break
        assert self._process is not None, "the KDC does not start"
        for name, password in users.items():
            self._admin(f"addprinc -pw {password} {name}")
        for name in (*services, *keyless):
            self._admin(f"addprinc -randkey {name}")
        for name in services:
            self._admin(f"ktadd -k {self.keytab} {name}")

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def keytab(self):
        return self.path("keytab")

    def environment(self, **more):
        return {**harness.kept_environment(), "PATH": FOLDERS, "KRB5_CONFIG": self.path("krb5.conf"),
                "KRB5_KDC_PROFILE": self.path("kdc.conf"), "KRB5_KTNAME": self.keytab, "LC_ALL": "C.UTF-8",
                **more}

    def write_client_config(self, name, port, dns="false"):
        """krb5.conf for a KDC at that port; `dns`: whether names of hosts are looked up; "fallback": only when
        there is no ticket for the name as it is."""
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(f"""[libdefaults]
  default_realm = {REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = {dns}
  rdns = {"false" if dns == "false" else "true"}
  ignore_acceptor_hostname = true
  forwardable = true
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:{port}
  }}
""")
        return self.path(name)

    def _configure(self, port):
        self.write_client_config("krb5.conf", port)
        self.write_client_config("dns.conf", port, dns="true")
        self.write_client_config("fallback.conf", port, dns="fallback")
        with open(self.path("kdc.conf"), "w", encoding="utf-8") as f:
            f.write(f"""[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {REALM} = {{
    database_name = {self.path("principal")}
    key_stash_file = {self.path("stash")}
    default_principal_flags = +preauth
  }}
[logging]
  kdc = STDERR
""")
        if not os.path.exists(self.path("stash")):
            harness.quiet("kdb5_util", "create", "-s", "-r", REALM, "-P", "master", env=self.environment())
        self._process = subprocess.Popen(["krb5kdc", "-n", "-r", REALM], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                         env=self.environment())
        for line in self._process.stderr:
            if b"commencing operation" in line:
                # What it says from now on is for nobody; a full pipe would stop it.
                self._drain = subprocess.Popen(["cat"], stdin=self._process.stderr,
                                               stdout=subprocess.DEVNULL)
                self._process.stderr.close()
                return
        self._process.wait()
        self._process.stderr.close()
        self._process = None

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(harness.LIMIT)
        self._drain.wait(harness.LIMIT)

    def _admin(self, query):
        harness.quiet("kadmin.local", "-r", REALM, "-q", query, env=self.environment())

    def ticket(self, cache, user, password, *options):
        """A credential cache with a ticket of the user's; gives its file."""
        done = subprocess.run(["kinit", "-c", self.path(cache), *options, user], input=password + "\n",
                              text=True, capture_output=True, env=self.environment())
        assert done.returncode == 0, done.stdout + done.stderr
        return self.path(cache)

    def expire(self, cache):
        """Makes all tickets in a cache end in the past, as its file says."""
        with open(cache, "rb") as f:
            octets = bytearray(f.read())
        at = 4 + struct.unpack_from(">H", octets, 2)[0]
        assert octets[:2] == b"\x05\x04", "not the format that is known here"
        at = skip_principal(octets, at)
        while at < len(octets):
            at = skip_principal(octets, skip_principal(octets, at))
            at = skip_data(octets, at + 2)  # the key
            began = struct.unpack_from(">I", octets, at)[0]
            if began != 0:  # else it is a note of the library's, not a ticket
                struct.pack_into(">IIII", octets, at, began - 7200, began - 7200, began - 3600, 0)
            at += 16 + 1 + 4
            for _ in range(2):  # addresses, authorization data
                count = struct.unpack_from(">I", octets, at)[0]
                at += 4
                for _ in range(count):
                    at = skip_data(octets, at + 2)
            at = skip_data(octets, skip_data(octets, at))  # ticket, second ticket
        with open(cache, "wb") as f:
            f.write(octets)
        return cache


def skip_data(octets, at):
    return at + 4 + struct.unpack_from(">I", octets, at)[0]


def skip_principal(octets, at):
    count = struct.unpack_from(">I", octets, at + 4)[0]
    at += 8
    for _ in range(count + 1):  # the realm, then the names
        at = skip_data(octets, at)
    return at
