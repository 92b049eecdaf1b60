#!/bin/sh
# The main job on the shipped data and on files that cannot be used.
#   fit.sh FIT_PROGRAM DATA_FOLDER
# Says what failed; the exit code is 0 if nothing did.
set -u
program=$1
data=$2
. "$(dirname "$0")/checks.sh"

# The whole of standard error is one line: this text.
err_is() {
  checks=$((checks + 1))
  [ "$(cat "$work/err")" = "$1" ] || fail "$2: expected '$1'"
}

count() { grep -c "$1" "$2"; }

# check_fit NAME OBSERVATIONS ARGUMENT...: certified values to nine digits, and a picture of all observations
check_fit() {
  name=$1
  observations=$2
  shift 2
  picture="$work/$name.svg"
  rm -f "$picture"
  run 0 "$name" --svg "$picture" "$@" "$data/$name.csv" || return
  out_has '^mode  *[a-z]' "$name: mode"
  out_has '^check .*: good$' "$name: derivatives"
  out_has 'certified values: agreement to at least [0-9.]* digits, 9 wanted: reached' "$name: digits"
  checks=$((checks + 1))
  digits=$(sed -n 's/.*agreement to at least \([0-9]*\)\..*/\1/p' "$work/out")
  [ "${digits:-0}" -ge 9 ] || fail "$name: agreement to '$digits' digits"
  for row in forward reverse 'central differences'; do
    out_has "^  $row  *[0-9.]* us" "$name: time"
  done
  check_picture "$name" "$observations" "$picture"
}

# check_picture WHAT OBSERVATIONS FILE
check_picture() {
  well_formed "$1" "$3" svg text clipPath || return
  [ "$(count 'class="observation"' "$3")" -eq "$2" ] || fail "$1: $(count 'class="observation"' "$3") points, expected $2"
  [ "$(count 'class="residual"' "$3")" -eq "$2" ] || fail "$1: $(count 'class="residual"' "$3") residuals, expected $2"
  [ "$(count 'class="curve"' "$3")" -eq 1 ] || fail "$1: not one curve"
}

second_start() { sed -n 's/^#! second start: //p' "$data/$1.csv"; }

check_fit misra1a 14
check_fit thurber 37
check_fit gauss1 250
check_fit misra1a 14 --start "$(second_start misra1a)"
check_fit thurber 37 --start "$(second_start thurber)"
check_fit gauss1 250 --start "$(second_start gauss1)"

# Certified values that are not those of the data are noticed.
sed 's/^#! certified rss: .*/#! certified rss: 1.2455138E-01/' "$data/misra1a.csv" >"$work/wrong.csv"
run 1 'a wrong certified value' --svg "$work/wrong.svg" "$work/wrong.csv"
out_has '9 wanted: MISSED' 'a wrong certified value'

# Several predictors, and a model written as a lambda in fit.cpp.
printf 'u,v,w\n1,2,5\n2,1,7\n3,5,15\n4,2,13\n5,7,25\n' >"$work/plane.csv"
run 0 'a plane' --model plane --svg "$work/plane.svg" "$work/plane.csv"
check_picture 'a plane' 5 "$work/plane.svg"
i=0
echo 'x,y' >"$work/mine.csv"
for y in 2.00 1.52 0.81 0.09 -0.53 -0.95 -1.10 -1.02 -0.77 -0.39 -0.03 0.28; do
  echo "$i,$y" >>"$work/mine.csv"
  i=$((i + 1))
done
run 0 'my own model' --model mine --start 2,0.1,0.4,0.2 --svg "$work/mine.svg" "$work/mine.csv"
check_picture 'my own model' 12 "$work/mine.svg"

run 0 'help' --help
out_has '^usage: fit ' 'help'

# malformed WHAT LINE REASON: $work/bad.csv holds the file
malformed() {
  run 2 "$1" --model exponential_rise --start 1,1 --svg "$work/bad.svg" "$work/bad.csv"
  err_is "$work/bad.csv:$2: $3" "$1"
  [ ! -e "$work/bad.svg" ] || fail "$1: a picture was written"
}

rm -f "$work/bad.csv"
malformed 'a missing file' 1 'no such file'
mkdir "$work/bad.csv"
malformed 'a folder' 1 'is a folder, not a CSV file'
rmdir "$work/bad.csv"
: >"$work/bad.csv"
malformed 'an empty file' 1 'the file is empty'
printf '# one\n# two\n' >"$work/bad.csv"
malformed 'comments only' 2 'the file has no row of numbers'
printf 'x,y\n' >"$work/bad.csv"
malformed 'a header only' 1 'the file has no row of numbers'
printf 'x,y\n1,2\n2,3,4\n3,4\n' >"$work/bad.csv"
malformed 'a row too long' 3 '3 fields, expected 2 as in line 1'
printf '1,2\n2,3\n\n3\n' >"$work/bad.csv"
malformed 'a row too short' 4 '1 field, expected 2 as in line 1'
printf '1\n2\n3\n' >"$work/bad.csv"
malformed 'one column' 1 '1 field, expected at least 2: x, y'
printf 'x,y\n1,2\n2,3o\n3,4\n' >"$work/bad.csv"
malformed 'text in a number' 3 "field 2, '3o' is not a number"
printf '1,two\n2,3\n3,4\n' >"$work/bad.csv"
malformed 'text in the first row' 1 "field 2, 'two' is not a number"
printf 'x,y\n1,2\n,3\n3,4\n' >"$work/bad.csv"
malformed 'an empty field' 3 'field 1 is empty'
printf 'x,y\n1,2\n2,nan\n3,4\n' >"$work/bad.csv"
malformed 'NaN' 3 "field 2, 'nan' is not a finite number"
printf 'x,y\n1,2\n-inf,2\n3,4\n' >"$work/bad.csv"
malformed 'infinity' 3 "field 1, '-inf' is not a finite number"
printf 'x,y\n1,2\n2,1e999\n3,4\n' >"$work/bad.csv"
malformed 'a number beyond doubles' 3 "field 2, '1e999' does not fit a double"
printf 'x,y\n1,2\n' >"$work/bad.csv"
malformed 'fewer rows than parameters' 2 '1 row of numbers, but the model exponential_rise has 2 parameters'
printf 'x1,x2,y\n1,2,3\n2,3,4\n' >"$work/bad.csv"
malformed 'too many predictors' 2 'the model exponential_rise reads 1 predictor, but a row has 2'
printf 'x,y\n1,2\n-1000,3\n' >"$work/bad.csv"
malformed 'no finite value' 3 'the model exponential_rise has no finite value here at the start values'
printf '#! modle: plane\n1,2\n2,3\n' >"$work/bad.csv"
malformed 'an unknown key' 1 "unknown key 'modle' after #!"

# The file names model and start values itself.
named() {
  run 2 "$1" --svg "$work/bad.svg" "$work/bad.csv"
  checks=$((checks + 1))
  case $(cat "$work/err") in
    "$work/bad.csv:$2: $3"*) ;;
    *) fail "$1: expected '$work/bad.csv:$2: $3'" ;;
  esac
}
printf '1,2\n2,3\n' >"$work/bad.csv"
named 'no model' 1 'the file names no model'
printf '# a comment\n#! model: parabola\n1,2\n2,3\n' >"$work/bad.csv"
named 'an unknown model' 2 "unknown model 'parabola', known are exponential_rise, "
printf '#! model: logistic\n#! start: 1, 2\n1,2\n2,3\n3,4\n' >"$work/bad.csv"
named 'too few start values' 2 'start has 2 values, but the model logistic has 3 parameters'
printf '#! model: enzyme_kinetics\n#! start: 1, x\n1,2\n2,3\n' >"$work/bad.csv"
named 'text in a start value' 2 "value 2, 'x' is not a number"
printf '#! model: plane\n#! certified: 1\n1,2\n2,3\n' >"$work/bad.csv"
named 'too few certified values' 2 '1 certified figures, expected 2'

# usage WHAT MESSAGE ARGUMENT...
usage() {
  what=$1
  message=$2
  shift 2
  run 2 "$what" "$@"
  checks=$((checks + 1))
  case $(cat "$work/err") in
    "$message"*) ;;
    *) fail "$what: expected '$message'" ;;
  esac
}
usage 'no file' 'fit: no data file given'
usage 'an unknown option' "fit: unknown option '--verbose'" --verbose "$data/misra1a.csv"
usage 'an option without value' 'fit: --model needs a value' "$data/misra1a.csv" --model
usage 'two files' 'fit: one file at a time' "$data/misra1a.csv" "$data/gauss1.csv"
usage 'an unknown model name' "fit: --model: unknown model 'line', known are exponential_rise, " --model line "$data/misra1a.csv"
usage 'a start that is no number' "fit: --start: value 2, 'b' is not a number" --start 1,b "$data/misra1a.csv"
usage 'too many start values' 'fit: --start has 3 values, but the model exponential_rise has 2 parameters' --start 1,2,3 "$data/misra1a.csv"
usage 'no start values' 'fit: no start values for the model logistic: give 3 parameters by --start' --model logistic "$data/misra1a.csv"
usage 'a picture in no folder' 'fit: the picture cannot be written to' --svg "$work/no/such.svg" "$data/misra1a.csv"
cp "$data/misra1a.csv" "$work/own.csv"
usage 'a picture over the data' 'fit: the picture would overwrite the data' --svg "$work/own.csv" "$work/own.csv"

report fit
