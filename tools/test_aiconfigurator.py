"""Tests of the converter of aiconfigurator's tables, on rows of its form.

python3 -m unittest discover --start-directory tools
"""

import contextlib
import csv
import io
import json
import pathlib
import tempfile
import unittest

import aiconfigurator

PRODUCTS = """framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency
VLLM,0.20.0,NVIDIA B200,gemm,vllm_default,bfloat16,9,3584,32,0.00225
VLLM,0.20.0,NVIDIA B200,gemm,vllm_default,fp8,16,128,256,0.0125
VLLM,0.20.0,NVIDIA B200,gemm,vllm_default,nvfp4,97,65536,512,0.0135
VLLM,0.20.0,NVIDIA B200,gemm,vllm_other,bfloat16,9,3584,32,0.5
SGLang,0.5.9,NVIDIA B200,gemm,cublas,float16,1,2,3,0.001
"""
CONTEXT = """framework,version,device,op_name,kernel_source,batch_size,isl,num_heads,num_key_value_heads,head_dim,beam_width,\
attn_dtype,kv_cache_dtype,step,latency
VLLM,0.20.0,NVIDIA B200,context_attention,flashinfer,4,16,64,8,128,1,bfloat16,bfloat16,0,0.013
VLLM,0.20.0,NVIDIA B200,context_attention,flashinfer,4,16,64,8,128,1,bfloat16,fp8,0,0.012
VLLM,0.20.0,NVIDIA B200,context_attention,flashinfer,4,16,64,8,128,1,bfloat16,bfloat16,64,0.012
"""
GENERATION = CONTEXT.splitlines()[0] + """
VLLM,0.20.0,NVIDIA B200,generation_attention,flashinfer,2,1,32,4,128,1,bfloat16,bfloat16,255,0.02
"""
ENCODER = """framework,version,device,op_name,kernel_source,batch_size,isl,num_heads,head_dim,attn_dtype,latency
VLLM,0.20.0,NVIDIA B200,encoder_attention,flash,2,64,12,72,bfloat16,0.004
"""


class Tables(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, texts, *options):
        """What comes of some tables: the rows, and what is said of them."""
        for name, text in texts.items():
            path = self.folder / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        output = self.folder / "kernels.csv"
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            aiconfigurator.main([str(self.folder / "data"), "--output", str(output), *options])
        with open(output, newline="") as file:
            return list(csv.DictReader(file)), said.getvalue()

    def test_a_product_has_its_shapes_and_microseconds(self):
        rows, said = self.written({"gemm_perf.txt": PRODUCTS})
        self.assertEqual(rows[0], {
            "accelerator": "nvidia-b200", "precision": "bf16", "operator": "aten::linear", "inputs": "[[9,32],[3584,32]]",
            "attributes": "", "time_us": "2.25"})
        self.assertEqual([(row["precision"], row["attributes"]) for row in rows[1:]],
                         [("fp8", '{"quantizes":1}'), ("fp16", "")])
        self.assertIn("left out: 1 rows in nvfp4", said)

    def test_rows_of_one_framework(self):
        rows, _ = self.written({"gemm_perf.txt": PRODUCTS}, "--framework", "sglang")
        self.assertEqual([row["time_us"] for row in rows], ["1"])

    def test_attention_of_prompts_next_tokens_and_encoders(self):
        rows, said = self.written({
            "vllm/context_attention_perf.txt": CONTEXT, "vllm/generation_attention_perf.csv": GENERATION,
            "vllm/encoder_attention_perf.txt": ENCODER})
        found = {json.dumps(json.loads(row["attributes"])): (json.loads(row["inputs"]), row["time_us"]) for row in rows}
        self.assertEqual(found, {
            '{"is_causal": 1, "writes_cache": 1}': ([[4, 64, 16, 128], [4, 8, 16, 128], [4, 8, 16, 128]], "13"),
            '{"is_causal": 0, "writes_cache": 1}': ([[2, 32, 1, 128], [2, 4, 256, 128], [2, 4, 256, 128]], "20"),
            '{"is_causal": 0}': ([[2, 12, 64, 72]] * 3, "4")})
        self.assertIn("left out: 1 rows of a cache in fp8", said)
        self.assertIn("left out: 1 rows behind a cached prefix", said)

    def test_what_is_wrong_is_said_and_nothing_is_written(self):
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
        for texts, options, words in [
            ({"gemm_perf.txt": pointer}, [], "git lfs pull"),
            ({"gemm_perf.txt": PRODUCTS.replace("NVIDIA B200", "NVIDIA Z1")}, [], "'NVIDIA Z1'; name it with --accelerator"),
            ({"gemm_perf.txt": PRODUCTS.replace(",9,3584", ",nine,3584")}, [], "gemm_perf.txt:2: error: not a row"),
            ({"gemm_perf.txt": PRODUCTS}, ["--framework", "trtllm"], "no row is an operator"),
        ]:
            with self.assertRaises(SystemExit) as caught:
                self.written(texts, *options)
            self.assertIn(words, str(caught.exception))
            self.assertFalse((self.folder / "kernels.csv").exists())

    def test_an_unknown_device_may_be_named(self):
        rows, _ = self.written(
            {"gemm_perf.txt": PRODUCTS.replace("NVIDIA B200", "NVIDIA Z1")}, "--accelerator", "nvidia-l40s")
        self.assertEqual({row["accelerator"] for row in rows}, {"nvidia-l40s"})


if __name__ == "__main__":
    unittest.main()
