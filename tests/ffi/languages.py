"""The hosts: one row for each language, with what its program needs and how it is built and started.

Where a run-time can be told to look closer at what crosses into C, or to collect garbage all the time
so that a callback which nobody keeps is found out, it is told so.
"""
import os
import pathlib
import shutil
import subprocess

from checks import Skip

HERE = pathlib.Path(__file__).resolve().parent
JNA = pathlib.Path("/usr/share/java/jna.jar")
LIMIT = 300  # seconds; only a compiler that hangs gets there


class Place:
    """Where things are: the library, the headers, a folder to build in, the compiled C and C++ programs."""

    def __init__(self, library, include, build, c, cpp):
        self.library, self.include, self.build = pathlib.Path(library), include, pathlib.Path(build)
        self.c, self.cpp = c, cpp

    def environment(self):
        """For compilers and hosts alike; Go and Mono want a home."""
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "NODE_PATH")}
        return {**kept, "HOME": str(self.build), "LC_ALL": "C.UTF-8",
                "LD_LIBRARY_PATH": str(self.library.parent)}


def need(command, package):
    if shutil.which(command) is None:
        raise Skip(f"there is no {command}; Debian's package is {package}")


def need_that_runs(place, package, *command):
    done = subprocess.run(command, env=place.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT)
    if done.returncode != 0:
        raise Skip(f"`{' '.join(command)}` fails; needed is {package}")


def build(place, *command, **more):
    done = subprocess.run(command, env={**place.environment(), **more}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"


def c(place):
    return [place.c]


def cpp(place):
    return [place.cpp]


def python(_place):
    return ["python3", "-X", "dev", "-W", "error", HERE / "login.py"]


def node(place):
    need("node", "nodejs")
    need_that_runs(place, "koffi from npm: `tests/ffi/node/install.sh FOLDER`, then "
                   "NODE_PATH=FOLDER/node_modules", "node", "-e", "require('koffi')")
    return ["node", HERE / "login.js"]


def luajit(_place):
    need("luajit", "luajit")
    return ["luajit", HERE / "login.lua"]


def perl(place):
    need("perl", "perl")
    need_that_runs(place, "Debian's libffi-platypus-perl", "perl", "-MFFI::Platypus", "-e1")
    return ["perl", HERE / "login.pl"]


def ruby(_place):
    need("ruby", "ruby")
    return ["ruby", HERE / "login.rb"]


def java(place):
    need("javac", "default-jdk-headless")
    if not JNA.exists():
        raise Skip(f"there is no {JNA}; Debian's package is libjna-java")
    build(place, "javac", "-Xlint:all", "-Werror", "-cp", JNA, "-d", place.build, HERE / "Login.java")
    return ["java", "-Dfile.encoding=UTF-8", "-cp", f"{JNA}:{place.build}", "Login"]


def go(place):
    need("go", "golang-go")
    program = place.build / "login-go"
    build(place, "go", "build", "-o", program, HERE / "login.go", CGO_CFLAGS=f"-I{place.include}",
          CGO_LDFLAGS=f"-L{place.library.parent}", GO111MODULE="off", CGO_ENABLED="1")
    return ["env", "GODEBUG=cgocheck=2", "GOGC=1", program]


def csharp(place):
    need("mcs", "mono-mcs")
    need("mono", "mono-runtime")
    program = place.build / "Login.exe"
    build(place, "mcs", "-warnaserror", f"-out:{program}", HERE / "Login.cs")
    return ["env", "MONO_GC_DEBUG=collect-before-allocs", "mono", program]


def php(place):
    need("php", "php-cli")
    need_that_runs(place, "PHP with its FFI, as in Debian's php-cli", "php", "-d", "ffi.enable=1", "-r", "FFI::cdef('');")
    return ["php", "-d", "ffi.enable=1", HERE / "login.php"]


# What the README calls it, and what gives its command line or raises Skip.
LANGUAGES = {"C": c, "C++": cpp, "Python": python, "Node.js": node, "LuaJIT": luajit, "Perl": perl,
             "Ruby": ruby, "Java": java, "Go": go, "C#": csharp, "PHP": php}
