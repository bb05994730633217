"""Tests of the exporter that need no PyTorch, and of the workload files it has written.

python3 -m unittest discover --start-directory tools
"""

import json
import pathlib
import re
import types
import unittest

import export_workload as exporter

WORKLOADS = sorted((pathlib.Path(__file__).parent.parent / "workloads").glob("*.json"))

# Operators of one pass, counted when the files were written. The paper's profiler saw the same 372 for
# BERT-base and 175 for ResNet-50.
OPERATOR_COUNTS = {
    "albert-base-v2": 431,
    "alexnet": 22,
    "bert-base-uncased": 372,
    "bert-base-uncased-sdpa": 286,
    "bert-large-uncased": 720,
    "convnext-tiny": 239,
    "densenet161": 571,
    "detr-resnet50": 1427,
    "distilbert-base-uncased": 206,
    "dlrm": 104,
    "efficientnet-b0": 239,
    "efficientnet-lite1": 188,
    "efficientnetv2-m": 735,
    "funnel-transformer-small": 1258,
    "gernet-m": 148,
    "googlenet": 197,
    "gpt2": 635,
    "gpt2-decode": 647,
    "gpt2-decode-sdpa": 468,
    "gpt2-generate": 688,
    "gpt2-large": 1883,
    "gpt3-2.7b": 1675,
    "gpt3-xl": 1259,
    "inception-v3": 314,
    "llama-3-8b": 2183,
    "llama-3-8b-decode": 2214,
    "llama-3-8b-decode-sdpa": 1759,
    "llama-3-8b-generate": 2258,
    "llama-3-8b-sdpa": 1887,
    "llama-3.2-1b": 1111,
    "llama-3.2-1b-decode": 1126,
    "llama-3.2-1b-decode-sdpa": 895,
    "llama-3.2-1b-generate": 1170,
    "llama-3.2-1b-sdpa": 959,
    "mnasnet1-0": 152,
    "mobilebert-uncased": 1471,
    "mobilenet-v2": 153,
    "olmoe-1b-7b": 16695,
    "olmoe-1b-7b-decode": 16710,
    "olmoe-1b-7b-generate": 16755,
    "opt-1.3b": 1050,
    "qwen1.5-moe-a2.7b-decode": 3567,
    "qwen1.5-moe-a2.7b-generate": 3612,
    "regnety-016": 447,
    "resnet101": 345,
    "resnet152": 515,
    "resnet18": 69,
    "resnet50": 175,
    "resnext50-32x4d": 175,
    "shufflenet-v2-x1-0": 245,
    "squeezebert-uncased": 396,
    "squeezenet1-0": 66,
    "stable-diffusion-unet": 1217,
    "swin-tiny-patch4-window7-224": 584,
    "t5-base-decode": 898,
    "t5-base-encoder": 564,
    "transformer-encoder": 348,  # written by hand after bert-base-uncased, with its sizes left open
    "vgg16": 40,
    "vit-base-patch16-224": 274,
    "vit-base-patch16-224-timm": 227,
    "vit-base-patch32-224": 287,
    "vit-large-patch16-224": 443,
    "whisper-small-decode": 455,
    "whisper-small-encoder": 334,
    "wide-resnet50-2": 175,
}

# Module calls of one pass, counted when the files were written.
MODULE_COUNTS = {
    "albert-base-v2": 179,
    "alexnet": 24,
    "bert-base-uncased": 227,
    "bert-base-uncased-sdpa": 215,
    "bert-large-uncased": 443,
    "convnext-tiny": 249,
    "densenet161": 573,
    "detr-resnet50": 458,
    "distilbert-base-uncased": 91,
    "dlrm": 45,
    "efficientnet-b0": 330,
    "efficientnet-lite1": 325,
    "efficientnetv2-m": 979,
    "funnel-transformer-small": 235,
    "gernet-m": 326,
    "googlenet": 224,
    "gpt2": 163,
    "gpt2-decode": 163,
    "gpt2-decode-sdpa": 151,
    "gpt2-generate": 163,
    "gpt2-large": 475,
    "gpt3-2.7b": 423,
    "gpt3-xl": 319,
    "inception-v3": 299,
    "llama-3-8b": 422,
    "llama-3-8b-decode": 422,
    "llama-3-8b-decode-sdpa": 422,
    "llama-3-8b-generate": 422,
    "llama-3-8b-sdpa": 422,
    "llama-3.2-1b": 214,
    "llama-3.2-1b-decode": 214,
    "llama-3.2-1b-decode-sdpa": 214,
    "llama-3.2-1b-generate": 214,
    "llama-3.2-1b-sdpa": 214,
    "mnasnet1-0": 182,
    "mobilebert-uncased": 1163,
    "mobilenet-v2": 213,
    "olmoe-1b-7b": 5318,
    "olmoe-1b-7b-decode": 5318,
    "olmoe-1b-7b-generate": 5318,
    "opt-1.3b": 270,
    "qwen1.5-moe-a2.7b-decode": 870,
    "qwen1.5-moe-a2.7b-generate": 870,
    "regnety-016": 709,
    "resnet101": 353,
    "resnet152": 523,
    "resnet18": 76,
    "resnet50": 183,
    "resnext50-32x4d": 183,
    "shufflenet-v2-x1-0": 192,
    "squeezebert-uncased": 239,
    "squeezenet1-0": 68,
    "stable-diffusion-unet": 665,
    "swin-tiny-patch4-window7-224": 247,
    "t5-base-decode": 284,
    "t5-base-encoder": 211,
    "transformer-encoder": 216,  # its layers alone: BERT's, without the encoder around them, embeddings and pooler
    "vgg16": 42,
    "vit-base-patch16-224": 213,
    "vit-base-patch16-224-timm": 264,
    "vit-base-patch32-224": 226,
    "vit-large-patch16-224": 516,
    "whisper-small-decode": 187,
    "whisper-small-encoder": 137,
    "wide-resnet50-2": 183,
}

OPERATOR_KEYS = [
    "operator", "inputs", "dtypes", "outputs", "output_dtypes", "attributes", "copies", "stream",
]  # fmt: skip


class PolynomialTests(unittest.TestCase):
    parameters = ["batch", "image_size"]
    points = [(batch, size) for batch in (1, 2, 3) for size in (224, 256, 288)] + [(5, 352)]

    def expression(self, function):
        dimensions = exporter.Dimensions(self.parameters, self.points)
        return dimensions.expression([function(batch, size) for batch, size in self.points])

    def test_simplest_form(self):
        cases = [
            (lambda b, s: 64, 64),
            (lambda b, s: 0, 0),
            (lambda b, s: b, "batch"),
            (lambda b, s: 12 * b, "12*batch"),
            (lambda b, s: b * s, "batch*image_size"),
            (lambda b, s: s // 32, "image_size/32"),
            (lambda b, s: (s - 4) // 4, "(image_size-4)/4"),
            (lambda b, s: s + 2, "image_size+2"),
            (lambda b, s: 2 * s - 1, "2*image_size-1"),
            (lambda b, s: 1000 - s, "1000-image_size"),
            (lambda b, s: 3 * s // 32, "3*image_size/32"),
            (lambda b, s: (s // 16) ** 2, "image_size*image_size/256"),
            (lambda b, s: b * (s // 8 - 1), "batch*(image_size-8)/8"),
            (lambda b, s: b * (s // 32) ** 2 + b, "batch*(image_size*image_size+1024)/1024"),
        ]
        for function, expected in cases:
            with self.subTest(expected=expected):
                found = self.expression(function)
                self.assertEqual(found, expected)
                for batch, size in self.points:
                    values = {"batch": batch, "image_size": size}
                    self.assertEqual(exporter.evaluate(found, values), function(batch, size))

    def test_what_is_no_polynomial_is_an_error(self):
        with self.assertRaisesRegex(exporter.ExportError, "no exact expression"):
            self.expression(lambda b, s: s % 64)

    def test_the_points_left_over_check_the_fit(self):
        points = [(1, 10), (1, 20), (2, 10), (2, 20), (3, 30)]
        self.assertIsNone(exporter.polynomial_fit(points, [10, 20, 20, 40, 91]))
        self.assertEqual(exporter.polynomial_fit(points, [10, 20, 20, 40, 90]), {(1, 1): 1})


class RoundingTests(unittest.TestCase):
    parameters = ["batch", "image_size"]
    points = exporter.sample_points({"batch": 1, "image_size": 224})

    def expression(self, function):
        dimensions = exporter.Dimensions(self.parameters, self.points)
        return dimensions.expression([function(batch, size) for batch, size in self.points])

    def test_what_layers_do_to_the_side_of_an_image(self):
        def convolution(side, window, stride, padding):
            return (side + 2 * padding - window) // stride + 1

        cases = [
            (lambda b, s: convolution(s, 7, 2, 3), "(image_size+1)//2"),
            (lambda b, s: convolution(s, 3, 1, 1), "image_size"),
            (lambda b, s: convolution(s, 3, 2, 0), "(image_size-1)//2"),
            (lambda b, s: convolution(convolution(s, 11, 4, 2), 3, 2, 0), "(image_size-7)//8"),
            (lambda b, s: s // 32, "image_size//32"),
            (lambda b, s: 5 * b * (s // 32), "5*batch*(image_size//32)"),
            (lambda b, s: b * ((s + 1) // 2) ** 2, "batch*((image_size+1)//2)*((image_size+1)//2)"),
            (lambda b, s: ((s + 1) // 2) ** 2, "((image_size+1)//2)*((image_size+1)//2)"),
            (lambda b, s: b * (s - 2), "batch*(image_size-2)"),
        ]
        for function, expected in cases:
            with self.subTest(expected=expected):
                text = self.expression(function)
                self.assertEqual(text, expected)
                for batch, size in [(1, 224), (2, 299), (16, 331), (7, 225)]:
                    values = {"batch": batch, "image_size": size}
                    self.assertEqual(exporter.evaluate(text, values), function(batch, size))

    def test_what_no_layer_does_is_an_error(self):
        for function in (lambda b, s: s % 64, lambda b, s: s // 3, lambda b, s: (s // 2) ** 3):
            with self.assertRaisesRegex(exporter.ExportError, "no exact expression"):
                self.expression(function)


class EvaluationTests(unittest.TestCase):
    def test_arithmetic(self):
        values = {"batch": 2, "image_size": 224}
        for expression, expected in [
            (7, 7),
            ("batch", 2),
            ("batch*(image_size-4)/4", 110),
            ("image_size/32+1", 8),
            ("(image_size+75)//32", 9),
            ("5//2*2", 4),
            ("(batch-5)//2", -2),
            ("-batch+5", 3),
            ("10-batch-3", 5),
        ]:
            with self.subTest(expression=expression):
                self.assertEqual(exporter.evaluate(expression, values), expected)

    def test_errors(self):
        for expression, message in [
            ("batch/3", "2 is not divisible by 3"),
            ("sequence", "unknown parameter 'sequence'"),
            ("(batch", "a parenthesis is not closed"),
            ("batch batch", "not an expression"),
            ("batch%2", "not an expression"),
            ("batch//0", "2 is not divisible by 0"),
            ("batch///2", "unknown parameter '/'"),
            ("batch*", "ends too early"),
        ]:
            with self.subTest(expression=expression):
                with self.assertRaisesRegex(exporter.ExportError, message):
                    exporter.evaluate(expression, {"batch": 2})


class CopyTests(unittest.TestCase):
    points = exporter.sample_points({"batch": 1, "sequence_length": 128})
    dimensions = exporter.Dimensions(["batch", "sequence_length"], points)

    def merge(self, copies_at):
        return exporter.merge_copies([copies_at(*point) for point in self.points], self.dimensions)

    def test_a_copy_that_is_always_made(self):
        self.assertEqual(self.merge(lambda b, s: {"a": [b, s]}), [{"shape": ["batch", "sequence_length"]}])

    def test_a_copy_that_batch_1_does_without(self):
        found = self.merge(lambda b, s: {"a": [b, s]} if b > 1 else {})
        self.assertEqual(found, [{"shape": ["batch", "sequence_length"], "unless": {"batch": 1}}])

    def test_no_simple_rule(self):
        with self.assertRaisesRegex(exporter.ExportError, "no simple rule"):
            self.merge(lambda b, s: {"a": [64]} if b > 2 else {})


class RepeatTests(unittest.TestCase):
    def fold(self, letters, blocks=None):
        """The program of one-letter operators as text: `x3(ab)` is a repeat."""
        blocks = blocks or {}
        entries = [{"operator": letter} for letter in letters]
        program = exporter.find_repeats(entries, [blocks.get(i) for i in range(len(letters))])
        self.assertEqual("".join(e["operator"] for e in exporter.expand(program, {})), letters)
        return self.text(program)

    def text(self, program):
        return "".join(
            f"x{entry['repeat']}({self.text(entry['program'])})" if "repeat" in entry else entry["operator"]
            for entry in program
        )

    def test_layers_between_other_operators(self):
        self.assertEqual(self.fold("x" + 4 * "abcd" + "y"), "xx4(abcd)y")

    def test_a_repeat_that_saves_little_is_left_alone(self):
        self.assertEqual(self.fold("abcabc"), "abcabc")
        self.assertEqual(self.fold("aaaaa"), "aaaaa")
        self.assertEqual(self.fold("aaaaaa"), "x6(a)")

    def test_starts_with_a_module_where_it_could_start_anywhere(self):
        self.assertEqual(self.fold("d" + 4 * "abcd", {1: "layer.0"}), "dx4(abcd)")
        self.assertEqual(self.fold("d" + 4 * "abcd"), "x4(dabc)d")

    def test_an_outer_module_is_preferred(self):
        blocks = {0: "layer.0.down.1", 1: "layer.1", 5: "layer.2", 9: "layer.3"}
        self.assertEqual(self.fold("d" + 3 * "abcd", blocks), "dx3(abcd)")

    def test_modules_inside_a_repeat_fold(self):
        letters = 3 * ("x" + 4 * "abc" + "y")
        self.assertEqual(self.fold(letters, {0: "layer.0", 1: "layer.0.ffn.0"}), "x3(xx4(abc)y)")
        self.assertEqual(self.fold(letters, {0: "layer.0"}), "x3(x" + 4 * "abc" + "y)")

    def test_two_sequences_fold_apart(self):
        self.assertEqual(self.fold(5 * "ab" + 5 * "cd"), "x5(ab)x5(cd)")

    def test_name_after_the_module_list(self):
        for block, expected in [
            ("encoder.layer.0", "layer"),
            ("h.3", "layer"),
            ("layer3.1", "block"),
            (None, "block"),
        ]:
            self.assertEqual(exporter.repeat_name(block), expected)


def called_modules(program, values={}):
    """The module calls of a program's repeats, unrolled."""
    return sum(
        exporter.evaluate(entry["repeat"], values)
        * (exporter.evaluate(entry.get("modules", 0), values) + called_modules(entry["program"], values))
        for entry in program
        if "repeat" in entry
    )


class ModuleTests(unittest.TestCase):
    def operators(self, count):
        return [{"operator": f"aten::o{i}"} for i in range(count)]

    def test_a_list_without_repeats_has_all_calls(self):
        program, outermost = exporter.with_modules(self.operators(3), [2, 0, 5])
        self.assertEqual((program, outermost), (self.operators(3), 7))

    def test_each_round_of_a_repeat_has_its_own(self):
        a, b, c = self.operators(3)
        program = [a, {"repeat": 3, "name": "layer", "program": [b, c]}]
        program, outermost = exporter.with_modules(program, [1, 4, 2, 4, 2, 4, 2])
        self.assertEqual(program[1], {"repeat": 3, "name": "layer", "modules": 6, "program": [b, c]})
        self.assertEqual(outermost, 1)

    def test_what_rounds_do_not_share_counts_outside(self):
        # An identity at the end of a layer is called before the next layer's first operator.
        program = [{"repeat": 3, "name": "layer", "program": self.operators(1)}]
        program, outermost = exporter.with_modules(program, [4, 5, 5])
        self.assertEqual((program[0]["modules"], outermost), (4, 2))

    def test_nested_repeats_keep_all_calls(self):
        a, b, c = self.operators(3)
        inner = {"repeat": 2, "name": "block", "program": [b]}
        program = [{"repeat": 2, "name": "layer", "program": [a, inner]}, c]
        modules = [3, 1, 1, 3, 1, 2, 7]
        program, outermost = exporter.with_modules(program, modules)
        self.assertEqual(called_modules(program) + outermost, sum(modules))
        self.assertEqual(program[0]["program"][1]["modules"], 1)

    def test_calls_before_an_operator_that_is_left_out_count_for_the_next(self):
        def recorded(name, modules):
            return exporter.Recorded(name, [], [], [], [], {}, {}, 0, None, modules)
        seen = [recorded("a", 1), recorded("x", 2), recorded("b", 4), recorded("y", 8)]
        kept = exporter.without_added(seen, ["a", "b"])
        self.assertEqual([operator.modules for operator in kept], [1, 14])


class RoundsTests(unittest.TestCase):
    """Repeats that run as often as the parameters say: experts that a batch hits, and those that it does not."""

    def program(self):
        inner = [{"repeat": count, "name": "expert", "program": [{"operator": "a"}]} for count in (8, 56)]
        return [{"repeat": 16, "name": "layer", "program": inner}, {"operator": "b"}]

    def test_repeats_of_a_name_get_their_formulas_in_order(self):
        program = exporter.with_rounds(self.program(), {"expert": ["7+batch", "57-batch"]})
        self.assertEqual([entry["repeat"] for entry in program[0]["program"]], ["7+batch", "57-batch"])
        self.assertEqual((program[0]["repeat"], program[1]), (16, {"operator": "b"}))
        self.assertEqual(len(list(exporter.expand(program, {"batch": 2}))), 16 * 64 + 1)
        self.assertEqual(self.program()[0]["program"][0]["repeat"], 8)

    def test_no_formulas_change_nothing(self):
        self.assertEqual(exporter.with_rounds(self.program(), {}), self.program())

    def test_a_formula_without_its_repeat_is_an_error(self):
        with self.assertRaisesRegex(exporter.ExportError, "too few repeats called 'expert'"):
            exporter.with_rounds(self.program(), {"expert": ["1", "2", "3"]})

    def test_a_repeat_is_called_as_its_loop_says(self):
        self.assertEqual(exporter.repeat_name("expert"), "expert")
        self.assertEqual(exporter.repeat_name("0"), "block")

    def test_a_formula_stands_for_an_argument(self):
        points = [(batch, tokens) for batch in (1, 2, 3) for tokens in (1, 2, 3)] + [(5, 5)]
        dimensions = exporter.Dimensions(["batch", "((batch+7)//8)"], points)
        for function, expected in [
            (lambda batch, tokens: tokens, "((batch+7)//8)"),
            (lambda batch, tokens: 12 * batch * tokens, "12*batch*((batch+7)//8)"),
        ]:
            text = dimensions.expression([function(*point) for point in points])
            self.assertEqual(text, expected)
            self.assertEqual(exporter.evaluate(text, {"batch": 9}), function(9, 2))

    def test_an_argument_of_one_is_tried_at_three_values(self):
        self.assertEqual(len(set(exporter.sample_values("tokens", 1)[:3])), 3)


def tensor(shape, dtype="torch.float32", contiguous=True):
    """What the exporter asks a tensor for."""

    class Kind(str):
        is_floating_point = "float" in dtype

    kind = Kind(dtype)
    return types.SimpleNamespace(
        shape=shape, dtype=kind, is_floating_point=lambda: kind.is_floating_point, is_contiguous=lambda: contiguous
    )


def leaf(name, operand, result):
    operator = types.SimpleNamespace(_schema=types.SimpleNamespace(name=f"aten::{name}", returns=[]))
    return exporter.Leaf(operator, {"self": operand}, result)


class CopyLeafTests(unittest.TestCase):
    """Which leaf operators are copies beside the work of the operator that they are part of."""

    half, single = tensor([4, 8], "torch.bfloat16"), tensor([4, 8])
    whole = tensor([4, 8], "torch.int64")

    def test_a_change_of_precision(self):
        self.assertTrue(exporter.is_copy("aten::to", leaf("_to_copy", self.half, self.single)))
        self.assertTrue(exporter.is_copy("aten::softmax", leaf("_to_copy", self.half, self.single)))

    def test_what_the_types_say_already_or_changes_nothing(self):
        for operand, result in [(self.whole, self.single), (self.single, self.whole), (self.half, self.half)]:
            self.assertFalse(exporter.is_copy("aten::to", leaf("_to_copy", operand, result)))

    def test_a_conversion_is_no_copy_of_an_operand(self):
        self.assertTrue(exporter.is_copy("aten::reshape", leaf("clone", self.single, self.single)))
        self.assertFalse(exporter.is_copy("aten::copy_", leaf("copy_", self.single, self.single)))

    def test_positions_are_looked_for_in_a_contiguous_mask(self):
        mask, found = tensor([8, 4], contiguous=False), tensor([5, 2], "torch.int64")
        asked = leaf("nonzero", mask, found)
        self.assertTrue(exporter.is_copy("aten::where", asked))
        self.assertEqual(asked.copied_shape(), [8, 4])
        self.assertFalse(exporter.is_copy("aten::where", leaf("nonzero", tensor([8, 4]), found)))

    def test_attention_says_whether_it_is_causal(self):
        for is_causal, expected in [(True, {"is_causal": 1}), (False, {})]:
            attention = leaf("scaled_dot_product_attention", self.half, self.half)
            attention.arguments["is_causal"] = is_causal
            found = exporter.attributes_of("aten::scaled_dot_product_attention", [((), attention)])
            self.assertEqual(found, expected)


class BoundaryTests(unittest.TestCase):
    def test_what_is_handed_through_is_not_given_back(self):
        tokens, states, logits = tensor([1, 1], "torch.int64"), tensor([1, 1500, 768]), tensor([1, 1, 100])
        given = {"tokens": tokens, "encoder": {"states": states}}
        found = exporter.boundary(given, {"logits": logits, "states": states})
        self.assertEqual((found["inputs"], found["outputs"]), ([[1, 1]], [[1, 1, 100]]))


class IndexTests(unittest.TestCase):
    def test_dimensions_that_an_index_takes_whole(self):
        full = slice(None)
        for index, rank, expected in [
            ((full, None, None, full), 2, [0, 1]),
            ((full, 0), 3, [0]),
            ((Ellipsis, full), 4, [3]),
            ((full, slice(0, 4)), 2, [0]),
            (3, 2, []),
        ]:
            with self.subTest(index=index):
                self.assertEqual(list(exporter.full_slice_dimensions(index, rank)), expected)


class FileTests(unittest.TestCase):
    def loaded(self):
        for path in WORKLOADS:
            with self.subTest(workload=path.stem):
                yield path, json.loads(path.read_text(encoding="utf-8"))

    def test_every_file_is_as_the_exporter_writes_it(self):
        for path, workload in self.loaded():
            self.assertEqual(exporter.workload_text(workload), path.read_text(encoding="utf-8"))
            self.assertEqual(workload["schema"], exporter.SCHEMA)
            self.assertEqual(workload["name"], path.stem)

    def test_operator_counts(self):
        self.assertEqual({path.stem for path in WORKLOADS}, set(OPERATOR_COUNTS))
        for path, workload in self.loaded():
            count = sum(1 for _ in exporter.expand(workload["program"], workload["parameters"]))
            self.assertEqual(count, OPERATOR_COUNTS[path.stem])

    def test_module_counts(self):
        self.assertEqual({path.stem for path in WORKLOADS}, set(MODULE_COUNTS))
        for path, workload in self.loaded():
            values = workload["parameters"]
            count = workload.get("modules", 0) + called_modules(workload["program"], values)
            self.assertEqual(count, MODULE_COUNTS[path.stem])

    def test_as_many_experts_as_a_batch_hits(self):
        for name, experts, chosen, exact in [
            ("olmoe-1b-7b-generate", 64, 8, range(1, 1001)),
            ("qwen1.5-moe-a2.7b-generate", 60, 4, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256]),
        ]:
            path = next(path for path in WORKLOADS if path.stem == name)
            program = json.loads(path.read_text(encoding="utf-8"))["program"]
            layer = next(entry for entry in program if entry.get("name") == "layer")
            rounds = [entry for entry in layer["program"] if entry.get("name") == "expert"]
            for batch in range(1, 1001):
                values = {"batch": batch, "context": 128}
                hit = exporter.evaluate(rounds[0]["repeat"], values)
                average = experts * (1 - (1 - chosen / experts) ** batch)
                self.assertLessEqual(abs(hit - average), 0.5 if batch in exact else 1.5)
                if len(rounds) > 1:
                    self.assertEqual(hit + exporter.evaluate(rounds[1]["repeat"], values), experts)
                product = next(entry for entry in rounds[0]["program"] if entry["operator"] == "aten::linear")
                tokens = exporter.evaluate(product["inputs"][0][0], values)
                self.assertLessEqual(abs(tokens - batch * chosen / average), 1)

    def test_keys(self):
        for _, workload in self.loaded():
            for entry in exporter.expand(workload["program"], workload["parameters"]):
                self.assertEqual([key for key in OPERATOR_KEYS if key in entry], list(entry))
                self.assertRegex(entry["operator"], r"^\w+::\w+$")
                for dtypes, shapes in (("dtypes", "inputs"), ("output_dtypes", "outputs")):
                    if dtypes in entry:
                        self.assertEqual(len(entry[dtypes]), len(entry[shapes]))
                        self.assertIn(True, [dtype != "float" for dtype in entry[dtypes]])

    def test_every_dimension_is_exact_at_several_batches_and_sizes(self):
        for _, workload in self.loaded():
            for values in self.settings(workload["parameters"]):
                for entry in exporter.expand(workload["program"], values):
                    for dimension in self.dimensions(entry):
                        self.assertGreaterEqual(exporter.evaluate(dimension, values), 0)

    def settings(self, defaults):
        """Batch 1, 2 and 16, each at the default size and at a larger one."""
        for batch in (1, 2, 16):
            for factor in (1, 2):
                sizes = {name: value * factor for name, value in defaults.items() if name != "batch"}
                yield {"batch": batch} | sizes

    def dimensions(self, entry):
        for shape in entry["inputs"] + entry["outputs"]:
            yield from shape
        for copy in entry.get("copies", []):
            yield from copy["shape"]
        for value in entry.get("attributes", {}).values():
            yield from value if isinstance(value, list) else [value]

    def test_no_path_of_the_exporting_machine(self):
        for path, _ in self.loaded():
            self.assertIsNone(re.search(r'"[^"]*/(tmp|home|work|usr)/', path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    unittest.main()
