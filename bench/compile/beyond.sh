#!/bin/sh
# Compiles two files in turn, three to nine times each, and fails if the quickest of the first takes more than `most`
# seconds of processor time beyond the quickest of the second:   beyond.sh most file.cpp other.cpp compiler flags...

most=$1
file=$2
other=$3
shift 3
object=$(mktemp) || exit 1
trap 'rm -f "$object"' EXIT
. "$(dirname "$0")/seconds.sh"

times=$(quickest_of "a - b <= $most" "$file" "$other" "$@") ||
  { echo "one of $file and $other does not compile"; exit 1; }
echo "$times" | awk -v most="$most" -v files="$file beyond $other" '
  {
    printf "%s: %.2f s and %.2f s, %.2f s beyond (at most %s)\n", files, $1, $2, $1 - $2, most
    exit $1 - $2 > most
  }'
