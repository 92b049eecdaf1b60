#!/bin/sh
# Compiles a file and fails if that takes more processor time than the first line of the file allows, which is no matter of
# how busy the machine is, or if the object has more code and data than the second line allows:
#   budget.sh file.cpp compiler flags...

file=$1
shift
budget=$(sed -n '1s|^// budget: \([0-9]*\) s$|\1|p' "$file")
most=$(sed -n '2s|^// object: \([0-9]*\) kB$|\1|p' "$file")
if [ -z "$budget" ] || [ -z "$most" ]; then
  echo "$file: the first two lines must be \"// budget: <seconds of processor time> s\" and \"// object: <size> kB\"" >&2
  exit 1
fi
object=$(mktemp) && spent=$(mktemp) || exit 1
trap 'rm -f "$object" "$spent"' EXIT
(
  ulimit -t "$budget"
  "$@" -c "$file" -o "$object"
)
status=$?
times >"$spent"  # in this shell: another one has spent nothing
echo "$(basename "$file"): budget $budget s, user and system time spent: $(tail -n 1 "$spent")"
if [ $status -ne 0 ]; then
  echo "$(basename "$file") did not compile within its budget" >&2
  exit $status
fi
size=$(size "$object" | awk 'NR == 2 { print int(($1 + $2 + 1023) / 1024) }')
echo "$(basename "$file"): object of at most $most kB, it has $size kB"
if [ "$size" -gt "$most" ]; then
  echo "the object of $(basename "$file") is too large" >&2
  exit 1
fi
