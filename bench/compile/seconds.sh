# seconds FILE COMPILER FLAGS...: the user and system time that compiling FILE into $object takes, in seconds.
seconds() {
  (
    source=$1
    shift
    "$@" -c "$source" -o "$object" || exit 1
    times
  ) | tail -n 1 | sed 's/[ms]/ /g' | awk '{ print 60 * $1 + $2 + 60 * $3 + $4 }'
}
