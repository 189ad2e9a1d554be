#!/bin/sh
# Installs from npm what tests/ffi/login.js needs, exactly what package-lock.json names, into a
# folder outside the source tree; run no script of a package.
#
#   tests/ffi/node/install.sh FOLDER       then: NODE_PATH=FOLDER/node_modules
set -eu
here=$(dirname "$0")
folder=${1:?"usage: install.sh FOLDER"}
mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$folder"
npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-update-notifier </dev/null
