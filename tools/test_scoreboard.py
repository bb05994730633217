"""Tests of benchmarks/scoreboard: what it asks of peers and how it counts, without a simulator and without peers."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("scoreboard", str(ROOT / "benchmarks/scoreboard"))
scoreboard = importlib.util.module_from_spec(importlib.util.spec_from_loader("scoreboard", loader))
sys.modules["scoreboard"] = scoreboard
loader.exec_module(scoreboard)

RUN = scoreboard.Run("qwen2.5-14b", "nvidia-h200", "sglang", "", "bf16", "", 1, 8, 1000, 101)


def changed(**values):
    return scoreboard.dataclasses.replace(RUN, **values)


def points(*errors):
    return [scoreboard.Point("device", "phase", "graph", 1, dict(zip((scoreboard.OURS, "peer"), pair))) for pair in errors]


class ScoreboardTests(unittest.TestCase):
    def test_times_in_the_units_of_measurements(self):
        # 100 ms to the first token, then 100 tokens of 9 ms: a second in all, for 8 x 101 tokens.
        expected = {"prefill ms": 100, "ttft ms": 100, "decode ms": 9, "tpot ms": 9, "ms a token": 1000 / 101, "tokens/s": 808,
                    "decode tokens/s": 8 / 0.009, "launches a step": None}
        for measure, value in expected.items():
            found = scoreboard.measured_as(measure, RUN, 100, 9)
            self.assertEqual(found, value) if value is None else self.assertAlmostEqual(found, value, msg=measure)

    def test_what_peers_are_asked_or_why_not(self):
        with tempfile.TemporaryDirectory() as scratch:
            job = scoreboard.aic_job(RUN, scratch)
            self.assertEqual((job["system_name"], job["backend_name"], job["isl"], job["osl"], job["batch_size"]),
                             ("h200_sxm", "sglang", 1000, 101, 8))
            self.assertIn("Qwen2ForCausalLM", (pathlib.Path(job["model_path"]) / "config.json").read_text())
            self.assertEqual(scoreboard.aic_job(changed(weights="fp8"), scratch)["gemm_quant_mode"], "fp8")
            for values, words in [({"accelerator": "nvidia-h20"}, "device"), ({"engine": "gpt-fast"}, "engines"),
                                  ({"framework": "pytorch-eager-2"}, "graphs"), ({"decoder": "gpt2"}, "architectures"),
                                  ({"weights": "int8"}, "int8")]:
                self.assertIn(words, scoreboard.aic_job(changed(**values), scratch))
        job = scoreboard.genz_job(changed(devices=2))
        self.assertEqual((job["model"]["num_key_value_heads"], job["system"]["Memory_BW"], job["devices"]), (8, 4800, 2))
        self.assertGreater(job["system"]["ICN"], 100)
        self.assertIn("precision", scoreboard.genz_job(changed(weights="int8")))

    def test_medians_over_what_is_answered(self):
        some = points((0.1, 0.2), (-0.3, "no device"), (0.2, -0.4))
        self.assertEqual(scoreboard.cell(some, scoreboard.OURS), "20.0")
        self.assertEqual(scoreboard.cell(some, "peer"), "30.0 (2)")
        self.assertEqual(scoreboard.cell(some, "nobody"), "-")
        self.assertEqual([round(value) for value in scoreboard.beside(some, "peer")], [2, 15, 30, 100])
        self.assertEqual(scoreboard.reasons(some, "peer"), "no device: 1")
        self.assertIsNone(scoreboard.beside(some, "nobody"))

    def test_all_rows_are_summed_only_where_all_have_answers(self):
        both = points((0.1, 0.2)) + [scoreboard.Point("other", "phase", "graph", 1, {scoreboard.OURS: 0.3, "peer": 0.4})]
        names = [scoreboard.OURS, "peer"]
        self.assertIn("**all**", scoreboard.table("x", both, lambda point: point.hardware, names)[-2])
        both[0].errors["peer"] = "no device"
        self.assertNotIn("**all**", "".join(scoreboard.table("x", both, lambda point: point.hardware, names)))

    def test_what_peers_published_is_read(self):
        errors = scoreboard.blis_errors(None)
        self.assertAlmostEqual(errors[14, "e2e mean", "BLIS evolved"], 3599.592980 / 3318.722976 - 1)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "error_records.csv"
            path.write_text("simulator,stage_index,metric_name,predicted,actual,exp_id\n"
                            "blis-trained-physics,-1,itl_mean,11,10,2\nblis-trained-physics,0,itl_mean,99,10,2\n")
            self.assertEqual({key: round(value, 3) for key, value in scoreboard.blis_errors(path).items()},
                             {(2, "itl mean", "BLIS trained physics"): 0.1})
        for row in scoreboard.rows_of(scoreboard.PEERS / "pipeweave.csv"):
            self.assertIn(row["hardware"], scoreboard.generation.ACCELERATORS)
            self.assertGreater(float(row["prefill_ms"]), 0)


if __name__ == "__main__":
    unittest.main()
