// The model of `simulate` on one stream as most simulators would write it: events in a std::priority_queue.
//
// A pass is ROUNDS times ten operators, eight of which launch a kernel. The host dispatches and launches until the queue of
// 1,024 launches is full; the stream runs its kernels in order. Every clock carries an account by category, and where two
// meet the later one's goes on: the same breakdown as `simulate run --synchronized` gives. Prints the latency and the ns of
// processor time for each operator.
//
//   c++ -O2 -o event_loop benchmarks/event_loop.cpp && ./event_loop 1000000
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <queue>
#include <vector>

using Account = std::array<int64_t, 8>;
enum Lane { dispatch, launch, gap, work };
struct Event { int64_t time, order; int kind; bool operator<(const Event& o) const { return time != o.time ? time > o.time : order > o.order; } };
struct Job { int64_t ready, duration; Account account; };

int main(int argc, char** argv) {
  const int64_t rounds = argc > 1 ? std::atoll(argv[1]) : 1000000, depth = 1024;
  const int64_t call = 4000000, latency = 1000000, kernelGap = 1300000;
  const std::vector<int64_t> dispatches = {36000000, 6400000, 6400000, 7000000, 36000000, 36000000, 6400000, 6400000, 7000000, 36000000};
  const std::vector<int64_t> kernels = {3000000, 2000000, 2000000, 0, 3000000, 3000000, 2000000, 2000000, 0, 3000000};
  std::priority_queue<Event> calendar;
  std::deque<Job> stream;
  int64_t host = 0, end = -kernelGap, order = 0, issued = 0, total = rounds * 10;
  Account hostAccount{}, endAccount{};
  bool isRunning = false, isBlocked = false;
  auto start = [&](int64_t now) {  // the stream's next kernel
    Job job = stream.front();
    int64_t from = job.ready;
    Account account = job.account;
    if (end + kernelGap > from) { from = end + kernelGap; account = endAccount; account[gap] += kernelGap; }
    (void)now;
    end = from + job.duration;
    account[work] += job.duration;
    endAccount = account;
    isRunning = true;
    calendar.push({end, order++, 1});
  };
  auto step = [&] {  // the host's next operator
    if (issued == total) return;
    const int kind = issued++ % 10;
    host += dispatches[kind];
    hostAccount[dispatch] += dispatches[kind];
    if (kernels[kind] > 0) { host += call; hostAccount[launch] += call; }
    calendar.push({host, order++, kernels[kind] > 0 ? 2 : 0});
  };
  std::clock_t begin = std::clock();
  step();
  while (!calendar.empty()) {
    const Event event = calendar.top();
    calendar.pop();
    if (event.kind == 1) {  // a kernel ends
      stream.pop_front();
      isRunning = false;
      if (!stream.empty()) start(event.time);
      if (isBlocked) { isBlocked = false; if (end > host) { host = event.time; hostAccount = endAccount; } step(); }
      continue;
    }
    if (event.kind == 2) {  // a launch call returns
      Job job{host + latency, kernels[(issued - 1) % 10], hostAccount};
      job.account[launch] += latency;
      stream.push_back(job);
      if (!isRunning) start(event.time);
      if ((int64_t)stream.size() >= depth) { isBlocked = true; continue; }
    }
    step();
  }
  const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  const int64_t finish = end > host ? end : host;
  std::printf("{\"latency_us\": %.6f, \"ns_per_operator\": %.3f}\n", finish / 1e6, seconds / total * 1e9);
}
