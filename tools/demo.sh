#!/bin/sh
# One command from a clean clone to a user authenticated by this library, on the loopback address:
# installs what is missing, builds into build-demo, runs `sshauth demo` with the arguments given.
set -eu
cd "$(dirname "$0")/.."

tools/setup.sh build

quietly() {
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "demo.sh: this command failed: $*" >&2
    exit 1
  fi
  rm -f "$log"
}

echo 'demo.sh: building' >&2
[ -f build-demo/build.ninja ] ||
  quietly meson setup build-demo -Dtests=disabled -Dtools=enabled -Dbuildtype=release
quietly ninja -C build-demo tools/sshauth
exec build-demo/tools/sshauth demo "$@"
