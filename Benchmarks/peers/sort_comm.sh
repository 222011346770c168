#!/bin/sh
# What people do by hand with GNU sort and comm: sort_comm.sh INPUT PREVIOUS OUTPUT_PREFIX
# Lines, not rows: right only where no value has a line break, and it does not tell an update from an insert.
set -eu
export LC_ALL=C
head -n 1 "$1" >"$3.sorted.csv"
tail -n +2 "$1" | grep '^,' >"$3.nullpk.csv" || true
tail -n +2 "$1" | grep -v '^,' | sort --parallel=2 -S 160M -s -u -t , -k 1,1 >>"$3.sorted.csv"
tail -n +2 "$2" >"$3.old"
tail -n +2 "$3.sorted.csv" | sort -S 160M -c
tail -n +2 "$3.sorted.csv" | comm -3 - "$3.old" >"$3.delta.txt"
rm "$3.old"
