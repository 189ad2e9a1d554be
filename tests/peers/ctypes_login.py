"""The SSHAuth object from Python, by ctypes and the callback, as any dynamic host would."""
import ctypes

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
                            ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int))


class CtypesLogin:
    """One object; `events` collects (id, parameters as text where they are text)."""

    KEYBOARD_INTERACTIVE, SERVER_AUTHENTICATION = 7, 8
    AM_PASSWORD, AM_PUBLIC_KEY = 2, 3
    CST_PEM_KEY_FILE = 6

    def __init__(self, path):
        self._lib = ctypes.CDLL(path)
        self._declare()
        self.events, self.accept, self.answer = [], True, ""
        self.answer_by, self.stop_at = "evtstr", None
        self._kept = None  # a pointer given to the library must live until it has been read
        self._sink = CALLBACK(self._on_event)
        self._object = self._f("create")(self._sink, None, None, 0)
        if not self._object:
            raise MemoryError("create gave no object")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._f("destroy")(self._object)

    def _f(self, name):
        return getattr(self._lib, "ipworksauth_sshauth_" + name)

    def _declare(self):
        self._f("create").restype = ctypes.c_void_p
        self._f("create").argtypes = [CALLBACK, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        self._lib.ipworksauth_evtstr.restype = ctypes.c_void_p
        self._lib.ipworksauth_evtstr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        for name in ("destroy", "authenticate", "getlasterrorcode", "reset"):
            self._f(name).argtypes = [ctypes.c_void_p]
        self._f("getlasterror").argtypes = [ctypes.c_void_p]
        self._f("getlasterror").restype = ctypes.c_char_p
        for name in ("setsshhost", "setuser", "setpassword", "setsshcertsubject"):
            self._f(name).argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        for name in ("setsshport", "setauthmode", "setsshcertstoretype"):
            self._f(name).argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._f("setsshcertstore").argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]

    def _on_event(self, _context, event, count, param, cbparam):
        self.events.append((event, count))
        if event == self.stop_at:
            return 4711
        if event == self.SERVER_AUTHENTICATION:
            assert cbparam[0] > 0  # the host key blob comes with its length
            param[6] = ctypes.c_void_p(1 if self.accept else 0)
        if event == self.KEYBOARD_INTERACTIVE:
            answer = self.answer.encode()
            if self.answer_by == "evtstr":
                self._lib.ipworksauth_evtstr(param[3], 2, answer, 1)
            else:
                self._kept = ctypes.create_string_buffer(answer)
                param[3] = ctypes.cast(self._kept, ctypes.c_void_p)
        return 0

    def _set(self, name, *values):
        code = self._f(name)(self._object, *values)
        assert code == 0, f"{name}: {code} {self.error()}"

    def error(self):
        return self._f("getlasterror")(self._object).decode()

    def run(self, port, user, password=None, key=None, mode=None):
        """Authenticates; returns the library's code."""
        self._set("setsshhost", b"127.0.0.1")
        self._set("setsshport", port)
        self._set("setuser", user.encode())
        if key is not None:
            path = key.encode()
            self._set("setsshcertstoretype", self.CST_PEM_KEY_FILE)
            self._set("setsshcertstore", path, len(path))
            self._set("setsshcertsubject", b"*")
        if password is not None:
            self._set("setpassword", password.encode())
        self._set("setauthmode", mode or (self.AM_PUBLIC_KEY if key else self.AM_PASSWORD))
        code = self._f("authenticate")(self._object)
        assert code == self._f("getlasterrorcode")(self._object)
        return code
