#!/usr/bin/env bash
# Checks the CUDA path on the machine it runs on: publishes the server, the torch tests and the benchmarks self-contained, finds libtorch's
# CUDA libraries, runs the tests of Category=Gpu, a request against the server and decode steps of a random model without CUDA graphs and with
# them, and prints what came of each and the table of decode steps for docs/performance.md. Every part has a limit: eight minutes in all at most.
# Without a CUDA device these are reported as skipped and the script succeeds.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: deploy/gpu-check.sh [options]

  --model DIR         Model folder for the smoke request; by default stories260K of the test data, if it is there.
  --backend KIND      libtorch of the publish: cpu, cuda (the NuGet payload), or auto: cuda if it is needed and restores. Default auto.
  --out DIR           Publish into this folder and keep it; by default a temporary one.
  --skip-publish DIR  Use what was published into this folder: no SDK is needed.
  --torch DIR         The folder of an installed PyTorch; by default that of python3, or of $PYTHON.
  --shape SHAPE       Random model of the decode steps: D256x12, D768x12, D1024x24 or D2048x22 (1B, 2.1 GB). Default D2048x22.
  -h, --help          This text.

Decode steps are run beside Hugging Face transformers on the same weights where that Python has it and a torch that sees the device.
Libraries of an installed PyTorch take the place of those published; its version may differ from libtorch's by a minor.
ADAPTIVESERVE_TEST_DATA names the folder of the test data; by default ../shared/data beside the repository.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
model='' backend=auto out='' publish=true torch='' shape=D2048x22
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --model | --backend | --out | --skip-publish | --torch | --shape)
      [ $# -ge 2 ] || { echo "$1 needs a value." >&2; exit 2; } ;;&
    --model) model=$2 ;;
    --backend) backend=$2 ;;
    --out) out=$2 ;;
    --skip-publish) out=$2 publish=false ;;
    --torch) torch=$2 ;;
    --shape) shape=$2 ;;
    *) echo "Unknown option $1; --help lists them." >&2; exit 2 ;;
  esac
  shift 2
done
case $backend in auto | cpu | cuda) ;; *) echo "--backend must be auto, cpu or cuda." >&2; exit 2 ;; esac
case $shape in D256x12 | D768x12 | D1024x24 | D2048x22) ;; *) echo "--shape: there is no $shape; --help lists them." >&2; exit 2 ;; esac

work=$(mktemp -d)
server=''
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

rows=() failed=false table=()
limited() { # seconds command...
  timeout --kill-after=5 "$@"
}
row() { rows+=("$1|$2"); }
fail() { row "$1" "FAILED: $2"; failed=true; }

device() { nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1; }

# The folder of the PyTorch that Python would import, without importing it.
find_torch() {
  "${PYTHON:-python3}" -c '
import importlib.util
spec = importlib.util.find_spec("torch")
print(list(spec.submodule_search_locations)[0] if spec else "")' 2>/dev/null || true
}

publish_project() { # project backend artifacts
  dotnet publish "$root/$1" -c Release -r linux-x64 --self-contained -m:1 -p:TorchBackend="$2" --artifacts-path "$3" -o "$out" -v quiet
}

# All executables go into one folder, since they share the runtime and libtorch. The tree's own bin and obj are not touched.
publish_all() {
  local kind=$backend artifacts=$work/artifacts
  if [ "$kind" = auto ]; then
    kind=cpu
    if [ -n "$name" ] && [ -z "$torch" ] &&
      dotnet restore "$root/src/AdaptiveServe.Server" -r linux-x64 -p:TorchBackend=cuda --artifacts-path "$artifacts" -v quiet; then
      kind=cuda
    fi
  fi

  for project in src/AdaptiveServe.Server tests/AdaptiveServe.Torch.Tests tests/AdaptiveServe.Benchmarks; do
    publish_project "$project" "$kind" "$artifacts"
  done
  row "published" "libtorch for $kind"
}

# A folder to run from: hard links (or a copy) of the published files, with PyTorch's libraries in the place of libtorch's.
prepare() {
  bin=$work/bin
  cp -al "$out" "$bin" 2>/dev/null || { rm -rf "$bin"; cp -a "$out" "$bin"; }
  if [ -z "$torch" ]; then
    if [ -e "$bin/libtorch_cuda.so" ]; then row "CUDA libraries" "published"; else row "CUDA libraries" "none: no payload and no PyTorch with CUDA"; fi
    return
  fi

  local library
  for library in "$torch"/lib/lib*.so*; do
    case ${library##*/} in libtorch_python* | libshm*) continue ;; esac
    ln -sf "$library" "$bin/"
  done
  # Those that PyTorch takes from the nvidia wheels beside it.
  local path=$torch/lib folder
  for folder in "${torch%/*}"/nvidia/*/lib; do if [ -d "$folder" ]; then path+=:$folder; fi; done
  export LD_LIBRARY_PATH=$path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  row "CUDA libraries" "$torch $(sed -n "s/^__version__ = '\(.*\)'/(PyTorch \1)/p" "$torch/version.py" 2>/dev/null || true)"
}

# What one run of the test program says. CUDA graphs have one of their own: a C++ exception there would end the process.
run_tests() { # label seconds filter...
  local label=$1 log=$work/tests.log status=0 summary total skipped
  limited "$2" "$bin/AdaptiveServe.Torch.Tests" -trait Category=Gpu "${@:3}" -noColor >"$log" 2>&1 || status=$?
  summary=$(sed -n 's/.*\(Total: .*\), Not Run.*/\1/p' "$log")
  total=${summary#Total: } total=${total%%,*} skipped=${summary##*Skipped: }
  if [ "$status" -ne 0 ] || [ "${total:-0}" -eq 0 ]; then
    cat "$log" >&2
    fail "$label" "${summary:-exit code $status}"
  elif [ -z "$name" ] && [ "$skipped" -eq "$total" ]; then
    row "$label" "skipped: no CUDA device ($total tests)"
  elif [ "$skipped" -eq "$total" ]; then
    sed -n '/\[SKIP\]/,+1p' "$log" >&2
    fail "$label" "all $total skipped, though the machine has a CUDA device"
  else
    row "$label" "$summary"
  fi
}

# What the published server answers on a device, in $answer; says why not on the error stream.
ask() {
  local log=$work/server-$1.log url='' waited=0 body
  answer=''
  "$bin/adaptiveserve" --model "$model" --device "$1" --dtype float32 --urls http://127.0.0.1:0 >"$log" 2>&1 &
  server=$!
  while [ -z "$url" ] && kill -0 "$server" 2>/dev/null && [ "$waited" -lt 150 ]; do
    url=$(sed -n 's/.*Serving .* on \(http:[^,]*\),.*/\1/p' "$log")
    sleep 0.2
    waited=$((waited + 1))
  done
  if [ -n "$url" ]; then
    body='{"prompt": "Once upon a time", "max_tokens": 24, "temperature": 0}'
    answer=$(curl -sS --max-time 30 -H 'Content-Type: application/json' -d "$body" "$url/v1/completions" |
      sed -n 's/.*"text":"\(\([^"\\]\|\\.\)*\)".*/\1/p') || answer=''
  fi

  kill "$server" 2>/dev/null || true
  wait "$server" || true
  server=''
  if [ -z "$answer" ]; then cat "$log" >&2; fi
}

smoke() {
  if [ -z "$model" ]; then
    row "request" "skipped: no model folder (--model DIR)"
    return
  fi

  ask cpu
  local expected=$answer
  if [ -z "$expected" ]; then fail "request on cpu" "no answer"; else row "request on cpu" "\"$expected\""; fi
  if [ -z "$name" ]; then
    row "request on cuda" "skipped: no CUDA device"
    return
  fi

  ask cuda
  if [ -z "$answer" ]; then
    fail "request on cuda" "no answer"
  elif [ "$answer" != "$expected" ]; then
    fail "request on cuda" "\"$answer\""
  else
    row "request on cuda" "the same text"
  fi
}

# Decode steps on the device beside a copy within its memory, and beside transformers on the same weights.
decode() {
  if [ -z "$name" ]; then
    row "decode" "skipped: no CUDA device"
    return
  fi

  local weights=$work/random log=$work/decode.log benchmarks=$bin/AdaptiveServe.Benchmarks line
  if ! { limited 40 "$benchmarks" model "$shape" "$weights" && limited 90 "$benchmarks" decode cuda "$weights" 1 bfloat16; } >"$log" 2>&1; then
    cat "$log" >&2
    fail "decode $shape" "ended early"
  fi

  while IFS= read -r line; do
    case $line in
      '|'*) table+=("$line") ;;
      *'CUDA graphs'*) fail "decode $shape" "$line" ;; # then the rows with graphs have none
      *) row "decode $shape" "$line" ;;
    esac
  done <"$log"
  transformers "$weights"
}

transformers() { # weights
  local log=$work/transformers.log line
  if ! "${PYTHON:-python3}" -c 'import torch, transformers; raise SystemExit(not torch.cuda.is_available())' 2>/dev/null; then
    row "transformers" "skipped: this Python has no transformers, or no torch that sees the device"
    return
  fi

  limited 80 "${PYTHON:-python3}" "$root/tests/peers/transformers/decode.py" "$1" cuda >"$log" 2>"$log.errors" ||
    { cat "$log.errors" >&2; row "transformers" "stopped: $(tail -n 1 "$log.errors")"; }
  while IFS= read -r line; do
    case $line in '|'*) table+=("$line") ;; esac
  done <"$log"
}

name=$(device || true)
row "CUDA device" "${name:-none}"
if [ -n "$torch" ]; then
  [ -e "$torch/lib/libtorch_cuda.so" ] || { echo "--torch: $torch/lib has no libtorch_cuda.so." >&2; exit 2; }
  torch=$(cd "$torch" && pwd)
else
  torch=$(find_torch)
  if [ ! -e "$torch/lib/libtorch_cuda.so" ]; then torch=''; fi
fi

if [ -z "${ADAPTIVESERVE_TEST_DATA:-}" ] && [ -d "$root/../shared/data" ]; then
  ADAPTIVESERVE_TEST_DATA=$(cd "$root/../shared/data" && pwd)
  export ADAPTIVESERVE_TEST_DATA
fi
if [ -z "$model" ] && [ -d "${ADAPTIVESERVE_TEST_DATA:-}/models/stories260K" ]; then model=$ADAPTIVESERVE_TEST_DATA/models/stories260K; fi

out=${out:-$work/publish}
if $publish; then
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  publish_all
fi
for program in adaptiveserve AdaptiveServe.Torch.Tests AdaptiveServe.Benchmarks; do
  [ -x "$out/$program" ] || { echo "$out has no $program: publish into it with --out." >&2; exit 2; }
done

prepare
run_tests "GPU tests" 120 -method- '*CudaGraphs*'
run_tests "CUDA graph tests" 30 -method '*CudaGraphs*'
smoke
decode

echo
for entry in "${rows[@]}"; do printf '%-16s  %s\n' "${entry%%|*}" "${entry#*|}"; done
if [ ${#table[@]} -gt 0 ]; then printf '\nDecode steps of %s on %s:\n\n' "$shape" "$name"; printf '%s\n' "${table[@]}"; fi
if $failed; then exit 1; fi
