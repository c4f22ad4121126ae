#!/bin/sh
# Put what `make test-volumes` needs beside Python in place: the tools that look into a PDF, and the checker of e-books.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
missing=
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
test -f /usr/share/java/epubcheck.jar || missing="$missing epubcheck"
command -v java >/dev/null || missing="$missing default-jre-headless"
# shellcheck disable=SC2086 # a list of words
sh "$here/../../docs/press/need.sh" "make test-volumes" $missing
