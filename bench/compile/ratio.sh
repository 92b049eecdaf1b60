#!/bin/sh
# Compiles two files in turn, three times each, and fails if the quickest of the first takes more than `most` times the
# processor time of the quickest of the second:   ratio.sh most file.cpp other.cpp compiler flags...

most=$1
file=$2
other=$3
shift 3
object=$(mktemp) || exit 1
trap 'rm -f "$object"' EXIT
. "$(dirname "$0")/seconds.sh"

for _ in 1 2 3; do
  echo "$(seconds "$file" "$@") $(seconds "$other" "$@")"
done | awk -v most="$most" -v files="$file and $other" '
  NF == 2 { ++runs; if (runs == 1 || $1 < a) a = $1; if (runs == 1 || $2 < b) b = $2 }
  END {
    if (runs != 3) { print "one of " files " does not compile"; exit 1 }
    printf "%s: %.2f s and %.2f s, ratio %.2f (at most %s)\n", files, a, b, a / b, most
    exit a / b > most
  }'
