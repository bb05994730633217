"""Tests of the measuring script: what needs no PyTorch always, what does where PyTorch is installed.

python3 -m unittest discover --start-directory tools
"""

import contextlib
import csv
import io
import json
import math
import pathlib
import tempfile
import unittest
from types import SimpleNamespace
from unittest import mock

import measure

FOLDER = pathlib.Path(__file__).parent.parent
MEASURED = sorted((FOLDER / "benchmarks" / "measurements").glob("*-own"))


class Statistics(unittest.TestCase):
    def test_a_quantile_is_interpolated(self):
        self.assertEqual(measure.quantile([1, 2, 4], 0.5), 2)
        self.assertEqual(measure.quantile([1, 2, 4], 0.75), 3)
        self.assertEqual(measure.quantile([7], 0.9), 7)

    def test_a_summary_does_not_depend_on_the_order(self):
        self.assertEqual(measure.summary([3, 1, 2]), measure.summary([1, 2, 3]))
        self.assertEqual(measure.summary([3, 1, 2])["minimum_us"], 1)
        self.assertEqual(measure.summary([3, 1, 2])["count"], 3)

    def test_busy_time_counts_overlaps_once_and_gaps_not_at_all(self):
        self.assertEqual(measure.busy_time([(0, 10), (5, 12), (20, 25)]), 17)
        self.assertEqual(measure.busy_time([(20, 25), (0, 30)]), 30)
        self.assertEqual(measure.busy_time([]), 0)

    def test_thinning_keeps_first_and_last(self):
        self.assertEqual(measure.thinned(range(10), 3), [0, 4, 9])
        self.assertEqual(measure.thinned(range(3), 5), [0, 1, 2])
        self.assertEqual(measure.thinned(range(3), None), [0, 1, 2])
        self.assertEqual(measure.thinned(range(3), 1), [0])

    def test_a_token_more_is_the_difference_of_two_lengths(self):
        with mock.patch.object(measure, "clock_ns", FakeClock()) as clock:
            wall, _ = measure.per_token(lambda tokens: clock.pass_ns(1_000_000 + 3_000 * tokens))
        self.assertAlmostEqual(wall, 3)

    def test_a_loop_and_single_calls_are_timed(self):
        self.assertEqual(len(measure.each_us(lambda: None, 5)), 5)
        self.assertGreater(measure.mean_us(lambda: sum(range(1000)), 5), 0)


class FakeClock:
    """A clock that advances only when it is told to."""

    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now

    def pass_ns(self, duration):
        self.now += duration


class Budget(unittest.TestCase):
    def test_shares_add_up_to_the_budget(self):
        ends = measure.deadlines(["machine", "graphs", "models"], measure.SHARES, 100)
        self.assertAlmostEqual(ends["models"], 100)
        self.assertLess(ends["machine"], ends["graphs"])

    def test_every_share_has_a_section(self):
        self.assertEqual(set(measure.SHARES), set(measure.SECTIONS))
        self.assertLessEqual(set(measure.PROCESSOR_SECTIONS), set(measure.SECTIONS))

    def test_the_default_budget_is_under_eight_minutes(self):
        self.assertLess(measure.parsed(["--output", "x"]).budget_s, 8 * 60)

    def test_what_time_does_not_reach_is_counted(self):
        run = measure.Run(SimpleNamespace(smoke=False), None, None)
        run.deadline = -math.inf
        self.assertEqual(list(run.items(range(4))), [])
        self.assertEqual(run.left_out, 4)

    def test_a_section_that_fails_is_noted_and_ends_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            tables = measure.Tables(folder)
            run = measure.Run(SimpleNamespace(smoke=False), tables, None)
            run.section = "graphs"
            with contextlib.redirect_stdout(io.StringIO()), run.attempt("3 nodes"):
                raise RuntimeError("no\nluck")
            tables.close()
            rows = rows_of(pathlib.Path(folder, "notes.csv"))
        self.assertEqual(rows, [{"section": "graphs", "item": "3 nodes", "note": "RuntimeError: no luck"}])


class Files(unittest.TestCase):
    def test_a_cell_is_short_and_exact(self):
        self.assertEqual(measure.shown(1234.56789), "1234.57")
        self.assertEqual(measure.shown([[1, 2]]), "[[1,2]]")
        self.assertEqual([measure.shown(value) for value in (None, True, math.nan, 3, "x")], ["", 1, "", 3, "x"])

    def test_rows_are_in_the_file_before_it_is_closed(self):
        with tempfile.TemporaryDirectory() as folder:
            tables = measure.Tables(folder)
            tables.write("machine", key="cpu", value="one")
            self.assertEqual(rows_of(pathlib.Path(folder, "machine.csv")), [{"key": "cpu", "value": "one"}])
            tables.close()

    def test_two_processes_write_one_header(self):
        with tempfile.TemporaryDirectory() as folder:
            parent, child = measure.Tables(folder), measure.Tables(folder)
            child.write("machine", key="a", value=1)
            parent.write("machine", key="b", value=2)
            child.write("machine", key="c", value=3)
            child.close()
            parent.close()
            self.assertEqual([row["key"] for row in rows_of(pathlib.Path(folder, "machine.csv"))], ["a", "b", "c"])

    def test_an_unknown_column_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(KeyError, "machine.csv has no column speed"):
                measure.Tables(folder).write("machine", speed=1)

    def test_an_unknown_section_is_an_error(self):
        with self.assertRaisesRegex(SystemExit, "no section gaphs"):
            measure.chosen_sections(measure.parsed(["--output", "x", "--sections", "gaphs"]), True)


class Plans(unittest.TestCase):
    def test_products_cover_every_precision_and_odd_sizes(self):
        plan = measure.product_plan()
        self.assertEqual({item[0] for item in plan},
                         {"bf16", "fp16", "fp8", "tf32", "fp32", "batched bf16", "batched fp16"})
        self.assertTrue(any(item[3] % 2 for item in plan if item[0] == "bf16"))
        for precision, m, n, k, *_ in plan:
            if precision == "fp8":  # its rows must be whole multiples of 16 bytes
                self.assertEqual((n % 16, k % 16), (0, 0))

    def test_attention_is_square_unless_it_decodes(self):
        for kind, _, heads, shared, queries, keys, _, _ in measure.attention_plan():
            self.assertEqual(queries, 1 if kind == "decode" else keys)
            self.assertEqual(heads % shared, 0)

    def test_the_layers_are_those_of_the_networks(self):
        self.assertEqual(measure.residual_layers()[0], (3, 64, 7, 2, 1, 224))
        self.assertIn((64, 64, 3, 1, 1, 56), measure.residual_layers())
        self.assertIn((512, 512, 3, 1, 1, 7), measure.residual_layers())
        self.assertIn((512, 512, 3, 2, 1, 14), measure.residual_layers())
        self.assertEqual(measure.mobile_layers()[-1], (320, 1280, 1, 1, 1, 7))
        self.assertIn((96, 96, 3, 2, 96, 112), measure.mobile_layers())

    def test_enough_copies_to_leave_the_cache_and_not_more_than_a_graph_should_hold(self):
        device = SimpleNamespace(l2=50 << 20)
        self.assertEqual(measure.copies_for(device, 1000, 1 << 30), 2)
        self.assertEqual(measure.copies_for(device, 1000, 10 << 20), 15)
        self.assertEqual(measure.copies_for(device, 2, 1 << 10), 256)
        self.assertEqual(measure.copies_for(device, 100, 10 << 20, is_warm=True), 5)

    def test_the_state_of_the_cache(self):
        device = SimpleNamespace(l2=50 << 20)
        self.assertEqual(measure.cache_state(device, 10 << 20, 15, False), "cold")
        self.assertEqual(measure.cache_state(device, 1 << 10, 256, False), "warm")
        self.assertEqual(measure.cache_state(device, 1 << 20, 50, False), "partly")
        self.assertEqual(measure.cache_state(device, 1 << 20, 50, True), "warm")
        self.assertEqual(measure.cache_state(device, 60 << 20, 50, True), "beyond")


class Measured(unittest.TestCase):
    """The committed measurements have the columns that the script writes."""

    def test_columns(self):
        for folder in MEASURED:
            for table, columns in measure.TABLES.items():
                path = folder / f"{table}.csv"
                if path.exists():
                    with self.subTest(path=path), path.open(newline="") as file:
                        header = next(csv.reader(file))
                        self.assertEqual([name for name in header if name not in columns], [])

    def test_shapes_are_json(self):
        for folder in MEASURED:
            for row in rows_of(folder / "kernels.csv"):
                self.assertTrue(all(isinstance(size, int) for shape in json.loads(row["inputs"]) for size in shape))
                self.assertGreater(float(row["time_us"]), 0)


@unittest.skipIf(measure.torch is None, "PyTorch is not installed")
class WithPyTorch(unittest.TestCase):
    def run_it(self, *arguments):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            measure.main(["--output", folder.name, *arguments])
        return pathlib.Path(folder.name), output.getvalue()

    def test_without_an_accelerator_it_measures_dispatch_and_says_so(self):
        if measure.torch.cuda.is_available():
            self.skipTest("there is an accelerator")
        folder, output = self.run_it("--smoke", "--budget-s", "20", "--sections", "machine,dispatch")
        self.assertIn("No accelerator", output)
        facts = {row["key"]: row["value"] for row in rows_of(folder / "machine.csv")}
        self.assertIn("no accelerator", facts["what"])
        rows = rows_of(folder / "dispatch.csv")
        self.assertEqual({row["guard"] for row in rows}, set(measure.GUARDS))
        self.assertTrue(all(float(row["host_us"]) > 0 for row in rows))

    def test_a_rehearsal_runs_the_sections_of_an_accelerator_and_says_so(self):
        folder, _ = self.run_it("--rehearse", "--smoke", "--budget-s", "40", "--sections",
                                "machine,host_costs,graphs,products,attention,memory,convolutions")
        facts = {row["key"]: row["value"] for row in rows_of(folder / "machine.csv")}
        self.assertIn("REHEARSAL", facts["what"])
        self.assertFalse((folder / "notes.csv").exists(), "a section failed")
        self.assertEqual({row["accelerator"] for row in rows_of(folder / "kernels.csv")}, {"rehearsal"})
        self.assertTrue(rows_of(folder / "graphs.csv"))

    def test_a_folder_with_measurements_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "machine.csv").write_text("mine\n")
            with self.assertRaisesRegex(SystemExit, "is not empty"):
                measure.main(["--output", folder, "--rehearse"])
            self.assertEqual(pathlib.Path(folder, "machine.csv").read_text(), "mine\n")

    def test_a_folder_with_anything_in_it_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "notes.txt").write_text("mine\n")
            with self.assertRaisesRegex(SystemExit, "is not empty"):
                measure.main(["--output", folder, "--rehearse"])
            self.assertEqual([path.name for path in pathlib.Path(folder).iterdir()], ["notes.txt"])

    def test_copies_within_the_host_and_the_loop_of_tokens(self):
        folder, _ = self.run_it("--quick", "--budget-s", "60", "--sections", "host_copies,generation")
        copies = rows_of(folder / "host_costs.csv")
        self.assertEqual({row["cost"] for row in copies}, {"copy within the host"})
        self.assertLess(float(copies[0]["median_us"]), float(copies[-1]["median_us"]))
        if (folder / "notes.csv").exists():
            self.assertIn("transformers", (folder / "notes.csv").read_text())
        else:
            self.assertTrue(all(float(row["token_us"]) > 0 for row in rows_of(folder / "generation.csv")))


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    unittest.main()
