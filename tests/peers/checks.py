"""Checks that need what a machine may lack: run one by one, counted, skipped with a reason.

A check is a function; one that is a generator yields (name, function) for several. With CI in the
environment nothing may be missing, so that a skip is a failure there.
"""
import os
import traceback


class Skip(Exception):
    pass


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.why = []

    def run(self, name, check):
        try:
            parts = check()
            if parts is not None:
                for part, function in parts:
                    self.run(f"{name} {part}", function)
                return
        except Skip as reason:
            return self.skip(name, reason)
        except Exception:  # whatever it is, it is this check's failure
            return self.fail(f"{name}\n{traceback.format_exc()}")
        self.passed += 1
        print(f"ok {name}", flush=True)

    def skip(self, name, reason):
        if os.environ.get("CI"):
            self.fail(f"{name}: in CI nothing may be missing: {reason}")
        else:
            self.skipped += 1
            print(f"skipped: {name}: {reason}", flush=True)

    def fail(self, why):
        self.failed += 1
        self.why.append(why)
        print("FAILED " + why, flush=True)

    def tell(self):
        """Prints what failed once more, where it is seen, and the last line; gives the exit status."""
        for why in self.why:
            print("FAILED " + "\n  ".join(why.splitlines()[:12]))
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not (self.passed or self.skipped) else 0
