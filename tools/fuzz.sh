#!/usr/bin/env bash
# Fuzzes the readers with libFuzzer from the Swift toolchain (Linux), with the address sanitizer.
#
#   tools/fuzz.sh trace                             60 seconds from the corpus of Tests/Fuzzing/corpus/trace
#   tools/fuzz.sh workload -runs=10000000 -jobs=2   options of libFuzzer
#   tools/fuzz.sh all -max_total_time=300           one target after the other
#
# The targets are trace, replay, formats, profile, workload, formula, measurements, kernel-measurements and arguments, in Tests/Fuzzing.
# New inputs go to .build/fuzz/corpus/TARGET, an input that fails to .build/fuzz/TARGET-*: copy it to
# Tests/Fuzzing/corpus/TARGET, where `swift test` reads it from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
build=$root/.build/fuzz
all=(trace replay formats profile workload formula measurements kernel-measurements arguments)
wanted=${1:-all}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- -max_total_time=60
if [ "$wanted" = all ]; then targets=("${all[@]}"); else targets=("$wanted"); fi

mkdir -p "$build"
flags=(-O -swift-version 6 -package-name framework-tax-simulator -sanitize=fuzzer,address -parse-as-library -wmo -I "$build")
modules=(JSONText Roofline EventEngine CommandSyntax Profiles Workloads Traces Kernels Simulation Serving Replay Studies)
for module in "${modules[@]}"; do
  mapfile -t sources < <(find "Sources/$module" -name "*.swift" | sort)
  # What is older than the last build has not changed.
  if [ -n "$(find "Sources/$module" -name '*.swift' -newer "$build/$module.o" 2> /dev/null || echo new)" ]; then
    swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$build/$module.swiftmodule" \
      -c "${sources[@]}" -o "$build/$module.o"
  fi
done
objects=("${modules[@]/%/.o}")
swiftc "${flags[@]}" -module-name Fuzzing "$root"/Tests/Fuzzing/FuzzTarget*.swift "$root/Tests/Fuzzing/LibFuzzer.swift" \
  "${objects[@]/#/$build/}" -o "$build/fuzz" \
  2> >(grep -v "Cannot export local symbol" >&2)

status=0
cd "$build"
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target"
  echo "== $target"
  # Swift's metadata looks like leaks. A short quarantine without stacks, which take longer than the program.
  asan=detect_leaks=0:malloc_context_size=0:quarantine_size_mb=2:max_free_fill_size=0
  SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target ASAN_OPTIONS=$asan ./fuzz -max_len=${FUZZ_MAX_LEN:-8192} -timeout=10 -rss_limit_mb=1024 \
    -artifact_prefix="$target-" -print_final_stats=1 "$@" "corpus/$target" "$root/Tests/Fuzzing/corpus/$target" \
    2>&1 | grep -E '^(stat::|ERROR|SUMMARY|==|artifact_prefix|Fatal|.*error)|DONE' || true
  compgen -G "$target-*" > /dev/null && { echo "failed: $(compgen -G "$target-*" | tr '\n' ' ')"; status=1; } || true
done
exit $status
