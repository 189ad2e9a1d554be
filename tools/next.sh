#!/bin/sh
# What Debian 12 does not have yet, in a folder, installing nothing: the sshd of its backports
# (OpenSSH 10, for mlkem768x25519-sha256) and the libcrypto of Debian 13 (OpenSSL 3.5, for ML-KEM)
# with the C library that it needs.
#
#   tools/next.sh FOLDER                    fills the folder, once
#   tools/next.sh FOLDER PROGRAM [ARG...]   runs PROGRAM with that libcrypto
#
# Tests log in to that sshd where IPWORKSAUTH_NEXT names the folder. The packages come from where apt
# gets Debian's from, and apt verifies their signatures.
set -eu
[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

site() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    sed -n 's/ bookworm$//p' | head -n 1
}

# fetch RELEASE PACKAGE...: unpacks them into the folder RELEASE. apt's state is one of our own, so
# that the system's is left alone.
fetch() {
  into=$folder/$1
  apt=$into/apt
  [ ! -e "$into/whole" ] || return 0
  rm -rf "$into"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(site) $1 main" >"$apt/list"
  shift
  own="-q -o Dir::Etc::SourceList=../list -o Dir::Etc::SourceParts=- -o Dir::State::Lists=../lists
    -o Dir::Cache=.. -o APT::Sandbox::User=root"
  if ! { cd "$apt/archives" && apt-get $own update && apt-get $own download "$@"; } >"$apt/log" 2>&1; then
    cat "$apt/log" >&2
    echo "next.sh: the packages $* could not be had; apt's words are above" >&2
    exit 1
  fi
  for package in ./*.deb; do dpkg-deb -x "$package" "$into"; done
  cd "$folder"
  rm -rf "$apt"
  touch "$into/whole"
}

here=$(pwd)
fetch bookworm-backports openssh-server
fetch trixie libssl3t64 libc6 libzstd1 zlib1g
cd "$here"
[ $# -gt 0 ] || exit 0

libraries=$(dirname "$(find "$folder/trixie" -name libcrypto.so.3)")
usual=/usr/lib/$(basename "$libraries")
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries:$usual" "$@"
