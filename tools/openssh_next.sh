#!/bin/sh
# Puts the sshd of Debian's backports (OpenSSH 10) into a folder, installing nothing: the server that
# tests of mlkem768x25519-sha256 log in to.
#
#   tools/openssh_next.sh FOLDER      then: IPWORKSAUTH_OPENSSH_NEXT=FOLDER tests/run.sh
#
# The packages come from where apt gets Debian's from, and their signatures are verified by apt.
set -eu
[ $# -eq 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -x "$folder/usr/sbin/sshd" ] || exit 0

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
site=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
  sed -n "s/ $codename\$//p" | head -n 1)
[ -n "$site" ] || { echo "openssh_next.sh: apt has no source for $codename" >&2; exit 1; }

# A state of apt's own, so that the system's is left alone.
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $codename-backports main" \
  >"$apt/backports.list"
own_apt() {
  apt-get -q -o Dir::Etc::SourceList="$apt/backports.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User=root "$@"
}
log=$apt/log
if ! { own_apt update && cd "$apt/archives" && own_apt download openssh-server; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "openssh_next.sh: $codename-backports did not give openssh-server; apt's words are above" >&2
  exit 1
fi
dpkg-deb -x "$apt"/archives/openssh-server_*.deb "$folder"
rm -rf "$apt"
