#!/usr/bin/env python3
"""A host in Python speaks keyboard-interactive (RFC 4256) and password (RFC 4252) itself, with no
codec but the functions of packet.h.

custom.py SSHAUTH LIBRARY"""
import ctypes
import pathlib
import sys
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_uint32, c_void_p, create_string_buffer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
from harness import Serve

tool, library = sys.argv[1], ctypes.CDLL(sys.argv[2])
SINK = CFUNCTYPE(c_int, c_void_p, c_int, c_int, POINTER(c_void_p), POINTER(c_int))
CUSTOM_EVENT, AM_CUSTOM, SIZE = 6, 6, 70001
REQUEST, FAILURE, BANNER, INFO_REQUEST, INFO_RESPONSE = 50, 51, 53, 60, 61


def function(name, result, *parameters):
    found = getattr(library, "ipworksauth_" + name)
    found.restype, found.argtypes = result, parameters
    return found


class Out:
    """A message being written."""

    KINDS = {"byte": c_int, "boolean": c_int, "int": c_uint32, "string": c_char_p, "sb": c_char_p}

    def __init__(self, message):
        self.text = create_string_buffer(SIZE)
        self.put("byte", message)

    def put(self, kind, value):
        write = function("packet_write_" + kind, c_int, c_char_p, c_int, self.KINDS[kind])
        assert write(self.text, SIZE, value) == 0
        return self


class In:
    """A message being read."""

    def __init__(self, text):
        self.text, self.at = text, c_int(0)

    def number(self, kind):
        value = (c_uint32 if kind == "int" else c_int)()
        read = function("packet_read_" + kind, c_int, c_char_p, c_void_p, c_void_p)
        assert read(self.text, byref(self.at), byref(value)) == 0
        return value.value

    def string(self):
        value = create_string_buffer(SIZE)
        read = function("packet_read_string", c_int, c_char_p, c_void_p, c_char_p, c_int)
        assert read(self.text, byref(self.at), value, SIZE) == 0
        return value.value.decode()

    def end(self):
        assert function("packet_end", c_int, c_char_p, c_int)(self.text, self.at) == 0


def request(method):
    out = Out(REQUEST)
    for text in (b"alice", b"ssh-connection", method):
        out.put("string", text)
    return out


class Host:
    def __init__(self, answers, password=None):
        self.answers, self.password, self.heard = answers, password, []

    def next_message(self, said):
        """What to send; None gives up."""
        if not said:
            if self.password is not None:
                return request(b"password").put("boolean", 0).put("sb", self.password.hex().encode())
            return request(b"keyboard-interactive").put("string", b"").put("string", b"")
        packet = In(said)
        message = packet.number("byte")
        self.heard.append(message)
        return self.respond(packet) if message == INFO_REQUEST else None

    def respond(self, packet):
        assert [packet.string() for _ in range(3)][2] == ""  # name, instruction, language
        out = Out(INFO_RESPONSE)
        count = packet.number("int")
        out.put("int", count)
        for _ in range(count):
            prompt, _echo = packet.string(), packet.number("boolean")
            out.put("string", self.answers[prompt].encode())
        packet.end()
        return out

    def on_event(self, _context, event, _count, param, _lengths):
        if event != CUSTOM_EVENT:
            return 0
        slot = param[0]
        evtstr = function("evtstr", c_void_p, c_void_p, c_int, c_char_p, c_int)
        out = self.next_message(ctypes.string_at(evtstr(slot, 0, None, 1)))
        if out is not None:
            evtstr(slot, 2, out.text, 1)
        return 0

    def log_in(self, port):
        sink = SINK(self.on_event)
        auth = function("sshauth_create", c_void_p, SINK, c_void_p, c_char_p, c_int)(sink, None, None, 0)
        function("sshauth_setsshhost", c_int, c_void_p, c_char_p)(auth, b"127.0.0.1")
        function("sshauth_setsshport", c_int, c_void_p, c_int)(auth, port)
        function("sshauth_setauthmode", c_int, c_void_p, c_int)(auth, AM_CUSTOM)
        function("sshauth_config", c_char_p, c_void_p, c_char_p)(auth, b"SSHAcceptAnyServerHostKey=true")
        code = function("sshauth_authenticate", c_int, c_void_p)(auth)
        function("sshauth_destroy", c_int, c_void_p)(auth)
        return code


with Serve(tool, "--user", "alice", "--password-env", "PW", "--prompt", "Code: =CODE",
           "--echo-prompt", "Again: =CODE", PW="open sesame", CODE="4711") as server:
    answers = {"Code: ": "4711", "Again: ": "4711"}
    right, wrong = Host(answers), Host({**answers, "Again: ": "4712"})
    assert right.log_in(server.port) == 0 and right.heard == [INFO_REQUEST], right.heard
    assert wrong.log_in(server.port) == 1032 and wrong.heard == [INFO_REQUEST, FAILURE], wrong.heard
    assert Host({}, b"open sesame").log_in(server.port) == 0
    assert Host({}, b"wrong").log_in(server.port) == 1032
print("4 logins")
