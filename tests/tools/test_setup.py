"""tools/setup.sh with stand-ins for dpkg-query, apt-get, sudo and id: what it would install, how."""
import os
import stat
import subprocess

from harness import LIMIT, ToolTest

SETUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "setup.sh")


class SetupTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.bin = self.path("bin")
        os.mkdir(self.bin)
        for name in ("cat", "env", "sed", "mktemp", "rm", "sh"):
            os.symlink("/bin/" + name, os.path.join(self.bin, name))
        self.stand_in("dpkg-query", 'case " $MISSING " in *" $3 "*) exit 1;; esac; echo -n installed')
        self.stand_in("apt-get", 'echo "apt-get $*" >>"$CALLS"; exit ${APT_STATUS:-0}')

    def stand_in(self, name, script):
        path = os.path.join(self.bin, name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + script + "\n")
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)

    def setup(self, *groups, missing="", user=0, sudo=False, apt_status=0):
        """Runs setup.sh; gives its exit status, its stderr, and the calls it made."""
        self.stand_in("id", f"echo {user}")
        if sudo:  # logs, and passes on only what is a stand-in too
            self.stand_in("sudo", 'echo "sudo $1" >>"$CALLS"; case $1 in apt-get) exec "$@";; '
                          'env) shift 2; exec "$@";; tee) cat >/dev/null;; esac')
        calls = self.path("calls")
        open(calls, "w").close()
        done = subprocess.run(["/bin/sh", SETUP, *groups], text=True, capture_output=True,
                              timeout=LIMIT, stdin=subprocess.DEVNULL,
                              env={"PATH": self.bin, "MISSING": missing, "CALLS": calls,
                                   "APT_STATUS": str(apt_status)})
        with open(calls) as file:
            return done.returncode, done.stderr, file.read().splitlines()

    def test_nothing_is_done_when_all_is_there(self):
        for user in (0, 1000):
            self.assertEqual(self.setup(user=user), (0, "", []))
            self.assertEqual(self.setup("build", "test", "ci", user=user), (0, "", []))

    def test_only_what_is_missing_is_installed(self):
        status, said, calls = self.setup(missing="meson catch2 valgrind")
        self.assertEqual(status, 0, said)
        install = [call for call in calls if "install" in call]
        self.assertEqual(len(install), 1)
        self.assertTrue(install[0].endswith("--no-install-recommends meson catch2"), install)
        _, _, calls = self.setup("ci", missing="meson catch2 valgrind")
        self.assertTrue(calls[-1].endswith("--no-install-recommends valgrind"), calls)

    def test_without_root_or_sudo_it_says_what_is_missing(self):
        status, said, calls = self.setup(missing="meson", user=1000)
        self.assertEqual((status, calls), (1, []))
        self.assertIn("meson", said)
        self.assertIn("sudo", said)

    def test_with_sudo(self):
        status, _, calls = self.setup(missing="meson", user=1000, sudo=True)
        self.assertEqual(status, 0)
        self.assertIn("sudo apt-get", calls)
        self.assertIn("sudo env", calls)

    def test_a_new_server_is_kept_from_starting(self):
        for service in ("openssh-server", "dante-server", "squid", "microsocks"):
            status, said, calls = self.setup(missing=service, user=1000, sudo=True)
            self.assertEqual(status, 0, said)
            if not os.path.exists("/usr/sbin/policy-rc.d"):
                self.assertLess(calls.index("sudo tee"), calls.index("sudo env"))
                self.assertIn("sudo rm", calls[calls.index("sudo env"):])

    def test_a_failed_installation_is_a_failure(self):
        status, said, _ = self.setup(missing="meson", apt_status=100)
        self.assertEqual(status, 1)
        self.assertIn("apt-get failed", said)

    def test_an_unknown_group(self):
        self.assertEqual(self.setup("everything")[0], 2)
