# seconds FILE COMPILER FLAGS...: the user and system time that compiling FILE into $object takes, in seconds.
seconds() {
  (
    source=$1
    shift
    "$@" -c "$source" -o "$object" || exit 1
    times
  ) | tail -n 1 | sed 's/[ms]/ /g' | awk '{ print 60 * $1 + $2 + 60 * $3 + $4 }'
}
# quickest_of CONDITION FILE OTHER COMPILER FLAGS...: compiles the two in turn, three times, and up to nine times while
# CONDITION does not hold of a and b, what each took at best: what else the machine does only adds to a time. Prints a
# and b; fails if one does not compile.
quickest_of() {
  condition=$1
  first=$2
  second=$3
  shift 3
  best=
  for round in 1 2 3 4 5 6 7 8 9; do
    best=$(echo "$(seconds "$first" "$@") $(seconds "$second" "$@") $best" | awk '
      NF != 2 && NF != 4 { exit 1 }
      { print (NF == 4 && $3 < $1 ? $3 : $1), (NF == 4 && $4 < $2 ? $4 : $2) }') || return 1
    [ "$round" -lt 3 ] || ! echo "$best" | awk "{ a = \$1; b = \$2; exit !($condition) }" || break
  done
  echo "$best"
}
