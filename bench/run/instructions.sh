#!/usr/bin/env bash
# Instructions of record and sweep over those of the adjoint by hand, for each row of bench/run/reverse: counted by
# callgrind, so free of noise. valgrind does not know AVX-512: build for another processor, by
#   cmake --preset bench -B build/count -D CMAKE_CXX_FLAGS_RELEASE="-O3 -march=haswell -DNDEBUG"
# usage: instructions.sh PROGRAM [ROW...]
set -eu
program=$1
shift
count() {  # instructions of one repetition: those of three less those of one
  local of=()
  for times in 1 3; do
    of+=("$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" --repeat "$2" $times 2>&1 |
      sed -n 's/.*Collected : \([0-9]*\).*/\1/p')")
  done
  echo $(((of[1] - of[0]) / 2))
}
[[ $# -gt 0 ]] || set -- chain perceptron burgers lax_wendroff mixture_10 lorenz libor lstm log_sum_exp determinant \
  polynomial
printf '%-28s %14s %14s %8s\n' '' 'by hand' 'Duet' 'ratio'
for name; do
  for row in "$name" "$name, structural"; do
    hand=$(count "$row" hand)
    both=$(count "$row" both)
    printf '%-28s %14d %14d %8.2f\n' "$row" "$hand" "$both" "$(awk "BEGIN { print $both / $hand }")"
  done
done
