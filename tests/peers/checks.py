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
            self.failed += 1
            print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)
            return
        self.passed += 1
        print(f"ok {name}", flush=True)

    def skip(self, name, reason):
        if os.environ.get("CI"):
            self.failed += 1
            print(f"FAILED {name}: in CI nothing may be missing: {reason}", flush=True)
        else:
            self.skipped += 1
            print(f"skipped: {name}: {reason}", flush=True)

    def tell(self):
        """Prints the last line; gives the exit status."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not (self.passed or self.skipped) else 0
