"""Checks with Kerberos: a KDC of the test's own, and Debian's sshd, which knows its host key."""
import os
import shutil
import socket
import subprocess

import harness
import kdc
from checks import Skip

USER_PASSWORD = "of-the-realm"
MIC = ("--mode", "gssapi-with-mic")
KEYEX = ("--mode", "gssapi-keyex")
SUFFIX = "toWM5Slw5Ew8Mqkay+al2g=="
KEX = ["gss-group14-sha256-", "gss-group16-sha512-", "gss-nistp256-sha256-", "gss-curve25519-sha256-",
       "gss-group14-sha1-", "gss-gex-sha1-"]
LIBRARIES = {"MIT": ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
             "Heimdal": ("libgssapi.so.3", "libgssapi3-heimdal")}


class KerberosChecks:
    """Mixed into the checks of peers.py."""

    realm = None

    def need_realm(self):
        """The realm is made when a check first needs it, and stopped by `close`."""
        if missing := kdc.missing():
            raise Skip("not installed: " + ", ".join(missing))
        self.need_password()  # a user of this machine whom a principal may stand for
        if self.realm is None:
            KerberosChecks.realm = kdc.Kdc(
                self.world.path("realm"), {self.user.name: USER_PASSWORD, "somebody-else": USER_PASSWORD},
                services=["host/127.0.0.1", "host/localhost"], keyless=["host/keyless"])
            KerberosChecks.ticket = self.realm.ticket("ticket", self.user.name, USER_PASSWORD)
        return self.realm

    @classmethod
    def close(cls):
        if cls.realm is not None:
            cls.realm.stop()

    def kerberos_sshd(self, *options, realm=None):
        realm = realm or self.need_realm()
        return self.world.openssh(*options, "GSSAPIAuthentication yes", "GSSAPIStrictAcceptorCheck no",
                                  "PasswordAuthentication no", "PubkeyAuthentication no",
                                  environment=realm.environment())

    def kerberos_login(self, port, *arguments, cache=None, config=None, **more):
        realm = self.need_realm()
        cache = cache or realm.path("no-such-cache")
        return self.login(port, *arguments, environment={
            "KRB5_CONFIG": config or realm.path("krb5.conf"), "KRB5CCNAME": "FILE:" + cache}, **more)

    def no_ticket(self, *parts, **more):
        """A login whose ticket is what is missing: the server is not even asked."""
        assert self.refused(*parts, status=6, **more)["attempts"] == 0

    def refused(self, *parts, arguments=MIC, status=1, sshd=(), **more):
        """A login that fails with all these parts in its sentence."""
        with self.kerberos_sshd(*sshd) as peer:
            result = self.kerberos_login(peer.port, *arguments, status=status, **more)
            for part in parts:
                assert part in result["message"], result["message"]
            return result

    # ---- gssapi-with-mic -------------------------------------------------------------------------

    def check_kerberos_single_sign_on(self):
        with self.kerberos_sshd() as peer:
            result = self.kerberos_login(peer.port, *MIC, cache=self.ticket)
            assert result["method"] == "gssapi-with-mic", result
            assert "Accepted gssapi-with-mic" in peer.messages()

    def check_kerberos_password(self):
        with self.kerberos_sshd() as peer:
            self.kerberos_login(peer.port, *MIC, password=USER_PASSWORD)
            assert "Accepted gssapi-with-mic" in peer.messages()
            assert not os.path.exists(self.realm.path("no-such-cache")), "the ticket is in a file"

    def check_kerberos_password_and_realm(self):
        with self.kerberos_sshd() as peer:
            realm = f"KerberosRealm={kdc.REALM}"
            self.kerberos_login(peer.port, *MIC, "--set", realm, password=USER_PASSWORD)
            self.kerberos_login(peer.port, *MIC, "--set", realm, cache=self.ticket)
            self.kerberos_login(peer.port, "--set", realm, cache=self.ticket)  # mode auto

    def check_kerberos_spn(self):
        with self.kerberos_sshd() as peer:
            for spn in ("host/127.0.0.1", f"host/127.0.0.1@{kdc.REALM}"):
                self.kerberos_login(peer.port, *MIC, "--set", f"KerberosSPN={spn}", cache=self.ticket)

    def check_kerberos_each_library(self):
        for name, (file, package) in LIBRARIES.items():
            yield name, lambda file=file, package=package: self.with_library(file, package)

    def with_library(self, file, package):
        self.need_realm()
        if shutil.which("ldconfig", path=kdc.FOLDERS) and file not in harness.quiet("/sbin/ldconfig", "-p"):
            raise Skip(f"not installed: {package}")
        library = ("--set", f"GSSAPILibrary={file}")
        with self.kerberos_sshd() as peer:
            self.kerberos_login(peer.port, *MIC, *library, cache=self.ticket)
            self.kerberos_login(peer.port, *MIC, *library, password=USER_PASSWORD)
        with self.keyex_sshd() as peer:
            self.kerberos_login(peer.port, *KEYEX, *library, cache=self.ticket, accept=None)
        self.no_ticket("GSSAPI: Kerberos gives no ticket", arguments=(*MIC, *library))
        self.no_ticket(f"gives no ticket to {self.user.name}", arguments=(*MIC, *library), password="not it")

    def check_kerberos_delegation(self):
        for value, expected in (("True", True), ("False", False)):
            yield value, lambda value=value, expected=expected: self.delegation(value, expected)

    def delegation(self, value, expected):
        with self.kerberos_sshd() as peer:
            self.kerberos_login(peer.port, *MIC, "--set", f"KerberosDelegation={value}", cache=self.ticket)
        # sshd says when there was nothing to store.
        assert ("Got no client credentials" not in peer.messages()) == expected, peer.messages()

    def check_kerberos_event_loop_and_c(self):
        with self.kerberos_sshd() as peer:
            environment = {"KRB5_CONFIG": self.realm.path("krb5.conf"), "KRB5CCNAME": "FILE:" + self.ticket}
            self.c_login(peer.port, "gssapi", 0, **environment)
            self.c_login(peer.port, "gssapi", 1032, **{**environment, "KRB5CCNAME": "FILE:/nowhere"})

    # ---- key exchange by Kerberos, and gssapi-keyex ----------------------------------------------

    def keyex_sshd(self, *options, realm=None):
        return self.kerberos_sshd("GSSAPIKeyExchange yes", "GSSAPIKexAlgorithms " + ",".join(KEX), *options,
                                  realm=realm)

    def check_kerberos_kex(self):
        for name in KEX:
            yield name, lambda name=name: self.kerberos_kex(name + SUFFIX)

    def kerberos_kex(self, name):
        """Kerberos proves the host: no key of its own is known here."""
        with self.keyex_sshd() as peer:
            result = self.kerberos_login(peer.port, *KEYEX, "--set", f"SSHKeyExchangeAlgorithms={name}",
                                         cache=self.ticket, accept=None)
            assert result["negotiated"]["kex"] == name, result
            assert result["method"] == "gssapi-keyex" and result["host_key"] is None, result
            assert "Accepted gssapi-keyex" in peer.messages()

    def check_kerberos_keyex_by_default(self):
        with self.keyex_sshd() as peer:
            result = self.kerberos_login(peer.port, *KEYEX, cache=self.ticket, accept=None)
            assert result["negotiated"]["kex"].startswith("gss-curve25519-sha256-"), result
            self.kerberos_login(peer.port, *KEYEX, password=USER_PASSWORD, accept=None)

    def check_kerberos_keyex_without_a_host_key_at_all(self):
        with self.world.openssh("GSSAPIAuthentication yes", "GSSAPIStrictAcceptorCheck no",
                                "GSSAPIKeyExchange yes", "HostKey /nowhere", host_keys=(),
                                environment=self.need_realm().environment()) as peer:
            # Without host keys this sshd forgets its marker for strict key exchange and does it all the
            # same, which its own client cannot follow either.
            result = self.kerberos_login(peer.port, *KEYEX, "--set", "UseStrictKeyExchange=0",
                                         cache=self.ticket, accept=None)
            assert result["negotiated"]["host_key"] == "null", result

    def check_kerberos_keyex_delegation(self):
        with self.keyex_sshd() as peer:
            self.kerberos_login(peer.port, *KEYEX, cache=self.ticket, accept=None)
        assert "Got no client credentials" not in peer.messages(), peer.messages()

    def check_kerberos_keyex_no_ticket(self):
        with self.keyex_sshd() as peer:
            result = self.kerberos_login(peer.port, *KEYEX, accept=None, status=6)
            assert "No Kerberos credentials" in result["message"], result

    def check_kerberos_keyex_under_a_name_that_dns_gave(self):
        """The library makes localhost of 127.0.0.1: good for a host whose key was verified, not to prove one."""
        with self.keyex_sshd() as peer:
            dns = self.realm.path("dns.conf")
            if socket.getfqdn("127.0.0.1") != "localhost":
                raise Skip("127.0.0.1 is not called localhost here")
            result = self.kerberos_login(peer.port, *KEYEX, cache=self.ticket, config=dns, accept=None, status=6)
            assert "a ticket for host/localhost, not for host/127.0.0.1" in result["message"], result
            assert result["attempts"] == 0, result
            named = ("--set", "KerberosSPN=host/localhost")
            self.kerberos_login(peer.port, *KEYEX, *named, cache=self.ticket, config=dns, accept=None)
            result = self.kerberos_login(peer.port, *MIC, cache=self.ticket, config=dns)
            assert not result["negotiated"]["kex"].startswith("gss-"), result

    def check_kerberos_keyex_with_dns_to_fall_back_on(self):
        """A name that nobody has a key for is not made into another, which would then be proved."""
        if socket.getfqdn("127.0.0.1") != "localhost":
            raise Skip("127.0.0.1 is not called localhost here")
        self.need_realm()
        realm = kdc.Kdc(self.world.path("fallback"), {self.user.name: USER_PASSWORD}, ["host/localhost"])
        try:
            mine = {"cache": realm.ticket("ticket", self.user.name, USER_PASSWORD),
                    "config": realm.path("fallback.conf")}
            with self.keyex_sshd(realm=realm) as peer:
                self.kerberos_login(peer.port, *MIC, **mine)
                result = self.kerberos_login(peer.port, *KEYEX, **mine, accept=None, status=6)
        finally:
            realm.stop()
        assert "a ticket for host/localhost, not for host/127.0.0.1" in result["message"], result
        assert result["attempts"] == 0, result

    def check_kerberos_keyex_somebody_else(self):
        other = self.need_realm().ticket("other", "somebody-else", USER_PASSWORD)
        with self.keyex_sshd() as peer:
            result = self.kerberos_login(peer.port, *KEYEX, cache=other, accept=None, status=1)
            assert "does not let this GSSAPI identity in" in result["message"], result

    def check_kerberos_keyex_wrong_service(self):
        """Nobody but the server can read the ticket: one for another service proves nothing."""
        with self.keyex_sshd() as peer:
            result = self.kerberos_login(peer.port, *KEYEX, "--set", "KerberosSPN=host/keyless",
                                         cache=self.ticket, accept=None, status=(4, 5, 6))
            assert "Accepted" not in peer.messages()
            assert result["attempts"] == 0, result

    def check_kerberos_not_offered_to_others(self):
        """Who does not authenticate by Kerberos exchanges no keys by it."""
        with self.keyex_sshd("PubkeyAuthentication yes") as peer:
            result = self.kerberos_login(peer.port, "--set", "SecurityPolicy=Reference", key="ed25519",
                                         cache=self.ticket)
            assert not result["negotiated"]["kex"].startswith("gss-"), result

    def check_kerberos_asyncssh(self):
        """It sends its host key along (KEXGSS_HOSTKEY), which sshd does not."""
        self.need_asyncssh()
        for name in KEX:
            yield name, lambda name=name: self.kerberos_asyncssh(name)

    def kerberos_asyncssh(self, family):
        """It names its methods without the mechanism."""
        realm, name = self.need_realm(), family + SUFFIX
        with self.world.asyncssh(family.rstrip("-"), "127.0.0.1", environment=realm.environment()) as peer:
            result = self.kerberos_login(peer.port, *KEYEX, "--set", f"SSHKeyExchangeAlgorithms={name}",
                                         cache=self.ticket, accept=None)
            assert result["negotiated"]["kex"] == name, result
            expected = self.world.fingerprint(self.world.host_keys["ed25519"])
            assert result["host_key"]["fingerprint"] == expected, result

    def check_kerberos_asyncssh_with_mic(self):
        self.need_asyncssh()
        realm = self.need_realm()
        with self.world.asyncssh("curve25519-sha256", "127.0.0.1", environment=realm.environment()) as peer:
            self.kerberos_login(peer.port, *MIC, cache=self.ticket)

    @staticmethod
    def need_asyncssh():
        if subprocess.run([harness.PYTHON, "-c", "import asyncssh, gssapi"], capture_output=True,
                          check=False).returncode:
            raise Skip("not installed: python3-asyncssh python3-gssapi")

    # ---- each failure its own sentence -----------------------------------------------------------

    def check_kerberos_no_ticket(self):
        self.no_ticket("gives no ticket for the service host/127.0.0.1", "No Kerberos credentials")

    def check_kerberos_expired_ticket(self):
        realm = self.need_realm()
        expired = realm.expire(realm.ticket("expired", self.user.name, USER_PASSWORD))
        self.no_ticket("gives no ticket for the service host/127.0.0.1", "expired", cache=expired)

    def check_kerberos_wrong_password(self):
        self.no_ticket(f"gives no ticket to {self.user.name} for this password", password="not it")

    def check_kerberos_unknown_user(self):
        self.no_ticket("gives no ticket to nobody-here", "not found in Kerberos database",
                     user="nobody-here", password="any")

    def check_kerberos_unknown_spn(self):
        self.need_realm()
        self.no_ticket("gives no ticket for the service host/nowhere", "not found in Kerberos database",
                     arguments=(*MIC, "--set", "KerberosSPN=host/nowhere"), cache=self.ticket)

    def check_kerberos_no_kdc(self):
        realm = self.need_realm()
        config = realm.write_client_config("nowhere.conf", kdc.free_port())
        self.no_ticket("Cannot contact any KDC", config=config, password=USER_PASSWORD)

    def check_kerberos_service_without_a_key(self):
        """The KDC gives a ticket that the server cannot read."""
        self.need_realm()
        self.refused("refused the GSSAPI mechanism or its token",
                     arguments=(*MIC, "--set", "KerberosSPN=host/keyless"), cache=self.ticket)

    def check_kerberos_somebody_else(self):
        realm = self.need_realm()
        other = realm.ticket("other", "somebody-else", USER_PASSWORD)
        self.refused("does not let this GSSAPI identity in as this user", cache=other)

    def check_kerberos_not_wanted_by_the_server(self):
        self.need_realm()
        result = self.refused("methods that can continue", sshd=("GSSAPIAuthentication no",
                              "PasswordAuthentication yes"), cache=self.ticket)
        assert "gssapi-with-mic" not in result["methods_can_continue"], result

    def check_kerberos_no_library(self):
        with self.kerberos_sshd() as peer:
            result = self.kerberos_login(peer.port, *MIC, "--set", "GSSAPILibrary=/nowhere/libgssapi.so",
                                         status=6)
            assert result["code"] == 270 and "/nowhere/libgssapi.so" in result["message"], result
            assert not os.path.exists(peer.log), "the server was troubled all the same"

    def check_kerberos_no_library_then_a_key(self):
        """Where GSSAPI is one method of several, they go on without its library."""
        with self.kerberos_sshd("PubkeyAuthentication yes") as peer:
            result = self.kerberos_login(peer.port, "--set", "KerberosSPN=host/127.0.0.1", "--set",
                                         "GSSAPILibrary=/nowhere/libgssapi.so", key="ed25519")
            assert result["method"] == "publickey", result

    def check_kerberos_then_a_key(self):
        """Who has no ticket goes on with the next method."""
        with self.kerberos_sshd("PubkeyAuthentication yes") as peer:
            result = self.kerberos_login(peer.port, "--set", "KerberosSPN=host/127.0.0.1", key="ed25519")
            assert result["method"] == "publickey", result

    def check_kerberos_partial_success(self):
        with self.kerberos_sshd("PubkeyAuthentication yes",
                                "AuthenticationMethods gssapi-with-mic,publickey") as peer:
            result = self.kerberos_login(peer.port, "--set", "KerberosSPN=host/127.0.0.1", key="ed25519",
                                         cache=self.ticket)
            assert result["method"] == "publickey", result
            assert "Partial gssapi-with-mic" in peer.messages() or "partial" in peer.messages()
