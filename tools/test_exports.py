"""Tests of what stands around the exporter, none of which needs PyTorch or ONNX: ways to run a model, messages, summaries, names.

python3 -m unittest discover --start-directory tools
"""

import json
import pathlib
import subprocess
import tempfile
import types
import unittest
import unittest.mock

import archived_program
import check_exports
import check_notebooks
import export_workload as exporter
import meta_values
import onnx_program
import package_environment
import workload_summary

WORKLOADS = pathlib.Path(__file__).parent.parent / "workloads"


def recorded(name, inputs=(), outputs=(), **more):
    floats = [["float"] * len(shapes) for shapes in (inputs, outputs)]
    return exporter.Recorded(name, list(inputs), floats[0], list(outputs), floats[1], {}, {}, 1, None, **more)


class WayTests(unittest.TestCase):
    def test_values_are_followed_before_all_of_the_model_runs_on_the_processor(self):
        way = exporter.Way()
        way = way.after("values")
        self.assertEqual((way.device, way.follows_values), ("meta", True))
        way = way.after("values")
        self.assertEqual((way.device, way.follows_values, way.is_small), ("cpu", False, True))
        self.assertIsNone(way.after("values"))

    def test_a_type_that_is_asked_for_is_kept(self):
        way = exporter.Way().after("bfloat16").after("values")
        self.assertTrue(way.is_bfloat16 and way.follows_values)
        self.assertIsNone(way.after("bfloat16"))

    def test_what_the_meta_device_cannot_know(self):
        for text, expected in [
            ("Tensor.item() cannot be called on meta tensors", True),
            ("aten::nonzero: attempted to run this operator with Meta tensors", True),
            ("Could not run 'aten::equal' with arguments from the 'Meta' backend", True),
            ("mat1 and mat2 shapes cannot be multiplied", False),
        ]:
            self.assertEqual(meta_values.asks_for_values(RuntimeError(text)), expected, text)

    def test_sizes_on_the_processor_are_small_and_fix_the_same_polynomials(self):
        defaults = {"batch": 1, "sequence_length": 512}
        points = exporter.sample_points(defaults, is_small=True)
        self.assertLessEqual(max(length for _, length in points), 160)
        dimensions = exporter.Dimensions(list(defaults), points)
        self.assertEqual(dimensions.expression([b * s * s for b, s in points]), "batch*sequence_length*sequence_length")

    def test_the_side_of_an_image_stays(self):
        points = exporter.sample_points({"batch": 1, "image_size": 224}, is_small=True)
        self.assertEqual(min(side for _, side in points), 224)


class MessageTests(unittest.TestCase):
    points = [(b, s) for b in (1, 2, 3) for s in (8, 4, 16)] + [(5, 20)]
    dimensions = exporter.Dimensions(["batch", "sequence_length"], points)

    def test_operators_that_change_are_named_with_the_parameter_and_the_way_out(self):
        runs = [[recorded("aten::a")] + [recorded("aten::cell")] * length for _, length in self.points]
        with self.assertRaises(exporter.ExportError) as caught:
            exporter.merge_runs(runs, self.dimensions)
        text = str(caught.exception)
        self.assertIn("change with sequence_length: at batch 1, sequence_length 4 operator 5 of 5 is nothing", text)
        self.assertIn("where batch 1, sequence_length 8 has aten::cell (of 9)", text)
        self.assertIn("--fix sequence_length=N", text)

    def test_the_batch_is_named_where_it_is_what_changes(self):
        runs = [[recorded("aten::a")] * batch for batch, _ in self.points]
        with self.assertRaisesRegex(exporter.ExportError, "change with batch: (.|\n)*--fix batch=N"):
            exporter.merge_runs(runs, self.dimensions)

    def test_a_dimension_without_a_formula_says_what_to_fix(self):
        runs = [[recorded("aten::slice", [[batch, min(length, 7)]])] for batch, length in self.points]
        with self.assertRaisesRegex(exporter.ExportError, "aten::slice: no exact expression(.|\n)*--fix sequence_length=N"):
            exporter.merge_runs(runs, self.dimensions)

    def fault(self, error, values, operator="aten::_grouped_mm", device="meta"):
        leaf = types.SimpleNamespace(_schema=types.SimpleNamespace(name=operator))
        return exporter.fault_of_run(error, values, types.SimpleNamespace(last_leaf=leaf, device=device))

    def test_a_run_that_fails_names_its_operator_and_the_need(self):
        fault = self.fault(RuntimeError("Expected inputs of BF16 type"), {"batch": 1})
        self.assertEqual((fault.need, "aten::_grouped_mm: Expected inputs" in str(fault)), ("bfloat16", True))
        fault = self.fault(RuntimeError("cannot be called on meta tensors"), {"batch": 1}, "aten::_local_scalar_dense")
        self.assertEqual(fault.need, "values")
        self.assertIn("--cpu", str(fault))

    def test_a_run_that_fails_at_a_size_names_the_size(self):
        fault = self.fault(ValueError("must be 224\nand more"), {"batch": 2, "image_size": 256}, "aten::view")
        self.assertNotIsInstance(fault, exporter.Refused)
        self.assertRegex(str(fault), r"'batch': 2, 'image_size': 256.*aten::view: must be 224\n.*--fix image_size=N")
        self.assertNotIn("and more", str(fault))

    def test_what_a_function_has_to_return(self):
        module = types.SimpleNamespace(named_modules=lambda: [])
        for result, expected in [(module, "a module alone"), (None, "a NoneType"), ((module, 3), "a tuple")]:
            definition = exporter.Definition("m", "m", "m.py:m", lambda result=result: result)
            with self.assertRaisesRegex(exporter.ExportError, f"m.py:m returns {expected}(.|\n)*def inputs"):
                exporter.built(definition)
        definition = exporter.Definition("m", "m", "m.py:m", lambda: (module, len))
        self.assertEqual(exporter.built(definition), (module, len))


class DefinitionTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "some_models.py"
        self.path.write_text("def tiny_model():\n    return 1, 2\nlayer = 3\n", encoding="utf-8")

    def test_a_workload_is_called_after_its_function(self):
        definition = exporter.user_definition(f"{self.path}:tiny_model", False)
        self.assertEqual((definition.name, definition.title), ("tiny-model", "tiny_model"))
        self.assertEqual(definition.source, "some_models.py:tiny_model")

    def test_what_is_no_function(self):
        for name, expected in [("big_model", "has no function 'big_model'; it has tiny_model"), ("layer", "has a int, not a function")]:
            with self.assertRaisesRegex(exporter.ExportError, expected):
                exporter.user_definition(f"{self.path}:{name}", False)
        self.path.write_text("import nothing_of_this_name\n", encoding="utf-8")
        with self.assertRaisesRegex(exporter.ExportError, "does not load: ModuleNotFoundError"):
            exporter.user_definition(f"{self.path}:tiny_model", False)

    def test_arguments_that_are_fixed_are_no_parameters(self):
        def inputs(batch=1, sequence_length=128):
            return (batch, sequence_length)

        called, defaults = exporter.fixed_inputs(inputs, {"sequence_length": 32})
        self.assertEqual((called(batch=4), defaults), ((4, 32), {"batch": 1}))
        with self.assertRaisesRegex(exporter.ExportError, "--fix width: .* batch, sequence_length"):
            exporter.fixed_inputs(inputs, {"width": 1})
        with self.assertRaisesRegex(exporter.ExportError, "'size' has none"):
            exporter.fixed_inputs(lambda batch=1, size=1.5: None, {})

    def test_values_to_fix(self):
        self.assertEqual(exporter.fixed_value("sequence_length=64"), ("sequence_length", 64))
        for text in ("sequence_length", "=3", "batch=two"):
            with self.assertRaisesRegex(exporter.ExportError, "--fix wants NAME=N"):
                exporter.fixed_value(text)


class CellTests(unittest.TestCase):
    def test_a_recurrent_cell_is_two_products_and_its_gates(self):
        state = [4, 128]
        cell = recorded("aten::lstm_cell", [[4, 64], state, state, [512, 64], [512, 128], [512], [512]], [state, state])
        cell.modules = 3
        parts = exporter.spelled_out(cell)
        self.assertEqual([part.name for part in parts], ["aten::linear", "aten::linear", "aten::sigmoid"])
        self.assertEqual(parts[0].inputs, [[4, 64], [512, 64], [512]])
        self.assertEqual(parts[1].inputs, [state, [512, 128], [512]])
        self.assertEqual(parts[2].outputs, [state, state])
        self.assertEqual([part.modules for part in parts], [3, 0, 0])

    def test_packed_sequences_run_all_steps(self):
        states, weights = [[1, 4, 128]] * 2, [[512, 64], [512, 128]]
        packed = recorded("aten::lstm", [[70, 64], [20], *states, *weights], [[70, 128]])
        packed.dtypes[1] = "int64"
        self.assertEqual(exporter.spelled_out(packed)[0].inputs, [[20, 4, 64], *states, *weights])
        self.assertEqual(packed.dtypes, ["float"] * 5)
        plain = recorded("aten::lstm", [[20, 4, 64], *states, *weights], [[20, 4, 128]])
        self.assertEqual(exporter.spelled_out(plain)[0].inputs, [[20, 4, 64], *states, *weights])

    def test_a_projected_layer_is_its_steps(self):
        weights = [[512, 64], [512, 32], [512], [512], [32, 128]]
        layer = recorded("aten::lstm", [[20, 4, 64], [1, 4, 32], [1, 4, 128], *weights], [[20, 4, 32]])
        parts = exporter.spelled_out(layer)
        self.assertEqual(len(parts), 1 + 20 * 3)
        found = sum(workload_summary.product_flops(part.name, part.inputs, part.outputs, {}) for part in parts)
        self.assertEqual(found, 2 * 20 * 4 * (512 * 64 + 512 * 32 + 32 * 128))

    def test_a_cell_without_biases(self):
        cell = recorded("aten::gru_cell", [[4, 64], [4, 128], [384, 64], [384, 128]], [[4, 128]])
        self.assertEqual([len(part.inputs) for part in exporter.spelled_out(cell)[:2]], [2, 2])

    def test_operators_of_the_same_kernels_take_their_name(self):
        self.assertEqual(exporter.spelled_out(recorded("aten::_upsample_bicubic2d_aa"))[0].name, "aten::upsample_bicubic2d")
        self.assertEqual(exporter.spelled_out(recorded("aten::add"))[0].name, "aten::add")


class CountTests(unittest.TestCase):
    """Operations against numbers worked out by hand."""

    def count(self, name, inputs, outputs, **attributes):
        return workload_summary.product_flops(f"aten::{name}", inputs, outputs, attributes)

    def test_products(self):
        self.assertEqual(self.count("linear", [[2, 8, 16], [32, 16], [32]], [[2, 8, 32]]), 2 * 2 * 8 * 16 * 32)
        self.assertEqual(self.count("addmm", [[32], [8, 16], [16, 32]], [[8, 32]]), 2 * 8 * 16 * 32)
        self.assertEqual(self.count("bmm", [[3, 4, 5], [3, 5, 6]], [[3, 4, 6]]), 2 * 3 * 4 * 5 * 6)
        self.assertEqual(self.count("_grouped_mm", [[10, 16], [4, 16, 32], [4]], [[10, 32]]), 2 * 10 * 16 * 32)
        self.assertEqual(self.count("add", [[8, 8]], [[8, 8]]), 0)

    def test_convolutions(self):
        image, result = [1, 6, 10, 10], [1, 12, 8, 8]
        self.assertEqual(self.count("conv2d", [image, [12, 6, 3, 3]], [result]), 2 * 12 * 8 * 8 * 6 * 9)
        self.assertEqual(self.count("conv2d", [image, [12, 3, 3, 3]], [result], groups=2), 2 * 12 * 8 * 8 * 3 * 9)
        self.assertEqual(self.count("conv_transpose2d", [result, [12, 6, 3, 3]], [image]), 2 * 12 * 8 * 8 * 6 * 9)

    def test_attention(self):
        heads = [[2, 4, 8, 16], [2, 4, 8, 16], [2, 4, 8, 16]]
        self.assertEqual(self.count("scaled_dot_product_attention", heads, []), 2 * 2 * 4 * 8 * 8 * 32)
        self.assertEqual(self.count("scaled_dot_product_attention", heads, [], is_causal=1), 2 * 2 * 4 * 36 * 32)

    def test_a_recurrent_layer_multiplies_in_every_step(self):
        state, weights = [2, 3, 128], [[512, 64], [512, 128], [512], [512], [512, 128], [512, 128], [512], [512]]
        found = self.count("lstm", [[3, 10, 64], state, state, *weights], [[3, 10, 128]])
        self.assertEqual(found, 2 * 30 * 512 * (64 + 128 + 128 + 128))

    def test_sums_over_named_dimensions(self):
        self.assertEqual(self.count("einsum", [[2, 8, 4, 16], [2, 9, 4, 16]], [[2, 4, 8, 9]]), 2 * 2 * 4 * 8 * 9 * 16)

    def test_shipped_workloads_multiply_as_much_as_published(self):
        # Multiply-adds, in 10^9: torchvision's documentation, for one image.
        for name, multiply_adds in [("resnet50", 4.09), ("resnet18", 1.81), ("vgg16", 15.47), ("mobilenet-v2", 0.30)]:
            workload = json.loads((WORKLOADS / f"{name}.json").read_text(encoding="utf-8"))
            found = workload_summary.flops(workload["program"], workload["parameters"]) / 2e9
            self.assertAlmostEqual(found, multiply_adds, delta=0.01 * multiply_adds + 0.005)


class SummaryTests(unittest.TestCase):
    workload = {
        "name": "tiny", "weight_elements": 1_230_000, "parameters": {"batch": 2},
        "program": [
            {"operator": "aten::linear", "inputs": [["batch", 8], [4, 8]], "outputs": [["batch", 4]]},
            {"repeat": 3, "name": "layer", "program": [{"operator": "aten::odd", "inputs": [["batch", 4]], "outputs": []}]},
        ],
    }  # fmt: skip

    def summary(self, status, messages):
        done = subprocess.CompletedProcess([], status, "", messages)
        with unittest.mock.patch.object(workload_summary.frameworktax, "find_binary", return_value="simulate"):
            with unittest.mock.patch.object(workload_summary.subprocess, "run", return_value=done):
                return workload_summary.summary(self.workload, "tiny.json")

    def test_what_was_written(self):
        first, second = self.summary(0, "")
        self.assertEqual(first, "tiny.json: workload 'tiny', 4 operators (2 kinds), 1.23 M weights, 128 FLOP at batch 2")
        self.assertEqual(second, "every operator has a cost rule")

    def test_what_has_no_rule_is_named_and_counted(self):
        messages = "tiny.json: warning: no cost rule for aten::odd; they will be treated as traffic, 12.5% of the bytes moved"
        self.assertEqual(
            self.summary(0, messages)[1],
            "without a cost rule, guessed as element-wise traffic: aten::odd (3 calls); 12.5% of the bytes moved",
        )

    def test_what_is_refused(self):
        self.assertIn("refuses it: error: no", self.summary(2, "error: no")[1])


class NameTests(unittest.TestCase):
    def test_symbols_of_onnx(self):
        for symbol, place, rank, expected in [
            ("batch_size", 0, 2, "batch"), ("N", 0, 4, "batch"), ("", 0, 2, "batch"), ("seq_len", 1, 2, "sequence_length"),
            ("sequence_length", 1, 2, "sequence_length"), ("past_sequence_length", 2, 4, "past_sequence_length"),
            ("height", 2, 4, "image_size"), ("", 1, 2, "sequence_length"), ("", 3, 4, "image_size"), ("s-7", 1, 3, "s_7"),
        ]:  # fmt: skip
            self.assertEqual(onnx_program.parameter_name(symbol, place, None, rank), expected, symbol)

    def test_symbols_of_an_archive(self):
        tokens, image = types.SimpleNamespace(shape=[1, 2]), types.SimpleNamespace(shape=[1, 3, 224, 224])
        for place, tensor, taken, expected in [
            (0, tokens, set(), "batch"), (1, tokens, {"batch"}, "sequence_length"), (2, image, {"batch"}, "image_size"),
            (0, tokens, {"batch"}, "s7"),
        ]:  # fmt: skip
            self.assertEqual(archived_program.parameter_name("s7", place, tensor, taken), expected)


class EnvironmentTests(unittest.TestCase):
    def test_no_index_is_said_and_is_no_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            done = [subprocess.CompletedProcess([], 0), subprocess.CompletedProcess([], 1, b"", b"no route")]
            with unittest.mock.patch.object(package_environment.subprocess, "run", side_effect=done):
                with self.assertRaisesRegex(package_environment.Unavailable, "no package index"):
                    package_environment.made(pathlib.Path(folder), ["six"])

    def test_what_does_not_install_fails(self):
        done = subprocess.CompletedProcess([], 1, "", "conflict")
        with unittest.mock.patch.object(package_environment.subprocess, "run", return_value=done):
            with self.assertRaises(subprocess.CalledProcessError):
                package_environment.install("python", ["six"])

    def test_notebooks_are_committed_without_outputs(self):
        self.assertEqual(check_notebooks.with_outputs(), [])
        self.assertEqual(len(list(check_notebooks.NOTEBOOKS.glob("*.ipynb"))), 2)

    def test_ten_models(self):
        text = pathlib.Path(check_exports.__file__).with_name("drawn_models.py").read_text(encoding="utf-8")
        kinds = text[text.index("KINDS = {") : text.index("}\n", text.index("KINDS = {"))]
        self.assertEqual(sum(int(line.rpartition(":")[2].strip(" ,")) for line in kinds.splitlines()[1:]), 10)


if __name__ == "__main__":
    unittest.main()
