#!/bin/sh
# Installs what is missing, builds into build-tests, runs every test.
#
#   tests/run.sh [meson test arguments]     such as a suite or a test's name
#
# The last line is always `N passed, N failed, N skipped`, counting test cases; the exit status is
# 0 only when none failed. With CI=true in the environment a test whose peer program is not
# installed fails instead of being skipped. IPWORKSAUTH_WYCHEPROOF names a folder of Wycheproof
# vectors to run as well, IPWORKSAUTH_NEXT one that tools/next.sh has filled.
# BUILD_DIR and MESON_OPTIONS choose another build.
set -eu
cd "$(dirname "$0")/.."
dir=${BUILD_DIR:-build-tests}

# Whatever goes wrong before a test ran is one failure.
give_up() {
  echo "run.sh: $1" >&2
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
}

quietly() {
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    give_up "this command failed: $*"
  fi
  rm -f "$log"
}

tools/setup.sh build test || give_up 'the packages could not be installed'

# A sshd that tests start as root insists on its empty directory, which the package's service makes.
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd

[ -f "$dir/build.ninja" ] ||
  quietly meson setup "$dir" -Dtests=enabled -Dtools=enabled ${MESON_OPTIONS:-}
echo "run.sh: building in $dir" >&2
quietly ninja -C "$dir"

case ${IPWORKSAUTH_WYCHEPROOF:-/} in
  /*) ;;
  *) IPWORKSAUTH_WYCHEPROOF=$PWD/$IPWORKSAUTH_WYCHEPROOF; export IPWORKSAUTH_WYCHEPROOF ;;
esac
rm -f "$dir/meson-logs/testlog.json"
meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$dir/meson-logs/run.txt" 2>&1 || true
exec python3 tests/count.py "$dir/meson-logs/testlog.json" "$dir/meson-logs/run.txt"
