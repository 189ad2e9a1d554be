"""Checks through the C interface (peers_login): agents, tokens, certificates, Kerberos, several
methods, and each way to fail with its own words, from C and from the command line alike."""
import os
import socket
import subprocess
import threading

import harness
from kerberos import MIC, USER_PASSWORD
from modes import AsyncsshPeer
from tokens import PIN

# AuthMode and SSHCertStoreType, by the numbers of the interface
MULTI_FACTOR, PASSWORD, PUBLIC_KEY, GSSAPI, CUSTOM, KEYEX = "1", "2", "3", "5", "6", "7"
SECURITY_KEY, PKCS11 = "20", "23"


def tried(said):
    """The methods in the order in which they were tried."""
    return [line.split()[2] for line in said.splitlines() if line.startswith("status Trying ")]


class CutByHand(harness.Cut):
    """Passes octets until it is told not to."""

    def serve(self, connection):
        self._connection = connection
        super().serve(connection)

    def cut(self):
        self._connection.shutdown(socket.SHUT_RDWR)


class CChecks:
    """Mixed into the checks of peers.py."""

    def c(self, peer, mode, code, *settings, said=(), **more):
        """A login with these settings; `said` is all in what it prints."""
        text = self.c_login(peer.port, mode, code, SETTINGS="\n".join(settings), STATUS="1", **more)
        for part in said:
            assert part in text, text
        return text

    # ---- agents ----------------------------------------------------------------------------------

    def check_c_agent(self):
        """1: the agent's keys first, then the store's; 2: the agent's alone."""
        first, only = "EnablePageantAuth=1", "EnablePageantAuth=2"
        with self.world.openssh() as peer:
            with self.ssh_agent("ed25519") as agent:
                for how in (first, only):
                    self.c(peer, PUBLIC_KEY, 0, how, SSH_AUTH_SOCK=agent)
                    self.c(peer, PUBLIC_KEY, 0, how, "AgentSocket=" + agent)
            with self.ssh_agent("stranger") as agent:
                self.c(peer, PUBLIC_KEY, 0, first, key="rsa3072", SSH_AUTH_SOCK=agent)
                self.c(peer, PUBLIC_KEY, 1032, only, key="stranger", SSH_AUTH_SOCK=agent,
                       said=["the server refused the key"])
            with self.ssh_agent() as agent:
                self.c(peer, PUBLIC_KEY, 0, first, key="ed25519", SSH_AUTH_SOCK=agent)
                self.c(peer, PUBLIC_KEY, 272, only, SSH_AUTH_SOCK=agent, said=["holds 0 key(s)", "ssh-add"])
            self.c(peer, PUBLIC_KEY, 0, first, key="ed25519", SSH_AUTH_SOCK=agent)
            self.c(peer, PUBLIC_KEY, 271, only, SSH_AUTH_SOCK=agent, said=["no such socket"])
            self.c(peer, PUBLIC_KEY, 271, only, said=["SSH_AUTH_SOCK is not set"])

    def check_c_agent_many_keys(self):
        """A server that hears six attempts hears five keys, each asked about and none signed in vain."""
        strangers = [self.world.make_key(f"c-stranger-{i}", "ed25519", None) for i in range(5)]
        only = "EnablePageantAuth=2"
        with self.world.openssh("MaxAuthTries 6") as peer:
            with self.ssh_agent(*strangers[:4], "ed25519") as agent:
                said = self.c(peer, PUBLIC_KEY, 0, only, SSH_AUTH_SOCK=agent)
                assert said.count("status Asking whether publickey") == 5, said
                assert tried(said) == ["publickey"], said
                assert "status Trying publickey with ssh-ed25519" in said, said
            with self.ssh_agent(*strangers, "ed25519") as agent:
                said = self.c(peer, PUBLIC_KEY, 1032, only, SSH_AUTH_SOCK=agent)
                assert tried(said) == [], said
                # The public half of the key says which of them is meant.
                self.c(peer, PUBLIC_KEY, 0, only, key="ed25519", SSH_AUTH_SOCK=agent)

    def check_c_agent_waits_for_a_person(self):
        """A server that goes while an agent asks its user ends the login at once."""
        asked, gate = self.world.path("asked"), self.world.path("gate")
        os.mkfifo(asked)
        os.mkfifo(gate)
        ask = {"SSH_ASKPASS": self.askpass("slow", f"echo > {asked}; read line < {gate}"), "DISPLAY": ":0",
               "SSH_ASKPASS_REQUIRE": "force"}
        with self.world.openssh() as peer, CutByHand(peer.port) as cut, \
                self.ssh_agent("ed25519", options=["-c"], more=ask) as agent:
            cutter = threading.Thread(target=lambda: (open(asked, encoding="utf-8").read(), cut.cut()))
            cutter.start()
            try:
                self.c(cut, PUBLIC_KEY, 1120, "EnablePageantAuth=2", SSH_AUTH_SOCK=agent)
            finally:  # neither thread nor script may wait for ever
                for path in (asked, gate):
                    os.close(os.open(path, os.O_RDWR))
                cutter.join(harness.LIMIT)

    # ---- tokens, security keys, certificates -----------------------------------------------------

    def check_c_pkcs11(self):
        module = self.softhsm()
        store = f"pkcs11:token=one?module-path={module}"
        environment = self.hsm_environment()

        def login(peer, code, *said, pin=PIN, subject="ec", uri=store):
            self.world.keys["uri"] = uri
            self.c(peer, PUBLIC_KEY, code, key="uri", STORE_TYPE=PKCS11, STORE_PASSWORD=pin, SUBJECT=subject,
                   said=said, SOFTHSM2_CONF=environment["SOFTHSM2_CONF"],
                   ASAN_OPTIONS=environment["ASAN_OPTIONS"])
        with self.token_peer(store) as (peer, _):
            for name in ("rsa", "ec", "ec384", "*"):
                login(peer, 0, subject=name)
            self.c_not_set(peer, "uri", 278, "the PIN is wrong", STORE_TYPE=PKCS11, STORE_PASSWORD="999999",
                           SOFTHSM2_CONF=environment["SOFTHSM2_CONF"])

    def c_not_set(self, peer, key, code, *parts, **more):
        """The store does not give the key, and says why."""
        done = subprocess.run([self.program, str(peer.port), self.user.name, PUBLIC_KEY, "x"],
                              env=self.environment(KEY=self.world.keys[key], ACCEPT="1", **more), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.LIMIT)
        assert f"not set, {code}: " in done.stdout, done.stdout + done.stderr
        for part in parts:
            assert part in done.stdout, done.stdout

    def check_c_security_key(self):
        for kind in ("ed25519-sk", "ecdsa-sk"):
            yield kind, lambda kind=kind: self.c_security_key(kind)

    def c_security_key(self, kind):
        path, provider = self.sk_key("c-" + kind, kind)
        self.world.keys["sk"] = path
        authorized = self.world.write("c-sk-" + kind, self.world.public(path))
        setting = "SecurityKeyProvider=" + provider
        with self.world.openssh(f"AuthorizedKeysFile {authorized}") as peer:
            self.c(peer, PUBLIC_KEY, 0, setting, key="sk", STORE_TYPE=SECURITY_KEY,
                   said=["accepted publickey"])
            self.c(peer, PUBLIC_KEY, 0, key="sk", STORE_TYPE=SECURITY_KEY, SSH_SK_PROVIDER=provider)
            self.c(peer, PUBLIC_KEY, 1032, "SecurityKeyProvider=/nowhere/sk.so", key="sk",
                   STORE_TYPE=SECURITY_KEY, said=["/nowhere/sk.so"])

    def certificate_line(self, certificate):
        with open(certificate, encoding="utf-8") as f:
            return " ".join(f.read().split()[:2])

    def check_c_signed_certificate(self):
        """The certificate as a setting alone, and the names that RSA's may be used by."""
        for kind, bits in (("ed25519", None), ("ecdsa", 256), ("rsa", 2048)):
            yield kind, lambda kind=kind, bits=bits: self.c_signed_certificate(kind, bits)

    def c_signed_certificate(self, kind, bits):
        name, certificate = self.certified_user(kind, bits, "-n", self.user.name)
        line = self.certificate_line(certificate)
        os.remove(certificate)
        with self.user_server() as peer:
            self.c(peer, PUBLIC_KEY, 1032, key=name)
            said = self.c(peer, PUBLIC_KEY, 0, "SignedSSHCert=" + line, key=name)
            assert "cert-v01@openssh.com key SHA256:" in said, said
            if kind == "rsa":
                blob = line.split()[1]
                for hash_name in ("rsa-sha2-256", "rsa-sha2-512"):
                    algorithm = hash_name + "-cert-v01@openssh.com"
                    said = self.c(peer, PUBLIC_KEY, 0, f"SignedSSHCert={algorithm} {blob}", key=name)
                    assert f"Trying publickey with {algorithm}" in said, said
            with self.ssh_agent(name) as agent:  # the agent has the key, the setting its certificate
                self.c(peer, PUBLIC_KEY, 0, "SignedSSHCert=" + line, "EnablePageantAuth=1", key=name,
                       SSH_AUTH_SOCK=agent)

    def check_c_x509(self):
        """Host and user by X.509 certificates; the event names the host's."""
        for kind, algorithm in (("rsa", "x509v3-rsa2048-sha256"), ("ecdsa256", "x509v3-ecdsa-sha2-nistp256")):
            yield algorithm, lambda kind=kind, algorithm=algorithm: self.c_x509(kind, algorithm)

    def c_x509(self, kind, algorithm):
        with self.asyncssh(kind, algorithm) as server:
            self.world.keys["c-x509"] = server.user_key

            def login(code, *settings, ca=server.ca, said=()):
                return self.c(server, PUBLIC_KEY, code, f"SSHPublicKeyAlgorithms={algorithm}",
                              f"SSHPubKeyAuthSigAlgorithms={algorithm},{server.plain}",
                              "SSHTrustedCAFile=" + ca, *settings, key="c-x509", user="x509user",
                              KNOWN_HOSTS="", said=said)
            login(0, said=["certificate of CN=host by CN=authority", "accept 1",
                           f"Trying publickey with {algorithm}"])
            login(1030, ca=server.other_ca, said=["certificate of CN=host by CN=authority", "accept 0"])
            # The authority signed the host's certificate, and its key is revoked.
            pem = self.world.write("x509-ca-key", harness.quiet("openssl", "x509", "-in", server.ca, "-noout",
                                                                "-pubkey"))
            line = harness.quiet(harness.KEYGEN, "-i", "-m", "PKCS8", "-f", pem)
            known = self.world.write("x509-revoked", "@revoked * " + line)
            login(1030, "SSHKnownHostsFile=" + known, said=["authority behind the host key is marked as revoked"])

    # ---- known_hosts -----------------------------------------------------------------------------

    def check_c_known_hosts_added_to(self):
        """What is accepted is written where it is asked for, for ssh-keygen to find, and read again."""
        known = self.world.path("c-added")
        add, read = "KnownHostsAdd=" + known, "SSHKnownHostsFile=" + known
        with self.world.openssh() as peer:
            self.c(peer, PUBLIC_KEY, 0, key="ed25519", ACCEPT="1")
            assert not os.path.exists(known), "written without being asked to"
            self.c(peer, PUBLIC_KEY, 1030, add, key="ed25519", pin="rsa2048")
            assert not os.path.exists(known), "a host that was refused was written down"
            self.c(peer, PUBLIC_KEY, 0, add, key="ed25519", ACCEPT="1")
            found = harness.quiet(harness.KEYGEN, "-F", f"[127.0.0.1]:{peer.port}", "-f", known)
            assert self.world.public(self.world.host_keys["ed25519"]).split()[1] in found, found
            assert os.stat(known).st_mode & 0o777 == 0o600, oct(os.stat(known).st_mode)
            said = self.c(peer, PUBLIC_KEY, 0, read, add, key="ed25519", KNOWN_HOSTS=known)
            assert "accept 1" in said, said
            with open(known, encoding="utf-8") as f:
                assert f.read().count("\n") == 1, "a host that is known was written down again"

    # ---- Kerberos --------------------------------------------------------------------------------

    def c_kerberos(self, peer, code, *settings, cache=None, mode=GSSAPI, **more):
        return self.c(peer, mode, code, *settings, KRB5_CONFIG=self.realm.path("krb5.conf"),
                      KRB5CCNAME="FILE:" + (cache or self.realm.path("no-such-cache")), **more)

    def check_c_kerberos_delegation(self):
        for value, expected in (("True", True), ("False", False)):
            yield value, lambda value=value, expected=expected: self.c_delegation(value, expected)

    def c_delegation(self, value, expected):
        with self.kerberos_sshd() as peer:
            self.c_kerberos(peer, 0, f"KerberosDelegation={value}", cache=self.ticket)
        assert ("Got no client credentials" not in peer.messages()) == expected, peer.messages()

    def check_c_kerberos_password(self):
        with self.kerberos_sshd() as peer:
            self.c_kerberos(peer, 0, password=USER_PASSWORD)
            self.c_kerberos(peer, 1032, password="not it", said=["for this password"])

    def check_c_kerberos_keyex(self):
        """AuthMode 7: the host is proved by Kerberos, and no key of its own is asked about."""
        with self.keyex_sshd() as peer:
            said = self.c_kerberos(peer, 0, cache=self.ticket, mode=KEYEX, KNOWN_HOSTS="")
            assert "host key " not in said and "Key exchange: gss-" in said, said
            self.c_kerberos(peer, 1032, mode=KEYEX, KNOWN_HOSTS="", said=["No Kerberos credentials"])

    def check_c_kerberos_as_a_factor(self):
        """KerberosSPN makes Kerberos one of the methods of AuthMode 1."""
        with self.kerberos_sshd("PubkeyAuthentication yes",
                                "AuthenticationMethods gssapi-with-mic,publickey") as peer:
            said = self.c_kerberos(peer, 0, "KerberosSPN=host/127.0.0.1", cache=self.ticket, mode=MULTI_FACTOR,
                                   key="ed25519")
            assert tried(said) == ["gssapi-with-mic", "publickey"], said

    # ---- methods ---------------------------------------------------------------------------------

    def check_c_custom(self):
        self.need_password()
        with self.world.openssh() as peer:
            self.c(peer, CUSTOM, 0, password=self.user.password)
            self.c(peer, CUSTOM, 1032, password="not it", said=["said 33"])  # SSH_MSG_USERAUTH_FAILURE

    def check_c_custom_sees_every_message(self):
        """The banner, and a question that another method asks."""
        self.need_password()
        banner = self.world.write("c-banner", "Only for friends\n")
        with self.world.openssh(f"Banner {banner}") as peer:
            text = b"Only for friends\n"
            packet = (bytes([53]) + len(text).to_bytes(4, "big") + text + bytes(4)).hex()
            self.c(peer, CUSTOM, 0, password=self.user.password, said=["said " + packet])

    def check_c_custom_new_password(self):
        """A host of its own method answers SSH_MSG_USERAUTH_PASSWD_CHANGEREQ itself."""
        with AsyncsshPeer("change") as peer:
            said = self.asyncssh_login(peer, CUSTOM, 1032, password="old")
            assert "said 3c" in said, said
            self.asyncssh_login(peer, CUSTOM, 0, password="old", NEW_PASSWORD="better")
        assert peer.told == ["old", "old", ["old", "better"]], peer.told

    def check_c_no_method(self):
        """AuthMode 0 asks for the method "none", and believes no server that refuses it."""
        with self.world.openssh() as peer:
            said = self.c(peer, "0", 1032, said=["the server wants a credential"])
            assert tried(said) == ["none"], said

    def check_c_try_all_order(self):
        """What AuthMode says, then publickey, then the password by both of its ways."""
        self.need_password()
        try_all = "TryAllAvailableAuthMethods=True"
        with self.world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes") as peer:
            said = self.c(peer, PASSWORD, 1032, try_all, password="not it", key="stranger")
            # The prompt of PAM is the host's to answer; the password that was refused is not sent again.
            assert tried(said) == ["password", "publickey", "keyboard-interactive"], said
            said = self.c(peer, PUBLIC_KEY, 0, try_all, password=self.user.password, key="stranger")
            assert tried(said) == ["publickey", "password"], said
            said = self.c(peer, PUBLIC_KEY, 1032, password=self.user.password, key="stranger")
            assert tried(said) == ["publickey"], said

    def check_c_two_keys(self):
        """publickey,publickey: two of the agent's; none counts twice."""
        with self.world.openssh("AuthenticationMethods publickey,publickey") as peer:
            with self.ssh_agent("ed25519", "rsa3072") as agent:
                for mode in (MULTI_FACTOR, PUBLIC_KEY):
                    said = self.c(peer, mode, 0, "EnablePageantAuth=1", SSH_AUTH_SOCK=agent)
                    assert tried(said) == ["publickey", "publickey"], said
            self.c(peer, MULTI_FACTOR, 1032, key="ed25519", said=["an earlier step succeeded"])
            with self.ssh_agent("ed25519") as agent:  # the same key is not another
                said = self.c(peer, MULTI_FACTOR, 1032, "EnablePageantAuth=1", key="ed25519",
                              SSH_AUTH_SOCK=agent)
                assert tried(said) == ["publickey"], said

    def check_c_key_password_and_questions(self):
        self.need_password()
        with self.world.openssh("UsePAM yes", "KbdInteractiveAuthentication yes",
                                "AuthenticationMethods publickey,password,keyboard-interactive") as peer:
            said = self.c(peer, MULTI_FACTOR, 0, key="ed25519", password=self.user.password)
            assert tried(said) == ["publickey", "password", "keyboard-interactive"], said
            assert said.count("prompt ") == 1, said

    # ---- each failure its own words, from C and from the command line ----------------------------

    def alike(self, peer, code, exit_status, parts, c, tool):
        """`c` are c_login's arguments, `tool` login's: both fail alike."""
        result = self.login(peer.port, *tool.pop("arguments", ()), status=exit_status, **tool)
        said = self.c(peer, c.pop("mode"), code, *c.pop("settings", ()), **c)
        assert result["code"] == code, result
        for part in parts:
            assert part in result["message"] and part in said, (part, result["message"], said)

    def check_fails_alike(self):
        yield "wrong password", self.wrong_password
        yield "wrong key", self.wrong_key
        yield "revoked user key", self.revoked_user_key
        for name, options, part in (
                ("expired", ("-V", "20200101:20200102"), "expired at 2020-01-02"),
                ("not yet valid", ("-V", "20900101:20900102"), "is not valid before 2090-01-01"),
                ("wrong principal", ("-n", "nobody-here"), "is not for user"),
                ("no principal", ("-n", ""), "names no user at all")):
            yield "user certificate, " + name, lambda o=options, p=part: self.bad_user_certificate(o, p)
        for name, options, part in (
                ("expired", ("-V", "20200101:20200102"), "expired at 2020-01-02"),
                ("wrong principal", ("-n", "other"), "is not for 127.0.0.1"),
                ("no principal", ("-n", ""), "names no host at all")):
            yield "host certificate, " + name, lambda o=options, p=part: self.bad_host_certificate(o, p)
        yield "revoked host key", self.revoked_host_key
        yield "revoked authority", self.revoked_host_authority
        yield "changed host key", self.changed_host_key
        yield "expired ticket", self.expired_ticket
        yield "wrong Kerberos password", self.wrong_kerberos_password
        yield "ticket of somebody else", self.ticket_of_somebody_else

    def wrong_password(self):
        self.need_password()
        with self.world.openssh() as peer:
            self.alike(peer, 1032, 1, ["the server refused the password", "methods that can continue"],
                       {"mode": PASSWORD, "password": "not it"},
                       {"arguments": ("--mode", "password"), "password": "not it"})

    def wrong_key(self):
        with self.world.openssh() as peer:
            print_of = self.world.fingerprint(self.world.keys["stranger"])
            self.alike(peer, 1032, 1, ["the server refused the key", "the last key tried", print_of],
                       {"mode": PUBLIC_KEY, "key": "stranger"},
                       {"arguments": ("--mode", "publickey"), "key": "stranger"})

    def revoked_user_key(self):
        revoked = self.world.write("revoked-users", self.world.public(self.world.keys["ed25519"]))
        with self.world.openssh(f"RevokedKeys {revoked}") as peer:
            self.alike(peer, 1032, 1, ["the server refused the key"], {"mode": PUBLIC_KEY, "key": "ed25519"},
                       {"arguments": ("--mode", "publickey"), "key": "ed25519"})
            assert "revoked" in peer.messages(), peer.messages()

    def bad_user_certificate(self, options, part):
        names = () if "-n" in options else ("-n", self.user.name)
        options = [each for each in (*names, *options) if each not in ("-n", "")] if "" in options else \
            [*names, *options]
        name, certificate = self.certified_user("ed25519", None, *options)
        line = self.certificate_line(certificate)
        with self.user_server() as peer:
            self.alike(peer, 1032, 1, ["the server refused the key", f'the certificate "made for {name}"', part],
                       {"mode": PUBLIC_KEY, "key": name, "settings": ["SignedSSHCert=" + line]},
                       {"arguments": ("--mode", "publickey"), "key": name})

    def bad_host_certificate(self, options, part):
        names = () if "-n" in options else ("-n", "127.0.0.1")
        options = () if "" in options else (*names, *options)
        lines, _ = self.certified_host("ed25519", *options)
        authority = self.world.public(self.authority()).strip()
        with self.world.openssh(*lines, host_keys=[]) as peer:
            self.alike(peer, 1030, 3, [part],
                       {"mode": PUBLIC_KEY, "key": "ed25519", "settings": ["SSHAcceptServerCAKey=" + authority],
                        "KNOWN_HOSTS": ""},
                       {"arguments": self.trusting(), "accept": None, "key": "ed25519"})
            assert "userauth-request" not in peer.messages(), "a credential left before the verdict"

    def trust_fails(self, peer, known, *parts, settings=(), arguments=()):
        self.alike(peer, 1030, 3, parts,
                   {"mode": PUBLIC_KEY, "key": "ed25519", "settings": settings, "KNOWN_HOSTS": known},
                   {"arguments": ("--known-hosts", known, *arguments), "accept": None, "key": "ed25519"})
        assert "userauth-request" not in peer.messages(), "a credential left before the verdict"

    def revoked_host_key(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("c-revoked", peer.port, self.world.host_keys["ed25519"])
            with open(known, "a+", encoding="utf-8") as f:
                f.seek(0)
                f.write("@revoked " + f.read())
            self.trust_fails(peer, known, f"is marked as revoked in {known} line 2")
            # Neither its fingerprint nor whoever accepts any key can speak for it.
            self.c(peer, PUBLIC_KEY, 1030, "SSHKnownHostsFile=" + known, "SSHAcceptAnyServerHostKey=True",
                   key="ed25519", said=["marked as revoked"])

    def revoked_host_authority(self):
        lines, _ = self.certified_host("ed25519", "-n", "127.0.0.1")
        authority = self.world.public(self.authority()).strip()
        known = self.world.write("c-revoked-ca", f"@cert-authority * {authority}\n@revoked * {authority}\n")
        with self.world.openssh(*lines, host_keys=[]) as peer:
            self.trust_fails(peer, known, f"authority behind the host key is marked as revoked in {known} line 2",
                             settings=["SSHAcceptServerCAKey=" + authority], arguments=self.trusting())

    def changed_host_key(self):
        with self.world.openssh() as peer:
            known = self.world.known_hosts("c-changed", peer.port, self.world.keys["ed25519"])
            self.trust_fails(peer, known, f"is not the ssh-ed25519 key in {known} line 1")

    def kerberos_alike(self, code, exit_status, *parts, cache=None, password=None):
        with self.kerberos_sshd() as peer:
            environment = {"KRB5_CONFIG": self.realm.path("krb5.conf"),
                           "KRB5CCNAME": "FILE:" + (cache or self.realm.path("no-such-cache"))}
            secret = {"password": password} if password else {}
            self.alike(peer, code, exit_status, parts, {"mode": GSSAPI, **secret, **environment},
                       {"arguments": MIC, "environment": environment, **secret})

    def expired_ticket(self):
        realm = self.need_realm()
        expired = realm.expire(realm.ticket("c-expired", self.user.name, USER_PASSWORD))
        self.kerberos_alike(1032, 6, "gives no ticket for the service", "expired", cache=expired)

    def wrong_kerberos_password(self):
        self.need_realm()
        self.kerberos_alike(1032, 6, f"gives no ticket to {self.user.name} for this password",
                            password="not it")

    def ticket_of_somebody_else(self):
        other = self.need_realm().ticket("c-other", "somebody-else", USER_PASSWORD)
        self.kerberos_alike(1032, 1, "does not let this GSSAPI identity in as this user", cache=other)
