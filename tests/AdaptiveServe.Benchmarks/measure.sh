#!/usr/bin/env bash
# Everything that docs/performance.md quotes, on a machine that has nothing else to do: tests/AdaptiveServe.Benchmarks/measure.sh [steps|growth|peers]...
# Without arguments all of it: about twenty minutes on two cores, ten of them the comparison with llama.cpp, which runs where
# tests/peers/llama-cpp has it compiled (README.md there). Build first:
#   dotnet build -c Release tests/AdaptiveServe.Benchmarks && dotnet build -c Release src/AdaptiveServe.Lab
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$root/tests/AdaptiveServe.Benchmarks/bin/Release/net10.0/linux-x64/AdaptiveServe.Benchmarks
peer=$root/tests/peers/llama-cpp
[ -x "$program" ] || { echo "Build tests/AdaptiveServe.Benchmarks in Release first." >&2; exit 2; }

# Each command, what it printed, and when.
run() {
  printf '\n## %s  (%s, load %s)\n' "$*" "$(date +%H:%M:%S)" "$(cut -d ' ' -f 1 /proc/loadavg)"
  "$program" "$@"
}

# Steps of one model: the engine around them, and where their time goes.
steps() {
  run steady D256x12 1 60
  run steady D256x12 32 60
  run probe D256x12
  run probe D256x12 2
  run probe D256x12 1 32
  run probe D256x12 1 1 512
  run probe D288x6
  run probe D1024x24
}

growth() {
  run growth parameters 1
  run growth tokens 1 D256x12 1
  run growth tokens 1 D256x12 2
  run growth tokens 1 D1024x24 1
  run growth rows 1 D256x12 1
  run growth rows 1 D256x12 2
  run growth context 1 D256x12 1
  run growth kv 0.3 D256x12 1
  run growth waiting 0.5
}

peers() {
  if [ ! -d "$peer/node_modules/node-llama-cpp" ]; then
    echo "llama.cpp is not there: see $peer/README.md" >&2
    return
  fi

  compare --shapes D256x12
  compare --shapes D288x6,D768x12,D1024x24 --formats f16 --sequences 1
}

compare() {
  printf '\n## node tests/peers/llama-cpp/compare.mjs --quick %s  (%s)\n' "$*" "$(date +%H:%M:%S)"
  node "$peer/compare.mjs" --quick "$@"
}

[ $# -gt 0 ] || set -- steps growth peers
for part in "$@"; do
  case $part in
    steps | growth | peers) "$part" ;;
    *) echo "There is no $part: steps, growth or peers." >&2; exit 2 ;;
  esac
done
