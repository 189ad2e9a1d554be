#!/usr/bin/env python3
"""`meson install` puts a usable library into place: a C program finds it by pkg-config, builds
against the shared and the static library, and runs.

install.py SOURCE_ROOT BUILD_ROOT MESON CC"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

source, build, meson, *cc = pathlib.Path(sys.argv[1]), *sys.argv[2:]
if shutil.which("pkg-config") is None:
    print("pkg-config is not installed")
    sys.exit(77)


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        print("failed:", *command, "\n", done.stdout, done.stderr)
        sys.exit(1)
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    run(meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", root)
    pc = next(root.rglob("ipworksauth.pc"))
    env = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
    prefix = f"--define-variable=prefix={next(p for p in pc.parents if (p / 'include').is_dir())}"
    program = source / "tests/abi/program.c"

    flags = run("pkg-config", prefix, "--cflags", "--libs", "ipworksauth", env=env).split()
    run(*cc, "-std=c99", "-Wall", "-Werror", program, "-o", root / "with_shared", *flags)
    folders = ":".join({str(p.parent) for p in root.rglob("libipworksauth.so.0")})
    run(root / "with_shared", env=dict(os.environ, LD_LIBRARY_PATH=folders))

    flags = run("pkg-config", prefix, "--static", "--cflags", "--libs", "ipworksauth",
                env=env).split()
    static = str(next(root.rglob("libipworksauth.a")))
    flags = [static if f == "-lipworksauth" else f for f in flags]
    run(*cc, "-std=c99", "-Wall", "-Werror", program, "-o", root / "with_static", *flags)
    run(root / "with_static", env={k: v for k, v in os.environ.items() if k != "LD_LIBRARY_PATH"})
print("installed; shared and static programs ran")
