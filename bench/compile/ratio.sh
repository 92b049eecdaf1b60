#!/bin/sh
# Compiles two files in turn, three to nine times each, and fails if the quickest of the first takes more than `most`
# times the processor time of the quickest of the second:   ratio.sh most file.cpp other.cpp compiler flags...

most=$1
file=$2
other=$3
shift 3
object=$(mktemp) || exit 1
trap 'rm -f "$object"' EXIT
. "$(dirname "$0")/seconds.sh"

times=$(quickest_of "a <= $most * b" "$file" "$other" "$@") ||
  { echo "one of $file and $other does not compile"; exit 1; }
echo "$times" | awk -v most="$most" -v files="$file and $other" '
  {
    printf "%s: %.2f s and %.2f s, ratio %.2f (at most %s)\n", files, $1, $2, $1 / $2, most
    exit $1 / $2 > most
  }'
