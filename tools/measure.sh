#!/bin/sh
# What one authentication costs: instructions (callgrind) of the engines beside the same primitives
# alone, heap allocations, and the sizes of the libraries.
#
#     tools/measure.sh BUILD_DIR [TIMES]       a login with each provider, beside its primitives
#     tools/measure.sh BUILD_DIR TIMES kex     the same with each key exchange method
#
# The login is curve25519-sha256, ssh-ed25519 host and user key, chacha20-poly1305@openssh.com.
# Instructions of the primitives come from the very calls that the providers saw in one login, made
# again without an engine. callgrind counts what valgrind's processor would execute (no SHA
# extensions), and each octet of a `rep stosb` as one; keys are made outside of what is counted.
set -eu

build=${1:?usage: tools/measure.sh BUILD_DIR [TIMES [kex]]}
times=${2:-20}
table=${3:-providers}
kex=curve25519-sha256
program=$build/tests/core/bench_login
ninja -C "$build" tests/core/bench_login tests/core/bench_login_object >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# instructions MODE SUITE METHOD FUNCTION...: of one time, counted in those functions
instructions() {
  mode=$1 suite=$2 method=$3
  shift 3
  toggles=
  for function in "$@"; do toggles="$toggles --toggle-collect=$function"; done
  # shellcheck disable=SC2086
  valgrind -q --tool=callgrind --callgrind-out-file="$scratch/out" $toggles \
    "$program" "$mode" "$suite" "$method" "$times" "$kex" >/dev/null 2>&1
  total=$(sed -n 's/^\(summary\|totals\): *//p' "$scratch/out" | tail -n 1)
  echo $((total / times))
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

# Those that the provider serves. Group exchange is in the group that our server gives by default.
methods() {
  for kex in $(sed -n 's/^X("\([^"]*\)".*/\1/p' "$(dirname "$0")/../lib/kex/methods.def"); do
    "$program" login fastest publickey 1 "$kex" >/dev/null 2>&1 && echo "$kex"
  done
}

if [ "$table" = kex ]; then
  command -v valgrind >/dev/null || { echo "valgrind is not installed: no instructions"; exit 1; }
  printf '%-38s %11s %11s %6s\n' method client primitives ratio
  for kex in $(methods); do
    client=$(instructions login fastest publickey bench_client)
    alone=$(instructions primitives fastest publickey bench_primitives)
    printf '%-38s %11d %11d %6s\n' "$kex" "$client" "$alone" "$(ratio "$client" "$alone")"
  done
  exit
fi

if command -v valgrind >/dev/null; then
  printf '%-9s %-10s %11s %11s %6s %11s %11s %6s\n' provider method client primitives ratio both primitives ratio
  for suite in fastest sodium openssl; do
    for method in publickey password; do
      client=$(instructions login $suite $method bench_client)
      both=$(instructions login $suite $method bench_client bench_server)
      alone=$(instructions primitives $suite $method bench_primitives)
      both_alone=$(instructions both-primitives $suite $method bench_primitives)
      printf '%-9s %-10s %11d %11d %6s %11d %11d %6s\n' $suite $method "$client" "$alone" \
        "$(ratio "$client" "$alone")" "$both" "$both_alone" "$(ratio "$both" "$both_alone")"
    done
  done
else
  echo "valgrind is not installed: no instructions"
fi

echo
echo "heap allocations of one login (both engines, from creation to destroy)"
for suite in fastest sodium openssl; do
  for method in publickey password; do
    printf '%-9s %-10s %s\n' $suite $method "$("$program" heap $suite $method)"
  done
done

for method in publickey password; do
  printf '%-9s %-10s %s\n' object $method "$("${program}_object" $method)"
done

echo
for library in "$build"/lib/libsshauth_core.a "$build"/abi/libipworksauth.so; do
  [ -e "$library" ] && size -t "$library" | sed -n '1p;$p' | sed "s|^|$(basename "$library")  |"
done
true
