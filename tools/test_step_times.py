"""Tests of the converter of step times, on tables of a few rows whose sums are computed by hand.

python3 -m unittest discover --start-directory tools
"""

import contextlib
import csv
import io
import json
import pathlib
import tempfile
import unittest

import step_times

FOLDER = pathlib.Path(__file__).parent.parent
# Two layers; products of (2 + 2) x 4 by 8, 8 by 8, 2 x 16 by 8 and 8 by 16; a head of 64 by 8.
CONFIG = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1,
          "intermediate_size": 16, "vocab_size": 64}
HEADER = "decoder,accelerator,engine,phase,batch,context,latency_us,device_busy_us\n"


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.config = self.write("tiny.json", json.dumps(CONFIG))
        self.decoder = step_times.Decoder(self.config)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run_main(self, *arguments):
        """What the script prints on standard output and standard error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            step_times.main([str(argument) for argument in arguments])
        return out.getvalue(), err.getvalue()

    def assert_steps(self, text, expected):
        rows = [(row["phase"], int(row["batch"]), int(row["context"]), row["latency_us"] and float(row["latency_us"]),
                 float(row["device_busy_us"])) for row in csv.DictReader(io.StringIO(text))]
        self.assertEqual([row[:3] for row in rows], [row[:3] for row in expected])
        for row, wanted in zip(rows, expected):
            for value, right in zip(row[3:], wanted[3:]):
                if right == "":
                    self.assertEqual(value, "")
                else:
                    self.assertAlmostEqual(value, right, places=6)


class Decoders(Case):
    def test_products_are_those_of_a_layer_and_the_head(self):
        self.assertEqual(self.decoder.products, [(16, 8), (8, 8), (32, 8), (8, 16)])
        self.assertEqual(self.decoder.head, (64, 8))

    def test_a_decoder_of_the_catalog_is_read(self):
        decoder = step_times.Decoder(FOLDER / "workloads/decoders/llama-3-8b.json")
        self.assertEqual(decoder.name, "llama-3-8b")
        self.assertEqual(decoder.products, [(6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336)])

    def test_the_keys_of_gpt2_are_its_own_and_it_has_no_gate(self):
        decoder = step_times.Decoder(FOLDER / "workloads/decoders/gpt2.json")
        self.assertEqual((decoder.layers, decoder.products[2]), (12, (3072, 768)))

    def test_experts_are_refused(self):
        path = self.write("experts.json", json.dumps({**CONFIG, "num_local_experts": 8}))
        with self.assertRaisesRegex(SystemExit, "experts.json: has experts"):
            step_times.Decoder(path)

    def test_a_file_without_sizes_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "has no num_hidden_layers"):
            step_times.Decoder(self.write("none.json", "{}"))


class Lookup(unittest.TestCase):
    def test_what_is_between_is_on_a_line_and_what_is_outside_is_not_there(self):
        self.assertEqual(step_times.looked_up({1: 10, 3: 30}, [2]), 20)
        self.assertEqual(step_times.looked_up({1: 10, 3: 30}, [3]), 30)
        self.assertIsNone(step_times.looked_up({1: 10, 3: 30}, [4]))

    def test_every_axis_is_interpolated(self):
        tree = {8: {16: {1: 1, 3: 3}, 32: {1: 2, 3: 6}}}
        self.assertEqual(step_times.looked_up(tree, [8, 24, 2]), 3)

    def test_the_ends_are_held(self):
        self.assertEqual(step_times.held({8: 1, 16: 3}, 1), 1)
        self.assertEqual(step_times.held({8: 1, 16: 3}, 12), 2)


class Sweeps(Case):
    def test_steps_over_context_and_over_prompts_are_one_file(self):
        tail = "phase,latency_us,device_busy_us,fits\n"
        names = "decoder,accelerator,engine,batch,"
        decode = self.write("decode.csv", names + "context," + tail + "d,a,e,4,128,decode,100.5,90,true\n")
        prefill = self.write("prefill.csv", names + "prompt," + tail + "d,a,e,1,64,prefill,300,290.25,true\n")
        out, _ = self.run_main("from-sweep", decode, prefill)
        self.assertEqual(out, HEADER + "d,a,e,decode,4,128,100.5,90\nd,a,e,prefill,1,64,300,290.25\n")

    def test_a_sweep_of_passes_is_refused(self):
        path = self.write("passes.csv", "workload,batch,latency_us\nbert,1,5\n")
        with self.assertRaisesRegex(SystemExit, "has no column decoder"):
            self.run_main("from-sweep", path)


MLP = """time_stats.attn_pre_proj.median,time_stats.attn_post_proj.median,time_stats.mlp_up_proj.median,\
time_stats.mlp_down_proj.median,time_stats.mlp_act.median,time_stats.add.median,n_head,n_kv_head,n_embd,n_expanded_embd,\
vocab_size,use_gated_mlp,num_tokens,num_tensor_parallel_workers
0.001,0.002,0.003,0.004,0.0005,0.0005,2,1,8,16,64,True,1,1
0.003,0.004,0.005,0.006,0.0015,0.0015,2,1,8,16,64,True,3,1
9,9,9,9,9,9,2,1,8,16,64,True,1,2
9,9,9,9,9,9,2,2,8,16,64,True,1,1
"""
ATTENTION = """time_stats.attn_decode.median,time_stats.attn_prefill.median,time_stats.attn_kv_cache_save.median,n_embd,n_q_head,\
n_kv_head,block_size,num_tensor_parallel_workers,batch_size,prefill_chunk_size,kv_cache_size
0.01,,0.001,8,2,1,16,1,1,0,31
0.02,,,8,2,1,16,1,2,0,31
,0.03,0.002,8,2,1,16,1,1,3,0
,0.04,,8,2,1,16,1,1,3,64
0.05,,,8,2,1,16,1,8,0,31
9,,,8,2,1,16,2,1,0,31
"""


class FromVidur(Case):
    def steps(self, *more, mlp=MLP, attention=ATTENTION):
        return self.run_main("from-vidur", "--mlp", self.write("mlp.csv", mlp), "--attention",
                             self.write("attention.csv", attention), "--decoder", self.config, "--accelerator", "a100", *more)

    def test_a_step_is_its_layers(self):
        # Layers of 11 us at a token, 16 at two (between 11 and 21) and 21 at three, two of them, each with its attention.
        out, err = self.steps()
        self.assert_steps(out, [("prefill", 1, 3, "", 2 * (21 + 32)), ("decode", 1, 32, "", 2 * (11 + 11)),
                                ("decode", 2, 32, "", 2 * (16 + 20))])
        self.assertIn("1 chunks of prompts and 1 rows of tokens", err)

    def test_the_hosts_time_is_added_to_the_latency(self):
        host = self.write("host.csv", "model_name,batch_size,tensor_parallel_degree,SCHEDULE_MEDIAN,SAMPLER_E2E_MEDIAN,"
                          "PREPARE_INPUTS_E2E_MEDIAN,PROCESS_MODEL_OUTPUTS_MEDIAN,RAY_COMM_TIME_MEAN\n"
                          "tiny,1,1,0.1,0.2,0.3,0.4,0.5\ntiny,1,2,9,9,9,9,9\n")
        out, _ = self.steps("--host", host)
        self.assert_steps(out, [("prefill", 1, 3, 106 + 1500, 106), ("decode", 1, 32, 44 + 1500, 44),
                                ("decode", 2, 32, 72 + 1500, 72)])

    def test_several_models_in_the_hosts_file_need_a_choice(self):
        host = self.write("host.csv", "model_name,batch_size,tensor_parallel_degree,schedule_median\na,1,1,1\nb,1,1,2\n")
        with self.assertRaisesRegex(SystemExit, "--model NAME"):
            self.steps("--host", host)
        out, _ = self.steps("--host", host, "--model", "b")
        self.assertIn("decode,1,32,2044,44\n", out)

    def test_rows_of_one_step_give_their_median(self):
        out, _ = self.steps(attention=ATTENTION + "0.03,,0.001,8,2,1,32,1,1,0,31\n")
        self.assertIn("decode,1,32,,64\n", out)
        out, _ = self.steps("--block-size", "32", attention=ATTENTION + "0.03,,0.001,8,2,1,32,1,1,0,31\n")
        self.assertIn("decode,1,32,,84\n", out)

    def test_another_decoders_tables_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "has no row of tiny's sizes"):
            self.steps(mlp=MLP.replace(",8,16,", ",8,17,"))

    def test_a_missing_column_is_named(self):
        with self.assertRaisesRegex(SystemExit, "has no column time_stats.attn_pre_proj.median"):
            self.steps(mlp=MLP.replace("attn_pre_proj.median", "attn_pre_proj.mean"))


GEMM = """framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency
V,1,A,gemm,x,bfloat16,1,16,8,0.001
V,1,A,gemm,x,bfloat16,3,16,8,0.003
V,1,A,gemm,x,bfloat16,1,8,8,0.002
V,1,A,gemm,x,bfloat16,3,8,8,0.004
V,1,A,gemm,x,bfloat16,1,32,8,0.003
V,1,A,gemm,x,bfloat16,3,32,8,0.005
V,1,A,gemm,x,bfloat16,1,8,16,0.004
V,1,A,gemm,x,bfloat16,3,8,16,0.006
V,1,A,gemm,x,bfloat16,1,64,8,0.003
V,1,A,gemm,x,bfloat16,3,64,8,0.005
V,1,A,gemm,x,fp8,1,8,16,9
"""
ROW = "V,1,A,{},x,{},{},2,1,4,1,bfloat16,bfloat16,{},{}\n"
PREFILL = ",".join(step_times.AIC_ATTENTION) + "\n" + ROW.format("context_attention", 1, 3, 0, 0.02)
DECODE = (",".join(step_times.AIC_ATTENTION) + "\n" + ROW.format("generation_attention", 1, 1, 31, 0.01)
          + ROW.format("generation_attention", 1, 1, 31, 9) + ROW.format("generation_attention", 2, 1, 31, 0.03)
          + ROW.format("generation_attention", 8, 1, 31, 0.05)
          + ROW.format("generation_attention", 1, 1, 31, 9).replace("2,1,4", "4,1,4"))


class FromAIConfigurator(Case):
    def steps(self, *more, gemm=GEMM):
        return self.run_main(
            "from-aiconfigurator", "--gemm", self.write("gemm_perf.txt", gemm), "--context", self.write("context.txt", PREFILL),
            "--generation", self.write("generation.txt", DECODE), "--decoder", self.config, "--accelerator", "a100", *more)

    def test_a_step_is_its_products_attention_and_head(self):
        # Products of 1 + 2 + 3 + 4 us in a layer at one token, of 14 at two, of 18 at three; the head's rows are the batch.
        out, err = self.steps()
        self.assert_steps(out, [("prefill", 1, 3, "", 2 * (18 + 20) + 3), ("decode", 1, 32, "", 2 * (10 + 10) + 3),
                                ("decode", 2, 32, "", 2 * (14 + 30) + 4)])
        self.assertIn("left out 1 steps", err)

    def test_a_product_between_two_of_the_table_is_interpolated(self):
        # Without the row of n = 16 it is between those of 8 and 32 at k = 8: 2 + 1/3 us.
        out, _ = self.steps(gemm="".join(line for line in GEMM.splitlines(True) if ",16,8," not in line))
        self.assert_steps(out.replace("\n\n", "\n"), [
            ("prefill", 1, 3, "", 2 * (15 + 4 + 1 / 3 + 20) + 3), ("decode", 1, 32, "", 2 * (9 + 2 + 1 / 3 + 10) + 3),
            ("decode", 2, 32, "", 2 * (12 + 3 + 1 / 3 + 30) + 4)])

    def test_one_source_of_kernels_may_be_chosen(self):
        # By y every product takes 10 us, the head 20, and only a decode step of one request is timed.
        gemm = GEMM + "".join(f"V,1,A,gemm,y,bfloat16,1,{n},{k},0.01\n" for n, k in self.decoder.products)
        gemm += "V,1,A,gemm,y,bfloat16,1,64,8,0.02\n"
        decode = self.write("y.txt", DECODE + ROW.format("generation_attention", 1, 1, 31, 0.1).replace(",x,", ",y,"))
        out, _ = self.run_main("from-aiconfigurator", "--gemm", self.write("gemm_perf.txt", gemm), "--generation", decode,
                               "--decoder", self.config, "--accelerator", "a100", "--kernel-source", "y")
        self.assert_steps(out, [("decode", 1, 32, "", 2 * (40 + 100) + 20)])

    def test_another_format_is_not_there(self):
        with self.assertRaisesRegex(SystemExit, "has no product of nvfp4"):
            self.steps("--dtype", "nvfp4")


STEPS = HEADER + """tiny,a100,vllm,prefill,1,3,250,200
tiny,a100,vllm,prefill,2,3,450,400
tiny,a100,vllm,decode,1,32,150,100
tiny,a100,vllm,decode,1,64,160,110
tiny,a100,vllm,decode,4,32,230,160
"""


class Back(Case):
    def test_what_steps_have_in_common_and_what_they_have_beside_it_make_the_step(self):
        steps = step_times.read_steps(self.write("steps.csv", STEPS))
        shared, rest = step_times.split(steps, lambda step: step.device_busy_us)
        # A token: 100 at 32 tokens of context and 110 at 64 are 90 at none.
        self.assertEqual(shared, {1: 90, 4: 160, 3: 200, 6: 400})
        self.assertEqual(rest, [0, 0, 10, 20, 0])

    def test_no_part_is_negative(self):
        steps = step_times.read_steps(self.write("steps.csv", STEPS + "tiny,a100,vllm,prefill,1,1,100,80\n"))
        shared, rest = step_times.split(steps, lambda step: step.device_busy_us)
        self.assertEqual(shared[1], 80)
        self.assertEqual(rest, [0, 0, 20, 30, 0, 0])
        self.assertEqual(step_times.split([steps[2], steps[2]._replace(context=64, device_busy_us=900)],
                                          lambda step: step.device_busy_us)[0], {1: 0})

    def test_vidurs_tables_give_the_steps_again(self):
        steps = self.write("steps.csv", STEPS)
        _, err = self.run_main("to-vidur", steps, "--decoder", self.config, "--output", self.folder / "vidur")
        self.assertIn("left out 1 steps over several prompts", err)
        tables = [str(self.folder / "vidur" / name) for name in ("mlp.csv", "attention.csv", "cpu_overheads.csv")]
        out, _ = self.run_main("from-vidur", "--mlp", tables[0], "--attention", tables[1], "--host", tables[2], "--decoder",
                               self.config, "--accelerator", "a100", "--engine", "vllm")
        # The host's time by requests is that of decoding: 50 us at one request, 70 at four.
        self.assert_steps(out, [("prefill", 1, 3, 250, 200), ("decode", 1, 32, 150, 100), ("decode", 1, 64, 160, 110),
                                ("decode", 4, 32, 230, 160)])

    def test_vidurs_tables_have_its_columns(self):
        self.run_main("to-vidur", self.write("steps.csv", STEPS), "--decoder", self.config, "--output", self.folder / "vidur")
        with open(self.folder / "vidur/mlp.csv", newline="", encoding="utf-8") as source:
            columns = next(csv.reader(source))
        self.assertLessEqual({"n_head", "n_kv_head", "n_embd", "n_expanded_embd", "vocab_size", "use_gated_mlp", "num_tokens",
                              "num_tensor_parallel_workers", "time_stats.attn_rope.median", "time_stats.add.std"}, set(columns))
        with open(self.folder / "vidur/attention.csv", newline="", encoding="utf-8") as source:
            row = list(csv.DictReader(source))[1]
        self.assertEqual([row[key] for key in ("kv_cache_size", "prefill_chunk_size", "is_prefill", "time_stats.attn_prefill.median")],
                         ["31", "0", "False", ""])

    def test_aiconfigurators_tables_give_the_steps_again(self):
        for time, column in (("latency", 3), ("device", 4)):
            self.run_main("to-aiconfigurator", self.write("steps.csv", STEPS), "--decoder", self.config, "--output",
                          self.folder / time, "--time", time)
            names = ("gemm", "context_attention", "generation_attention")
            tables = [str(self.folder / time / f"{name}_perf.txt") for name in names]
            out, _ = self.run_main("from-aiconfigurator", "--gemm", tables[0], "--context", tables[1], "--generation", tables[2],
                                   "--decoder", self.config, "--accelerator", "a100")
            wanted = [("prefill", 1, 3, 250, 200), ("prefill", 2, 3, 450, 400), ("decode", 1, 32, 150, 100),
                      ("decode", 1, 64, 160, 110), ("decode", 4, 32, 230, 160)]
            self.assert_steps(out, [(*step[:3], "", step[column]) for step in wanted])

    def test_steps_of_two_systems_are_refused(self):
        steps = self.write("steps.csv", STEPS + "tiny,h100,vllm,decode,1,32,150,100\n")
        with self.assertRaisesRegex(SystemExit, "steps of 2 systems"):
            self.run_main("to-vidur", steps, "--decoder", self.config, "--output", self.folder / "vidur")

    def test_a_wrong_number_is_named_with_its_column(self):
        with self.assertRaisesRegex(SystemExit, "device_busy_us must be a number"):
            step_times.read_steps(self.write("steps.csv", HEADER + "d,a,e,decode,1,1,2,x\n"))


if __name__ == "__main__":
    unittest.main()
