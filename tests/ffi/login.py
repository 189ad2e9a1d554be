#!/usr/bin/env python3
"""Python, by ctypes.

    login.py HOST PORT USER MODE FINGERPRINT KEY-FILE

MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
Exit status: 0 authenticated, 1 not, 2 used wrongly.
"""
import os
import sys
import traceback
from ctypes import CDLL, CFUNCTYPE, POINTER, c_char_p, c_int, c_void_p, string_at

CONNECTED, DISCONNECTED, KEYBOARD_INTERACTIVE, SERVER_AUTHENTICATION, SSH_STATUS = 1, 3, 7, 8, 9
MODES = {"password": 2, "publickey": 3, "keyboard-interactive": 4}
CST_AUTO = 99
SINK = CFUNCTYPE(c_int, c_void_p, c_int, c_int, POINTER(c_void_p), POINTER(c_int))

library = CDLL("libipworksauth.so.0")


def function(name, result, *parameters):
    """Undeclared, ctypes takes every argument and result for an int, which is half a pointer."""
    found = getattr(library, "ipworksauth_" + name)
    found.restype, found.argtypes = result, parameters
    return found


create = function("sshauth_create", c_void_p, SINK, c_void_p, c_char_p, c_int)
evtstr = function("evtstr", c_void_p, c_void_p, c_int, c_char_p, c_int)
last_error = function("sshauth_getlasterror", c_char_p, c_void_p)
last_error_code = function("sshauth_getlasterrorcode", c_int, c_void_p)


class SSHAuthError(Exception):
    pass


class SSHAuth:
    """The object; what the library's functions take as texts are UTF-8 octets."""

    def __init__(self, on_event):
        self._on_event = on_event
        self._sink = SINK(self._safely)  # the library keeps the pointer, so Python must keep what it points to
        self._object = create(self._sink, None, None, 0)

    def _safely(self, _context, event, _count, param, cbparam):
        """For what is raised in a callback ctypes returns some number to the library."""
        try:
            self._on_event(event, param, cbparam)
            return 0
        except Exception:
            traceback.print_exc()
            return 1

    def close(self):
        function("sshauth_destroy", c_int, c_void_p)(self._object)

    def call(self, name, *values, result=c_int):
        types = [c_int if isinstance(value, int) else c_char_p for value in values]
        got = function("sshauth_" + name, result, c_void_p, *types)(self._object, *values)
        if code := last_error_code(self._object):
            raise SSHAuthError(code, last_error(self._object).decode())
        return got.decode() if result is c_char_p else got


def on_event(event, param, cbparam):
    def text(i):
        return string_at(param[i]).decode()
    if event in (CONNECTED, DISCONNECTED):  # a number is in the slot itself, and ctypes gives None for 0
        print("connected" if event == CONNECTED else "disconnected", param[0] or 0, text(1))
    elif event == SSH_STATUS:
        print("status", text(0))
    elif event == SERVER_AUTHENTICATION:
        print("host key", text(2), string_at(param[0], cbparam[0]).hex())
        print("fingerprint", text(1))
        param[6] = int(text(1) == fingerprint)
    elif event == KEYBOARD_INTERACTIVE:
        print("prompt", text(2))
        evtstr(param[3], 2, password, 1)


if len(sys.argv) != 7 or sys.argv[4] not in MODES or "PASSWORD" not in os.environ:
    print("usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment", file=sys.stderr)
    sys.exit(2)
host, port, user, mode, fingerprint, key_file = sys.argv[1:]
password = os.environb[b"PASSWORD"]
auth = SSHAuth(on_event)
try:
    auth.call("config", f"FirewallUser={user}".encode())  # what Config stores, a getter reads
    auth.call("setsshhost", host.encode())
    auth.call("setsshport", int(port))
    auth.call("setuser", user.encode())
    auth.call("setpassword", password)
    auth.call("setsshcertstoretype", CST_AUTO)
    auth.call("setsshcertstore", os.fsencode(key_file), len(os.fsencode(key_file)))
    auth.call("setauthmode", MODES[mode])
    print("user", auth.call("getuser", result=c_char_p))
    print("proxy user", auth.call("getfirewalluser", result=c_char_p))
    auth.call("authenticate")
    print("authenticated")
except SSHAuthError as error:
    sys.exit(f"{error.args[0]} {error.args[1]}")
finally:
    auth.close()
