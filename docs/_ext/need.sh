#!/bin/sh
# need.sh WHAT PACKAGE...: install what a target needs from Debian, or say what is missing.
set -eu
what=$1
shift
[ $# -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "$what needs programs that are not here. On Debian: sudo apt-get install --no-install-recommends $*" >&2
  exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
