# What the tests of example programs share; read by them, with $program set to what they test.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
checks=0

fail() {
  failed=$((failed + 1))
  echo "FAILED: $1"
  if [ -s "$work/out" ]; then sed 's/^/  out: /' "$work/out"; fi
  if [ -s "$work/err" ]; then sed 's/^/  err: /' "$work/err"; fi
}

# run EXPECTED_EXIT_CODE WHAT ARGUMENT...
run() {
  expected=$1
  what=$2
  shift 2
  checks=$((checks + 1))
  "$program" "$@" >"$work/out" 2>"$work/err"
  code=$?
  if [ "$code" -ne "$expected" ]; then
    fail "$what: exit code $code, expected $expected"
    return 1
  fi
}

out_has() {
  checks=$((checks + 1))
  grep -q -e "$1" "$work/out" || fail "$2: no line matches '$1'"
}

# well_formed WHAT FILE ELEMENT...: a picture, as far as can be told without a parser; these elements are closed
well_formed() {
  what=$1
  picture=$2
  shift 2
  checks=$((checks + 1))
  if [ ! -s "$picture" ]; then
    fail "$what: no picture"
    return 1
  fi
  [ "$(head -c 4 "$picture")" = '<svg' ] || fail "$what: the picture does not begin with <svg"
  [ "$(tail -n 1 "$picture")" = '</svg>' ] || fail "$what: the picture does not end with </svg>"
  for element in "$@"; do
    opened=$(grep -o "<$element[ >]" "$picture" | wc -l)
    closed=$(grep -o "</$element>" "$picture" | wc -l)
    [ "$opened" -eq "$closed" ] || fail "$what: $opened <$element> opened, $closed closed"
  done
  if grep -q -e 'nan' -e '"-*inf' -e 'href' "$picture"; then fail "$what: the picture has numbers or links that it should not have"; fi
}

# report NAME: the last line, and the exit code
report() {
  echo "$1: $checks checks, $failed failed"
  [ "$failed" -eq 0 ]
}
