"""tests/count.py: the totals that tests/run.sh ends with are those that the programs told."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

COUNT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "count.py")


def counted(*tests):
    """Exit status and last line for tests given as (result, stdout)."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "testlog.json")
        with open(log, "w") as file:
            for result, stdout in tests:
                file.write(json.dumps({"name": "x", "result": result, "stdout": stdout,
                                       "returncode": 0, "duration": 0.1}) + "\n")
        done = subprocess.run([sys.executable, COUNT, log, os.path.join(folder, "none")], text=True,
                              capture_output=True, timeout=60)
        return done.returncode, done.stdout.splitlines()[-1]


class CountTest(unittest.TestCase):
    def is_counted(self, status, line, *tests):
        self.assertEqual(counted(*tests), (status, line))

    def test_catch2_good(self):
        self.is_counted(0, "7 passed, 0 failed, 0 skipped",
                        ("OK", "All tests passed (12 assertions in 7 test cases)\n"))
        self.is_counted(0, "1 passed, 0 failed, 0 skipped",
                        ("OK", "All tests passed (1 assertion in 1 test case)\n"))

    def test_catch2_bad(self):
        self.is_counted(1, "3 passed, 2 failed, 0 skipped",
                        ("FAIL", "test cases:  5 |  3 passed | 2 failed\n"
                                 "assertions: 10 |  8 passed | 2 failed\n"))
        self.is_counted(1, "0 passed, 5 failed, 0 skipped", ("FAIL", "test cases: 5 | 5 failed\n"))

    def test_catch2_without_assertions(self):
        self.is_counted(0, "2 passed, 0 failed, 0 skipped",
                        ("OK", "test cases: 2 | 2 passed\nassertions: - none -\n"))
        self.is_counted(0, "0 passed, 0 failed, 0 skipped", ("OK", "No tests ran\n"))

    def test_skipped_lines_are_taken_off(self):
        self.is_counted(0, "2 passed, 0 failed, 1 skipped",
                        ("OK", "skipped: no folder\nAll tests passed (9 assertions in 3 test cases)\n"))

    def test_scripts_tell_their_own(self):
        self.is_counted(1, "4 passed, 1 failed, 2 skipped",
                        ("FAIL", "skipped: a: b\n4 passed, 1 failed, 2 skipped\n"))

    def test_plain_programs_count_once(self):
        self.is_counted(0, "1 passed, 0 failed, 0 skipped", ("OK", ""))
        self.is_counted(1, "0 passed, 1 failed, 0 skipped", ("FAIL", ""))
        self.is_counted(0, "0 passed, 0 failed, 1 skipped", ("SKIP", ""))

    def test_a_crash_is_a_failure_whatever_was_printed(self):
        self.is_counted(1, "7 passed, 1 failed, 0 skipped",
                        ("FAIL", "All tests passed (12 assertions in 7 test cases)\n"))
        self.is_counted(1, "0 passed, 1 failed, 0 skipped", ("TIMEOUT", "half a line"))
        self.is_counted(1, "0 passed, 1 failed, 0 skipped", ("ERROR", ""))

    def test_sums(self):
        self.is_counted(1, "3 passed, 1 failed, 1 skipped", ("OK", ""), ("FAIL", ""), ("SKIP", ""),
                        ("OK", "All tests passed (2 assertions in 2 test cases)\n"))

    def test_nothing_ran(self):
        self.is_counted(1, "0 passed, 1 failed, 0 skipped")
