#!/usr/bin/env python3
"""A proxy that misbehaves, each way a row of BEHAVIOURS; some are odd and allowed, and lead on.

    misbehaving.py NAME SERVER_PORT      prints its port and serves until it is ended

A behaviour is a function of one connection, a `Client`: it hears, says, and perhaps carries octets to
the server. It runs for each connection anew; `client.number` counts them from 0.
"""
import contextlib
import dataclasses
import os
import select
import socket
import struct
import sys
import typing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
from harness import Loopback  # noqa: E402

LIMIT = 20  # seconds; only something that hangs gets there
HTTP, SOCKS4, SOCKS5, SOCKS4A = 1, 2, 3, 10

OK = b"HTTP/1.1 200 OK\r\n\r\n"
BASIC = b"Proxy-Authenticate: Basic realm=\"x\"\r\n"
EMPTY = b"Content-Length: 0\r\n"
GRANTED4 = b"\x00\x5a" + bytes(6)
GRANTED5 = b"\x05\x00\x00\x01" + bytes(6)


def login_wanted(*fields, body=b""):
    return b"HTTP/1.1 407 Login\r\n" + b"".join(fields) + b"\r\n" + body


class Gone(Exception):
    """The client hung up."""


class Client:
    """One connection of the library to the proxy."""

    def __init__(self, connection, number, server_port):
        self.connection, self.number, self._server_port = connection, number, server_port
        self._heard = b""

    def hear(self, enough):
        """Octets until `enough(octets)` gives their number; what comes after is kept."""
        while (length := enough(self._heard)) is None:
            octets = self.connection.recv(65536)
            if not octets:
                raise Gone()
            self._heard += octets
        head, self._heard = self._heard[:length], self._heard[length:]
        return head

    def hear_request(self):
        def enough(octets):
            end = octets.find(b"\r\n\r\n")
            return end + 4 if end >= 0 else None
        return self.hear(enough)

    def hear_octets(self, length):
        return self.hear(lambda octets: length if len(octets) >= length else None)

    def hear_greeting(self):
        version, methods = self.hear_octets(2)
        return bytes([version, methods]) + self.hear_octets(methods)

    def hear_socks5_request(self):
        head = self.hear_octets(5)
        return head + self.hear_octets({1: 3, 3: head[4], 4: 15}[head[3]] + 2)

    def hear_socks4_request(self):
        return self.hear_octets(8) + self.hear(lambda o: o.index(0) + 1 if 0 in o else None)

    def say(self, octets):
        self.connection.sendall(octets)

    def drip(self, octets):
        """Each octet in a packet of its own."""
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in octets:
            self.say(bytes([octet]))

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def wait_for_end(self):
        """Says nothing more until the client hangs up."""
        while self.connection.recv(65536):
            pass

    def carry(self, answer=b"", cut=None):
        """Says `answer` and passes octets on. With a cut, the answer and the server's first words
        are one text, sent in two parts."""
        with socket.create_connection(("127.0.0.1", self._server_port)) as server:
            if cut is None:
                self.say(answer)
            else:
                text = answer + server.recv(65536)
                self.say(text[:cut])
                self.say(text[cut:])
            server.sendall(self._heard)
            pair = [self.connection, server]
            while True:
                for source in select.select(pair, [], [], LIMIT)[0] or [None]:
                    octets = source.recv(65536) if source else b""
                    if not octets:
                        return
                    pair[source is self.connection].sendall(octets)


@dataclasses.dataclass
class Behaviour:
    name: str
    kind: int
    talk: typing.Callable[[Client], None]
    code: int = 118        # what the login comes to
    sentence: str = ""     # what its error must say
    logins: int = 1
    settings: dict = dataclasses.field(default_factory=dict)


class Misbehaving(Loopback):
    def __init__(self, behaviour, server_port):
        self._behaviour, self._server_port = behaviour, server_port
        self._number = -1
        self.complaints = []  # what a behaviour heard that it should not have
        super().__init__()

    def serve(self, connection):
        self._number += 1
        with connection, contextlib.suppress(OSError, Gone):
            connection.settimeout(LIMIT)
            try:
                self._behaviour.talk(Client(connection, self._number, self._server_port))
                with contextlib.suppress(OSError):  # what is unread would reset the connection
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
            except AssertionError as complaint:
                self.complaints.append(repr(complaint))


# ---- ways to misbehave ---------------------------------------------------------------------------

def says(*parts, hear=Client.hear_request, then=None):
    """Hears a request, says these parts, and perhaps does one thing more."""
    def talk(client):
        hear(client)
        for part in parts:
            client.say(part)
        if then:
            then(client)
    return talk


def hears_nothing(client):
    """Hangs up at once."""


def resets(client):
    client.hear_octets(1)
    client.reset()
    client.connection.close()
    raise Gone()


def without_end(head, piece):
    """Says `piece` until the client has had enough."""
    def talk(client):
        client.hear_request()
        client.say(head)
        while True:
            client.say(piece)
    return talk


def challenge_then(answer, **how):
    """The first connection asks for a login, the second looks for it."""
    def talk(client):
        request = client.hear_request()
        if client.number == 0:
            assert b"Authorization" not in request, request
            client.say(answer)
            return
        assert b"Proxy-Authorization: Basic " in request, request
        client.carry(OK, **how)
    return talk


def challenge_on_one_connection(body):
    def talk(client):
        assert b"Authorization" not in client.hear_request()
        client.say(login_wanted(BASIC, *body[:-1], body=body[-1]))
        assert b"Proxy-Authorization: Basic " in client.hear_request()
        client.carry(OK)
    return talk


def asks_again_and_again(client):
    while True:
        client.hear_request()
        client.say(login_wanted(b"Proxy-Authenticate: Digest realm=r, nonce=n, stale=true\r\n", EMPTY))


def hangs_up_after_each_challenge(client):
    client.hear_request()
    client.say(login_wanted(BASIC, b"Connection: close\r\n"))


def early_http(client):
    client.say(OK)
    client.hear_request()
    client.carry()


def early_socks5(client):
    """All its answers before the first question."""
    client.say(b"\x05\x00" + GRANTED5)
    client.hear_greeting()
    client.hear_socks5_request()
    client.carry()


def drips_http(client):
    client.hear_request()
    client.drip(b"HTTP/1.1 200 Slow but sure\r\nVia: 1.1 drip\r\n\r\n")
    client.carry()


def drips_socks5(client):
    client.hear_greeting()
    client.drip(b"\x05\x02")
    client.hear_octets(1)
    client.hear_octets(client.hear_octets(1)[0])
    client.hear_octets(client.hear_octets(1)[0])
    client.drip(b"\x01\x00")
    client.hear_socks5_request()
    client.drip(b"\x05\x00\x00\x03\x04host\x00\x16")
    client.carry()


def every_cut(answer, hear):
    """The server's identification comes with the answer; each login's text is cut one octet later."""
    def talk(client):
        hear(client)
        client.carry(answer, cut=client.number)
    return talk


def socks5_cut(client):
    client.hear_greeting()
    client.say(b"\x05\x00")
    client.hear_socks5_request()
    client.carry(GRANTED5, cut=client.number)


def socks5_reply(reply, then=None):
    def talk(client):
        client.hear_greeting()
        client.say(b"\x05\x00")
        client.hear_socks5_request()
        client.say(reply)
        if then:
            then(client)
    return talk


def socks5_refuses_login(client):
    client.hear_greeting()
    client.say(b"\x05\x02")
    client.hear_octets(1)
    client.say(b"\x01\x01")


SHORT = {"Timeout": 1}  # seconds, for those that never answer

BEHAVIOURS = [
    # closing
    Behaviour("http closes at once", HTTP, hears_nothing, sentence="closed the connection before it"),
    Behaviour("http closes unasked", HTTP, says(), sentence="closed the connection before it had"),
    Behaviour("http closes in a line", HTTP, says(b"HTTP/1.1 20"), sentence="after \"HTTP/1.1 20\""),
    Behaviour("http closes in its header", HTTP, says(OK[:-2]), sentence="within the header"),
    Behaviour("http resets", HTTP, resets, sentence="closed the connection before it had answered"),
    Behaviour("socks4 closes", SOCKS4, says(GRANTED4[:5], hear=Client.hear_socks4_request),
              sentence="after 5 of the 8 octets"),
    Behaviour("socks5 closes at once", SOCKS5, hears_nothing, sentence="before its choice of an"),
    Behaviour("socks5 closes in its reply", SOCKS5, socks5_reply(GRANTED5[:9]),
              sentence="after 9 octets of its reply"),
    Behaviour("socks5 resets", SOCKS5, resets, sentence="closed the connection before its choice"),
    # silence: the sentence names the stage
    Behaviour("http never answers", HTTP, says(then=Client.wait_for_end), 201, "(stage: proxy)",
              settings=SHORT),
    Behaviour("http stops in its header", HTTP, says(OK[:-2], then=Client.wait_for_end), 201,
              "(stage: proxy)", settings=SHORT),
    Behaviour("socks4a never answers", SOCKS4A, Client.wait_for_end, 201, "(stage: proxy)",
              settings=SHORT),
    Behaviour("socks5 never answers", SOCKS5, socks5_reply(b"", Client.wait_for_end), 201,
              "(stage: proxy)", settings=SHORT),
    Behaviour("silence within ConnectionTimeout", SOCKS5, Client.wait_for_end, 201,
              "no connection was made within 1 s (stage: proxy)", settings={"ConnectionTimeout": 1}),
    # odd, and allowed
    Behaviour("http answers before it is asked", HTTP, early_http, 0),
    Behaviour("socks5 answers before it is asked", SOCKS5, early_socks5, 0),
    Behaviour("http drips", HTTP, drips_http, 0),
    Behaviour("socks5 drips", SOCKS5, drips_socks5, 0),
    Behaviour("http at every cut", HTTP, every_cut(OK, Client.hear_request), 0, logins=len(OK) + 9),
    Behaviour("socks4a at every cut", SOCKS4A, every_cut(GRANTED4, Client.hear_socks4_request), 0,
              logins=len(GRANTED4) + 9),
    Behaviour("socks5 at every cut", SOCKS5, socks5_cut, 0, logins=len(GRANTED5) + 9),
    Behaviour("http interim answers", HTTP, lambda client: (
        client.hear_request(), client.carry(b"HTTP/1.1 100 Wait\r\n\r\n" * 3 + OK)), 0),
    # challenges
    Behaviour("login on one connection", HTTP, challenge_on_one_connection([EMPTY, b""]), 0),
    Behaviour("login after a body", HTTP, challenge_on_one_connection(
        [b"Content-Length: 60000\r\n", b"x" * 60000]), 0),
    Behaviour("login after chunks", HTTP, challenge_on_one_connection(
        [b"Transfer-Encoding: chunked\r\n", b"5\r\nchunk\r\n0\r\n\r\n"]), 0),
    Behaviour("login over a new connection", HTTP, challenge_then(
        login_wanted(BASIC, b"Connection: close\r\n", EMPTY)), 0),
    Behaviour("login over a new connection, in its own words", HTTP, challenge_then(
        login_wanted(BASIC, b"Proxy-Connection: close\r\n")), 0),
    Behaviour("login over a new connection, hung up", HTTP, challenge_then(
        login_wanted(BASIC, EMPTY)), 0),
    Behaviour("login behind an endless body", HTTP, challenge_then(
        login_wanted(BASIC, b"Content-Length: 999999999999\r\n", body=b"x" * 100000)), 0),
    Behaviour("asks again and again", HTTP, asks_again_and_again,
              sentence="refused the user name or the password (HTTP status 407)"),
    Behaviour("hangs up after each challenge", HTTP, hangs_up_after_each_challenge,
              sentence="refused the user name or the password"),
    Behaviour("asks for what nobody has", HTTP, says(login_wanted(
        b"Proxy-Authenticate: Negotiate, NTLM\r\n")), sentence="ours are Digest and Basic"),
    Behaviour("asks for integrity alone", HTTP, says(login_wanted(
        b"Proxy-Authenticate: Digest realm=r, nonce=n, qop=\"auth-int\"\r\n")), sentence="auth-int"),
    Behaviour("asks unreadably", HTTP, says(login_wanted(
        b"Proxy-Authenticate: Basic realm=\"x\r\n")), sentence="cannot be read"),
    # without end
    Behaviour("endless line", HTTP, without_end(b"HTTP/1.1 200 ", b"x" * 4096),
              sentence="an endless header line"),
    Behaviour("endless header", HTTP, without_end(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 512),
              sentence="an endless header"),
    Behaviour("endless interim answers", HTTP, without_end(b"", b"HTTP/1.1 102 Wait\r\n\r\n"),
              sentence="nothing but interim answers"),
    Behaviour("endless chunks", HTTP, without_end(login_wanted(
        BASIC, b"Transfer-Encoding: chunked\r\n"), b"1\r\nx\r\n" * 512),
              sentence="refused the user name or the password"),
    # refusing, or no proxy at all
    Behaviour("http refuses", HTTP, says(b"HTTP/1.1 403 Not you\r\n\r\n"),
              sentence="(HTTP status 403: Not you)"),
    Behaviour("http redirects", HTTP, says(b"HTTP/1.1 302 x\r\nLocation: http://x.test/\r\n\r\n"),
              sentence="redirects elsewhere (to http://x.test/)"),
    Behaviour("http with a huge status", HTTP, says(b"HTTP/1.1 20000000000 OK\r\n\r\n"),
              sentence="no status of 100 to 599"),
    Behaviour("http with lone line feeds", HTTP, says(b"HTTP/1.1 200 OK\n\n"), sentence="lone LF"),
    Behaviour("http with a folded line", HTTP, says(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"),
              sentence="folded"),
    Behaviour("http with a NUL", HTTP, says(b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n"),
              sentence="control characters"),
    Behaviour("an ssh server where http was expected", HTTP, says(b"SSH-2.0-x\r\n"),
              sentence="that is an SSH server"),
    Behaviour("an ssh server where socks was expected", SOCKS5,
              says(b"SSH-2.0-x\r\n", hear=Client.hear_greeting), sentence="it may be an SSH server"),
    Behaviour("socks4 refuses", SOCKS4, says(b"\x00\x5b" + bytes(6), hear=Client.hear_socks4_request),
              sentence="SOCKS4 code 91"),
    Behaviour("socks4 answers as socks5", SOCKS4, says(b"\x05\xff", hear=Client.hear_socks4_request),
              sentence="does not speak SOCKS4"),
    Behaviour("socks5 accepts no method", SOCKS5, says(b"\x05\xff", hear=Client.hear_greeting),
              sentence="accepts neither"),
    Behaviour("socks5 chooses what was not offered", SOCKS5,
              says(b"\x05\x01", hear=Client.hear_greeting), sentence="which was not offered"),
    Behaviour("socks5 refuses the login", SOCKS5, socks5_refuses_login,
              sentence="refused the user name or the password"),
    Behaviour("socks5 with an unknown address", SOCKS5, socks5_reply(b"\x05\x00\x00\x09"),
              sentence="unknown address type 9"),
    *(Behaviour(f"socks5 reply {code}", SOCKS5, socks5_reply(bytes([5, code, 0, 1]) + bytes(6)),
                sentence=f"(SOCKS5 code {code})") for code in (1, 2, 3, 4, 5, 6, 7, 8, 9, 255)),
]


def main():
    name, server_port = sys.argv[1:]
    with Misbehaving(next(b for b in BEHAVIOURS if b.name == name), int(server_port)) as proxy:
        print(proxy.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            proxy._threads[0].join()


if __name__ == "__main__":
    main()
