#!/usr/bin/env python3
"""The model of `simulate` on one stream in SimPy: a host process, a queue of launches, a stream process.

Requirements: simpy. Usage: simpy_loop.py [ROUNDS]; prints the latency and the ns of processor time for each operator.
"""
import json
import sys
import time

import simpy

CALL, LATENCY, GAP = 4.0, 1.0, 1.3
DISPATCH = [36, 6.4, 6.4, 7, 36] * 2
KERNEL = [3, 2, 2, 0, 3] * 2


def host(environment, queue, rounds):
    for _ in range(rounds):
        for dispatch, kernel in zip(DISPATCH, KERNEL):
            yield environment.timeout(dispatch + (CALL if kernel else 0))
            if kernel:
                yield queue.put((environment.now + LATENCY, kernel))


def stream(environment, queue, launches):
    end = -GAP
    for _ in range(launches):
        ready, kernel = yield queue.get()
        start = max(ready, end + GAP)
        yield environment.timeout(start - environment.now + kernel)
        end = environment.now


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    environment = simpy.Environment()
    queue = simpy.Store(environment, capacity=1024)
    environment.process(host(environment, queue, rounds))
    device = environment.process(stream(environment, queue, rounds * sum(1 for kernel in KERNEL if kernel)))
    begin = time.process_time()
    environment.run(until=device)
    seconds = time.process_time() - begin
    print(json.dumps({"latency_us": environment.now, "ns_per_operator": seconds / rounds / len(DISPATCH) * 1e9}))


if __name__ == "__main__":
    main()
