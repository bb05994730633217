// What one core of this machine does at most: bytes read from memory a ns, and instructions a ns. Prints both as JSON.
//
//   c++ -O2 -march=native -o machine_limits benchmarks/machine_limits.cpp && ./machine_limits
//
// Memory: a sum over 256 MB, which no cache holds, sixteen words at a time. Instructions: additions to eight registers of which none
// waits for another, and no access and no branch but the loop's.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

static double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double bytesPerNanosecond() {
  std::vector<uint64_t> words(size_t(1) << 25, 1);
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const double begun = seconds();
    uint64_t sums[16] = {};
    for (size_t index = 0; index < words.size(); index += 16)
      for (int lane = 0; lane < 16; ++lane) sums[lane] += words[index + lane];
    const double taken = seconds() - begun;
    uint64_t sum = 0;
    for (uint64_t part : sums) sum += part;
    if (sum != words.size()) return 0;
    best = std::max(best, words.size() * 8 / taken / 1e9);
  }
  return best;
}

#if defined(__x86_64__)
#define ADD(register) "add $1, %" #register "\n"
#elif defined(__aarch64__)
#define ADD(register) "add %" #register ", %" #register ", #1\n"
#endif

static double instructionsPerNanosecond() {
#ifdef ADD
  const int64_t rounds = 20'000'000;
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    const double begun = seconds();
    for (int64_t index = 0; index < rounds; ++index)
      asm volatile(ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7) ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7)
                   : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
    // Sixteen additions, and two instructions of the loop, which processors take as one.
    best = std::max(best, rounds * 18 / (seconds() - begun) / 1e9);
  }
  return best;
#else
  return 0;
#endif
}

int main() {
  std::printf("{\"bytes_per_ns\": %.2f, \"instructions_per_ns\": %.2f}\n", bytesPerNanosecond(), instructionsPerNanosecond());
}
