#!/usr/bin/env bash
# Fuzzes the trace reader with libFuzzer from the Swift toolchain (Linux).
#
#   tools/fuzz.sh                    60 seconds from the corpus of Tests/Fuzzing/corpus
#   tools/fuzz.sh -max_total_time=3600 -jobs=2    options of libFuzzer
#
# New inputs go to .build/fuzz/corpus, an input that fails to .build/fuzz/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$PWD/.build/fuzz
mkdir -p "$build/corpus"
flags=(-O -swift-version 6 -sanitize=fuzzer,address -parse-as-library -wmo)
for module in JSONText Traces; do
  swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$build/$module.swiftmodule" \
    -I "$build" -c Sources/$module/*.swift -o "$build/$module.o"
done
swiftc "${flags[@]}" -I "$build" Tests/Fuzzing/*.swift "$build"/{JSONText,Traces}.o -o "$build/fuzz_trace_reader"
cd "$build"
[ $# -gt 0 ] || set -- -max_total_time=60
# Swift's metadata looks like leaks.
ASAN_OPTIONS=detect_leaks=0 ./fuzz_trace_reader -max_len=4096 -timeout=10 -rss_limit_mb=1024 "$@" corpus \
  "$OLDPWD/Tests/Fuzzing/corpus"
