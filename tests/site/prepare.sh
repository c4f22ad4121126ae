#!/bin/sh
# Put what `make test-site` needs beside Python in place: a browser, Java and npm from Debian, and the npm packages of the lock file,
# which go into the folder that is named.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1

has() {
  for name in "$@"; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

missing=
has chromium chromium-browser google-chrome chrome || missing="$missing chromium"
has java || missing="$missing default-jre-headless"
has npm || missing="$missing npm"
# shellcheck disable=SC2086 # a list of words
sh "$here/../../docs/press/need.sh" "make test-site" $missing

mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$folder"
cd "$folder"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
