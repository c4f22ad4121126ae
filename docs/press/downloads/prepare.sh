#!/bin/sh
# Put what `make book` needs beside Python in place: TeX, the book's typefaces, and the program that turns its SVG into PDF.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
missing=

want() { # PACKAGE, then a command that succeeds if it is there
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
font() { fc-list | grep -q "$1"; }

want latexmk command -v latexmk
want texlive-xetex command -v xelatex
want texlive-latex-recommended kpsewhich microtype.sty
want texlive-latex-extra kpsewhich tcolorbox.sty
want texlive-fonts-recommended kpsewhich pzdr.tfm
want texlive-plain-generic kpsewhich iftex.sty
want texlive-lang-chinese kpsewhich ctexhook.sty
want fonts-texgyre kpsewhich texgyrepagella-regular.otf
want fonts-texgyre-math kpsewhich texgyrepagella-math.otf
want fontconfig command -v fc-list
want fonts-dejavu-core font "DejaVu Sans Mono"
want fonts-dejavu-extra font "DejaVuSansMono-Oblique"
want fonts-noto-cjk font "Noto Serif CJK SC"
want librsvg2-bin command -v rsvg-convert
# shellcheck disable=SC2086 # a list of words
sh "$here/../need.sh" "make book" $missing
