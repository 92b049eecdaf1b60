#!/bin/sh
# A small plate: the gradient is right, the field comes back, the picture is whole; and options that cannot be used.
#   heat_control.sh HEAT_CONTROL_PROGRAM
# Says what failed; the exit code is 0 if nothing did.
set -u
program=$1
. "$(dirname "$0")/checks.sh"

# holds WHAT CONDITION: of numbers, as awk reads them
holds() {
  checks=$((checks + 1))
  awk "BEGIN { exit !($2) }" || fail "$1: not $2"
}

# Columns of the first and the last iteration: cost, norm of the gradient, error in percent.
iterations() { awk '$1 ~ /^[0-9]+$/ && $5 == "%"' "$work/out"; }
first() { iterations | head -n 1 | awk "{ print \$$1 }"; }
last() { iterations | tail -n 1 | awk "{ print \$$1 }"; }

# check_picture WHAT FILE: with all its panels
check_picture() {
  well_formed "$1" "$2" svg g text tspan || return
  if grep -q -v -e '^<.*>$' "$2"; then fail "$1: the picture has a line that is no element"; fi
  [ "$(grep -c 'class="field"' "$2")" -eq 4 ] || fail "$1: not four fields"
  [ "$(grep -c 'class="curve"' "$2")" -eq 5 ] || fail "$1: not five curves"
  for title in 'True first field' 'Observed at the end' 'Recovered first field' 'Recovered minus true' 'temperature' \
    'distance from the truth'; do
    grep -q ">$title<" "$2" || fail "$1: the picture has no '$title'"
  done
}

# check_recovery WHAT SHARE_OF_THE_ERROR SHARE_OF_THE_COST ARGUMENT...
check_recovery() {
  what=$1
  of_error=$2
  of_cost=$3
  shift 3
  run 0 "$what" --svg "$work/plate.svg" "$@" || return
  out_has '^check .*: good$' "$what"
  derivative=$(sed -n 's/^check .*relative error \([^:]*\):.*/\1/p' "$work/out")
  holds "$what: the derivative" "${derivative:-1} < 1e-6"
  holds "$what: the error of the field" "$(last 4) < $of_error * $(first 4)"
  holds "$what: the cost" "$(last 2) < $of_cost * $(first 2)"
  checks=$((checks + 1))
  [ ! -s "$work/err" ] || fail "$what: something on standard error, which is no terminal"
  check_picture "$what" "$work/plate.svg"
  rm -f "$work/plate.svg"
}

check_recovery 'a small plate' 0.1 0.01 --grid 16 --steps 60 --snapshots 4 --iterations 15
out_has '^plan  *60 steps recorded once each and 184 advanced, .*; at most 4 states in memory$' 'a small plate'
out_has '^memory .* at the peak of a sweep' 'a small plate'
out_has '^plain tape ' 'a small plate'
share=$(sed -n 's/^share  *\([0-9.]*\) % of the plain tape.*/\1/p' "$work/out")
holds 'a small plate: the memory' "${share:-100} < 20"

# The number of states is no matter for what comes out.
iterations | sed 's/%.*//' >"$work/four"
check_recovery 'two states' 0.1 0.01 --grid=16 --steps=60 --snapshots=2 --iterations=15 --quiet
iterations | sed 's/%.*//' >"$work/two"
checks=$((checks + 1))
cmp -s "$work/four" "$work/two" || fail 'two states: other iterations than with four'

run 0 'help' --help
out_has '^usage: heat_control ' 'help'

# refused WHAT MESSAGE ARGUMENT...: one line on standard error, nothing printed, no picture
refused() {
  what=$1
  message=$2
  shift 2
  run 2 "$what" --svg "$work/refused.svg" "$@"
  checks=$((checks + 1))
  case $(cat "$work/err") in
    "heat_control: $message"*) ;;
    *) fail "$what: expected 'heat_control: $message'" ;;
  esac
  [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$what: not one line"
  [ ! -s "$work/out" ] || fail "$what: something was printed"
  [ ! -e "$work/refused.svg" ] || fail "$what: a picture was written"
}
refused 'an unknown option' "unknown argument '--verbose'" --verbose
refused 'a stray word' "unknown argument 'plate'" plate
refused 'no number' '--grid needs a value' --grid
refused 'a word for a number' "--steps is 'many', expected a whole number from 1 to " --steps many
refused 'a fraction' "--grid is '16.5', expected" --grid 16.5
refused 'an empty number' "--grid is '', expected" --grid=
refused 'a grid too small' "--grid is '4', expected a whole number from 8 to 1024" --grid 4
refused 'no snapshot' "--snapshots is '0', expected" --snapshots 0
refused 'fewer than no steps' "--steps is '-5', expected" --steps -5
refused 'a number beyond all' "--iterations is '99999999999999999999', expected" --iterations 99999999999999999999
refused 'steps too long' '2 steps are too few for a grid of 64: explicit steps are stable from 14 on' --grid 64 --steps 2
refused 'a flag with a value' '--quiet takes no value' --quiet=yes
refused 'a picture in no folder' 'the picture cannot be written to' --svg "$work/no/such.svg" --grid 16 --steps 60
refused 'a picture without name' '--svg needs the name of a file' --svg= --grid 16 --steps 60

report heat_control
