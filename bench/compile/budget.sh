#!/bin/sh
# Compiles a file and fails if that takes more processor time than the first line of the file allows, which is no matter of
# how busy the machine is:   budget.sh file.cpp compiler flags...

file=$1
shift
budget=$(sed -n '1s|^// budget: ||p' "$file")
if [ -z "$budget" ]; then
  echo "$file: the first line must be \"// budget: <seconds of processor time>\"" >&2
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
if [ $status -ne 0 ]; then echo "$(basename "$file") did not compile within its budget" >&2; fi
exit $status
