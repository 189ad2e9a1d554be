#!/bin/sh
# Installs what this project needs, from Debian packages alone, and nothing when all is there.
#
#   tools/setup.sh [build] [test] [ci] [ffi]      default: build test
#
# build: compiler, Meson, the libraries.  test: Catch2, the servers that tests log in to, the proxies
# that they go through.  ci: second compiler, checkers, valgrind, Qt, libabigail.  ffi: the languages
# of tests/ffi, whose tests are skipped without them.  Needs root or sudo only to install.
set -eu

build='meson ninja-build g++ pkgconf libssl-dev libsodium-dev zlib1g-dev libc-ares-dev
  libfido2-dev libp11-kit-dev libargon2-dev libexpat1-dev rapidjson-dev libcli11-dev nlohmann-json3-dev'
test='catch2 python3 openssl openssh-client openssh-server dropbear-bin tinysshd iproute2 microsocks
  dante-server tinyproxy-bin squid krb5-kdc krb5-admin-server krb5-user libgssapi3-heimdal
  python3-asyncssh python3-gssapi python3-openssl gnupg gpg-agent putty putty-tools openssh-tests softhsm2 opensc p11-kit-modules
  default-jdk-headless libbcprov-java jose xmlsec1'
ci='git clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev valgrind qtbase5-dev
  abigail-tools'
ffi='luajit libffi-platypus-perl ruby default-jdk-headless libjna-java golang-go mono-mcs
  mono-runtime php-cli'
# A Node.js from elsewhere brings its own npm, and Debian's would not go beside it.
command -v npm >/dev/null || ffi="$ffi nodejs npm"

[ $# -gt 0 ] || set -- build test
wanted=
for group in "$@"; do
  case $group in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    ci) wanted="$wanted $ci" ;;
    ffi) wanted="$wanted $ffi" ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "setup.sh: there is no group '$group'; there are build, test, ci and ffi" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this script installs Debian packages, and this system has no dpkg and apt-get." >&2
  echo "Install the equivalents of these by hand, then build with meson:" $wanted >&2
  exit 1
fi

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $wanted; do
  installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: these packages are missing:$missing" >&2
    echo "Run this script as root, or install sudo." >&2
    exit 1
  fi
  as_root='sudo'
fi

# The tests start servers and proxies of their own; installing one must not open a port to the world.
# policy-rc.d is how Debian asks whether a package may start its service: 101 says no.
policy=/usr/sbin/policy-rc.d
new_services=
made_policy=
for pair in openssh-server:ssh.service dante-server:danted.service squid:squid.service \
  microsocks:microsocks.service tinysshd:tinysshd.socket \
  krb5-kdc:krb5-kdc.service krb5-admin-server:krb5-admin-server.service; do
  case " $missing " in *" ${pair%:*} "*) new_services="$new_services ${pair#*:}" ;; esac
done
finish() { [ -z "$made_policy" ] || $as_root rm -f "$policy"; }
trap finish EXIT
trap 'exit 130' INT TERM
if [ -n "$new_services" ] && [ ! -e "$policy" ]; then
  made_policy=1
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi

echo "setup.sh: installing$missing" >&2
log=$(mktemp)
if ! { $as_root apt-get update -q &&
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } \
  >"$log" 2>&1; then
  cat "$log" >&2
  rm -f "$log"
  echo "setup.sh: apt-get failed; its messages are above" >&2
  exit 1
fi
rm -f "$log"

if command -v systemctl >/dev/null; then
  for service in $new_services; do
    $as_root systemctl --quiet disable "$service" 2>/dev/null || true  # nor at the next boot
  done
fi
