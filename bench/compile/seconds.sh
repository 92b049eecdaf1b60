# seconds FILE COMPILER FLAGS...: the user and system time that compiling FILE into $object takes, in seconds.
seconds() {
  (
    source=$1
    shift
    "$@" -c "$source" -o "$object" || exit 1
    times
  ) | tail -n 1 | sed 's/[ms]/ /g' | awk '{ print 60 * $1 + $2 + 60 * $3 + $4 }'
}
# quickest_of FILE OTHER COMPILER FLAGS...: compiles the two in turn, three times each; what each took at best. Fails if
# one does not compile.
quickest_of() {
  first=$1
  second=$2
  shift 2
  for _ in 1 2 3; do
    echo "$(seconds "$first" "$@") $(seconds "$second" "$@")"
  done | awk '
    NF == 2 { ++runs; if (runs == 1 || $1 < a) a = $1; if (runs == 1 || $2 < b) b = $2 }
    END { if (runs != 3) exit 1; print a, b }'
}
