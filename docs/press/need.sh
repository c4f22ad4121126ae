#!/bin/sh
# need.sh WHAT PACKAGE...: install what a target needs from Debian, or say what is missing.
set -eu
what=$1
shift
[ $# -gt 0 ] || exit 0
as_root=
if [ "$(id -u)" != 0 ] && [ "${CI:-}" = true ]; then as_root=sudo; fi # such a machine is there to be changed; a person is asked
if { [ "$(id -u)" != 0 ] && [ -z "$as_root" ]; } || ! command -v apt-get >/dev/null; then
  echo "$what needs programs that are not here. On Debian: sudo apt-get install --no-install-recommends $*" >&2
  exit 1
fi
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
