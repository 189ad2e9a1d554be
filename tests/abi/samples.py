#!/usr/bin/env python3
"""Programs written as the documentation of class SSHAuth shows them log in to `sshauth serve`, and
are refused where they should be.

samples.py SSHAUTH FOLDER_OF_PROGRAMS"""
import base64
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
from harness import Serve

tool, programs = sys.argv[1], pathlib.Path(sys.argv[2])
LIMIT = 120  # seconds; only something that hangs gets there
PASSWORD = "open sesame"
failed = ran = 0


def as_hex(fingerprint):
    """SHA256:base64 as the event's Fingerprint shows it."""
    octets = base64.b64decode(fingerprint.removeprefix("SHA256:") + "==")
    return octets.hex(":")


def run(program, server, *arguments, status=0, says=()):
    global failed, ran
    ran += 1
    command = [programs / ("sample_" + program), "127.0.0.1", server.port, "alice", *arguments]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL)
    output = done.stdout + done.stderr
    missing = [text for text in says if text not in output]
    if done.returncode != status or missing:
        failed += 1
        print(f"{program} {arguments}: {done.returncode} for {status}, without {missing}\n{output}")


with tempfile.TemporaryDirectory() as folder:
    key = os.path.join(folder, "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sample", "-f", key],
                   check=True, timeout=LIMIT)
    with Serve(tool, "--user", "alice", "--password-env", "PW", "--authorized-keys", key + ".pub",
               "--prompt", "Code: =CODE", "--echo-prompt", "Again: =CODE", PW=PASSWORD, CODE="4711") as server:
        print_ = as_hex(server.host_key["fingerprint"])
        run("password", server, PASSWORD, print_, says=[f"host key ssh-ed25519 {print_}",
                                                        "alice is who they say"])
        run("password", server, "wrong", print_, status=1, says=["1032"])
        run("password", server, PASSWORD, print_[:-1], status=1, says=["1030"])
        run("public_key", server, key, print_, says=["sample", "authenticated at SSH-2.0-"])
        run("public_key", server, key + ".none", print_, status=1, says=[key + ".none"])
        run("prompts", server, print_, "4711", "4711",
            says=["connected: 0 OK", "disconnected: 0 OK", "host key of 51 octets",
                  "Code: (not shown)", "Again: 4711", "log 1 Info: ", "log 2 Verbose: "])
        run("prompts", server, print_, "4711", "4712", status=1, says=["1032"])
        run("prompts", server, print_, status=1, says=["SSHKeyboardInteractive returned 1"])
        for custom in ("custom", "custom_in_c"):
            run(custom, server, PASSWORD, print_, says=["the server's last word"])
            run(custom, server, "wrong", print_, status=1, says=["refused; what can continue:"])
        run("event_loop", server, PASSWORD, print_)
        run("event_loop", server, "wrong", print_, status=1, says=["1032"])
print(f"{ran} runs, {failed} failed")
sys.exit(1 if failed or not ran else 0)
