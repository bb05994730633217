#!/usr/bin/env python3
"""The equations of kernels.md, plainly, one shape at a time, with rounded constants: prints golden values.

    python3 benchmarks/studies/kernels.py

Needs Python 3.9 and nothing else.
"""
import math

# per family; lengths of time in us, rates per clock of a compute unit
FAMILIES = {
    "Ampere GA100": dict(matrix_flops_per_clock=1625, energy_pj_per_flop=0.9, operand_bytes_per_clock=39, matrix_step_clocks=293, split_us=1.75, matrix_fixed_us=4.1, matrix_memory=0.733, cache_bytes_per_clock=8.9,
                         attention_flops_per_clock=1380, exponentials_per_clock=16, attention_block_us=3.2, attention_fixed_us=3.5, flash_attention=2),
    "Hopper": dict(matrix_flops_per_clock=None, energy_pj_per_flop=0.695, operand_bytes_per_clock=None, matrix_step_clocks=167, split_us=2.8, matrix_fixed_us=2.6, matrix_memory=0.823, cache_bytes_per_clock=14.1,
                   attention_flops_per_clock=None, exponentials_per_clock=18.5, attention_block_us=3.2, attention_fixed_us=5.65, flash_attention=3, quantization_us=9.5),
    "Ada": dict(matrix_flops_per_clock=None, energy_pj_per_flop=1.307, operand_bytes_per_clock=19.3, matrix_step_clocks=493, split_us=1.34, matrix_fixed_us=2.1, matrix_memory=0.802, cache_bytes_per_clock=5.7,
                attention_flops_per_clock=625, exponentials_per_clock=16, attention_block_us=3.8, attention_fixed_us=1.9, flash_attention=2, quantization_us=9.6),
    "Blackwell": dict(matrix_flops_per_clock=5500, energy_pj_per_flop=0.45, operand_bytes_per_clock=None, matrix_step_clocks=154, split_us=3.6, matrix_fixed_us=2.04, matrix_memory=0.788, cache_bytes_per_clock=19.2,
                      attention_flops_per_clock=None, exponentials_per_clock=16, attention_block_us=1.53, attention_fixed_us=5.45, flash_attention=4, quantization_us=12.4),
}
OVERLAP = 2.5
NARROW_ENERGY = 0.55  # of an fp8 FLOP, relative to a bf16 one
WAVE, ARITHMETIC_POWER = 0.55, 0.8
TILES = [(256, 128), (128, 256), (256, 64), (64, 256), (128, 128), (128, 64), (64, 128), (64, 64), (64, 32), (32, 64)]
PARTS = (1, 2, 3, 4, 6, 8, 12, 16)
CAUSAL_TILE = {2: (64, 64), 3: (192, 128), 4: (256, 128)}
BIDIRECTIONAL_TILE = {2: (128, 64), 3: (192, 128), 4: (256, 128)}
DECODE_TILE = (16, 128)
COMBINE_KERNELS = {2: 2, 3: 0.5, 4: 0.5}
DEVICES = {  # units, GHz, bf16 and fp8 TFLOPS, GB/s, L2 MB, watts
    "nvidia-a100-sxm4-80gb": ("Ampere GA100", 108, 1.41, 312, None, 2039, 40, 400),
    "nvidia-h200": ("Hopper", 132, 1.83, 989, 1979, 4800, 50, 700),
    "nvidia-l40s": ("Ada", 142, 2.52, 362, 733, 864, 96, 350),
    "nvidia-b200": ("Blackwell", 148, 1.965, 2250, 4500, 8000, 126, 1000),
}


def overlap(a, b): return (a**OVERLAP + b**OVERLAP) ** (1 / OVERLAP)


def ceil(x): return float(math.ceil(x))


class Device:
    def __init__(self, name):
        family, self.units, ghz, bf16, fp8, gbs, l2, self.watts = DEVICES[name]
        self.f = FAMILIES[family]; self.clk = ghz * 1e3; self.peak = {2: bf16 * 1e6, 1: (fp8 or 0) * 1e6}; self.l2 = l2 * 1e6
        self.memory = gbs * 1e3 * self.f["matrix_memory"]; self.cache = self.units * self.clk * self.f["cache_bytes_per_clock"]

    def away(self, size):  # share of a tensor (set of tensors) that does not stay in the L2
        return min(1, max(0, (size / self.l2 - 0.85) / 0.25))

    def traffic(self, size, share): return size * (share / self.memory + (1 - share) / self.cache)

    def waves(self, load): return 1 if load <= 1 else load + WAVE * (ceil(load) - load)

    def product(self, m, n, k, element=2, batch=1, copies=6):
        f, clk = self.f, self.clk
        unit = self.peak[element] / self.units
        if f["matrix_flops_per_clock"]: unit = min(unit, f["matrix_flops_per_clock"] * 2 / element * clk)
        step = f["matrix_step_clocks"] / clk / (64 * 2 / element)
        compute = math.inf
        for rows, columns in TILES:
            resident = min(8, max(1, 128 * 128 / (rows * columns)))
            term = 2 * rows * columns / unit
            if f["operand_bytes_per_clock"]:
                term = max(term, (min(rows, m) + min(columns, n)) * element / (f["operand_bytes_per_clock"] * clk))
            for parts in PARTS:
                if parts > 1 and k / parts < 256: continue
                load = batch * ceil(m / rows) * ceil(n / columns) * parts / self.units
                turns = max(1, load / resident)
                t = k / parts * max(self.waves(load) * term, turns * step) 
                if parts > 1: t += f["split_us"] + 8 * parts * batch * m * n / self.cache
                compute = min(compute, t)
        energy = f["energy_pj_per_flop"] * (NARROW_ENERGY if element == 1 else 1)
        compute = max(compute, 2 * batch * m * n * k * energy * 1e-6 / (ARITHMETIC_POWER * self.watts))
        w, xy = batch * element * n * k, batch * (element * m * k + 2 * m * n)
        memory = self.traffic(w, self.away(copies * w)) + self.traffic(xy, self.away(xy))
        return f["matrix_fixed_us"] + overlap(compute, memory)

    def quantized(self, m, n, k, quantization_us=None, passes=6.5):
        x = m * k
        q = self.f["quantization_us"] if quantization_us is None else quantization_us
        return self.product(m, n, k, element=1) + q + self.traffic(passes * x, self.away(2 * x))

    def attention(self, b, h, kv, sq, sk, w, causal=False, writes_cache=False, element=2):
        f, clk = self.f, self.clk
        fixed = f["matrix_fixed_us"]
        version = f["flash_attention"]; group = h / kv; decode = sq == 1
        rows, columns = DECODE_TILE if decode else (CAUSAL_TILE if causal else BIDIRECTIONAL_TILE)[version]
        packed = decode or version >= 3
        heads, queries = (kv, sq * group) if packed else (h, sq)
        unit = self.peak[element] / self.units
        if f["attention_flops_per_clock"]: unit = min(unit, f["attention_flops_per_clock"] * clk)
        score = 4 * ceil(w / 16) * 16 / unit + 1 / (f["exponentials_per_clock"] * clk)
        blocks, steps = b * heads * ceil(queries / rows), ceil(sk / columns)
        parts = 1
        if decode: parts = min(max(1, math.floor(self.units / blocks)), ceil(steps / 2))
        longest = ceil(steps / parts)
        mean = longest
        if causal and steps > 1: mean = longest - max(0, ceil(sq / columns) - max(1, rows / columns)) / 2
        waves = self.waves(blocks * parts / self.units)
        compute = max(waves * mean, longest) * rows * columns * score + waves * f["attention_block_us"]
        flops = 4 * b * h * sq * w * ((sk - (sq - 1) / 2) if causal else sk)
        compute = max(compute, flops * f["energy_pj_per_flop"] * 1e-6 / (ARITHMETIC_POWER * self.watts))
        size = 2 * element * b * (h * sq + kv * sk) * w
        memory = self.traffic(size, self.away(size))
        # one large block a unit hides nothing; several small ones hide one another's loads and stores
        t = f["attention_fixed_us"] + (compute + memory if version >= 3 and not decode else overlap(compute, memory))
        if parts > 1: t += COMBINE_KERNELS[version] * fixed
        if version == 2 and decode and group > 1 and kv > 1 and b > 1: t += 2 * fixed
        if writes_cache:
            written = 4 * element * b * kv * sq * w
            t += fixed + self.traffic(written, self.away(written))
        return t


def golden():
    """A few shapes of each kind on each device, which an implementation has to give as well."""
    products = ((1, 4096, 4096), (16, 28672, 4096), (256, 512, 65536), (512, 4096, 4096), (4097, 6144, 5120), (32768, 8192, 8192))
    encoders = ((1, 12, 12, 197, 197, 64), (8, 16, 16, 1024, 1024, 72))
    prefills = ((1, 32, 8, 1, 1, 128), (4, 32, 8, 2048, 2048, 128))
    decodes = ((1, 32, 8, 1, 1024, 128), (64, 32, 8, 1, 4096, 128), (512, 8, 8, 1, 64, 64))
    for name in DEVICES:
        device = Device(name)
        print(name, "product", [round(device.product(*shape), 4) for shape in products],
              "encoder", [round(device.attention(*shape), 4) for shape in encoders],
              "prefill", [round(device.attention(*shape, causal=True, writes_cache=True), 4) for shape in prefills],
              "decode", [round(device.attention(*shape, writes_cache=True), 4) for shape in decodes],
              "fp8", [round(device.quantized(*shape), 4) for shape in products[:1]] if device.peak[1] else "")


if __name__ == "__main__":
    golden()
