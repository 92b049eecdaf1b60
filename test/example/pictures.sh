#!/bin/sh
# The pictures that examples draw, read back: graphs against the tables beside them, charts by their number of points.
#   pictures.sh READ_PICTURE BACKPROPAGATION FOUR_WAYS NEURAL_NETWORK HEAT_CONTROL
# Says what failed; the exit code is 0 if nothing did.
set -u
program=$1
backpropagation=$2
four_ways=$3
neural_network=$4
heat_control=$5
. "$(dirname "$0")/checks.sh"

# drawn WHAT PROGRAM ARGUMENT...: it draws
drawn() {
  what=$1
  shift
  checks=$((checks + 1))
  "$@" >"$work/out" 2>"$work/err" || fail "$what: exit code $?"
}

# chart FILE POINTS...: curves of so many points
chart() {
  well_formed "$1" "$work/$1" svg text tspan
  run 0 "$1" chart "$work/$@"
}

drawn 'backpropagation' "$backpropagation" "$work/graphs"
count=0
for picture in "$work"/graphs/*.svg; do
  [ -e "$picture" ] || continue
  count=$((count + 1))
  name=${picture%.svg}
  if [ -e "$name.txt" ]; then
    well_formed "${name##*/}" "$picture" svg g text tspan title
    run 0 "${name##*/}" graph "$picture" "$name.txt"
  fi
done
checks=$((checks + 1))
[ "$count" -eq 9 ] || fail "backpropagation: $count pictures, expected 9"

# A table of another graph is noticed, and a box that is missing.
if run 1 'another table' graph "$work/graphs/neuron.svg" "$work/graphs/xor.txt"; then
  out_has 'is not that of\|lacks its value\|other boxes' 'another table'
fi
sed '/data-row="3"/,/<\/g>/d' "$work/graphs/sum_times.svg" >"$work/broken.svg"
run 1 'a box that is missing' graph "$work/broken.svg" "$work/graphs/sum_times.txt"

# 16 steps; 5 sizes; 10 depths
drawn 'four_ways' "$four_ways" --svg "$work"
chart steps.svg 16 16
chart operations.svg 5 5 5 5 5
chart swell.svg 10 10 10 10
run 1 'a chart of other points' chart "$work/steps.svg" 16 15

# an error after each of 60 iterations, three activations
drawn 'neural_network' "$neural_network" --quick --svg "$work/irises.svg"
chart irises.svg 60 60 60

# three profiles of 12 cells, and two errors before and after each of 10 iterations
drawn 'heat_control' "$heat_control" --grid 12 --steps 60 --snapshots 4 --iterations 10 --quiet --svg "$work/plate.svg"
chart plate.svg 12 12 12 11 11

report pictures
