"""Tests of the script that spreads a study over workers: its command lines always, the rest where Dask and pyarrow are installed.

python3 -m unittest discover --start-directory tools
"""

import contextlib
import io
import os
import pathlib
import signal
import stat
import sys
import tempfile
import threading
import time
import unittest

import spread

# Stands for the program: prints the rows of a part of sixty, slowly, and notes by which process it was called.
PROGRAM = '''#!{python}
import os, sys, time
words = sys.argv[1:]
with open(os.path.join({folder!r}, "calls"), "a") as calls:
    calls.write(f"{{os.getppid()}} {{' '.join(words)}}\\n")
if "refused" in words:
    print("error: refused", file=sys.stderr)
    sys.exit(2)
time.sleep({seconds})
if "--shard" in words:
    number, count = map(int, words[words.index("--shard") + 1].split("/"))
    if number == 1:
        print("accelerator,batch,latency_us,energy_j,bound")
    for point in range(60 * (number - 1) // count, 60 * number // count):
        print(f"gpu-{{point // 30}},{{point}},{{point * (0.5 if point > 40 else 1):g}},{{'' if point < 40 else 0.25}},device")
else:
    print("decoder,rate,steps,interconnect")
    print(f"llama,{{words[words.index('--rate') + 1]}},7,{{words[1]}}")
print("warning: of the stand-in", file=sys.stderr)
'''


class Commands(unittest.TestCase):
    def test_a_sweep_is_cut_into_shards(self):
        commands = spread.part_commands(["sweep", "gpt2"], 3, [])
        self.assertEqual([command[-2:] for command, _ in commands], [["--shard", f"{n}/3"] for n in (1, 2, 3)])

    def test_each_value_is_put_into_its_place_and_the_first_varies_slowest(self):
        commands = spread.part_commands(["serve", "{a}", "--rate", "{r}"], None, [("a", ["x", "y"]), ("r", ["1", "2.5"])])
        self.assertEqual([" ".join(command) for command, _ in commands],
                         ["serve x --rate 1", "serve x --rate 2.5", "serve y --rate 1", "serve y --rate 2.5"])
        self.assertEqual(commands[1][1], {"a": "x", "r": 2.5})

    def test_what_cannot_be_spread_is_refused(self):
        for words in (["--", "serve", "d", "a"], ["--each", "rate=1,2", "--", "serve", "d", "a"], ["--each", "rate=", "--", "x"],
                      ["--", "sweep", "w", "--shard", "1/2"], ["--parts", "0", "--", "sweep", "w"], []):
            with self.subTest(words), self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                spread.options_of(["--output", "rows.parquet", "--simulate", "simulate", *words])


@unittest.skipIf(spread.pyarrow is None, "pyarrow is not installed")
class Tables(unittest.TestCase):
    def rows(self, *texts, each=None):
        rows = spread.Rows(lambda number: texts[number], each or [{}] * len(texts))
        return rows.schema, spread.pyarrow.concat_tables([rows.table(number) for number in range(len(texts))])

    def test_a_column_has_one_type_whatever_the_parts_look_like(self):
        schema, table = self.rows(b"batch,latency_us,energy_j,link\n1,2,,\n", b"2,2.5,0.25,nvlink\n", b"")
        self.assertEqual([str(kind) for kind in schema.types], ["int64", "double", "double", "string"])
        self.assertEqual(table.to_pylist()[1], {"batch": 2, "latency_us": 2.5, "energy_j": 0.25, "link": "nvlink"})

    def test_the_first_part_may_have_no_rows(self):
        _, table = self.rows(b"name,batch\n", b"a,1\n", b"b,2\n")
        self.assertEqual(table.to_pydict(), {"name": ["a", "b"], "batch": [1, 2]})

    def test_a_value_of_each_is_a_column_unless_the_rows_have_it(self):
        _, table = self.rows(b"rate,steps\n1,5\n", b"rate,steps\n2,6\n", each=[{"seed": 1, "rate": 1}, {"seed": 2, "rate": 2}])
        self.assertEqual(table.to_pydict(), {"seed": [1, 2], "rate": [1, 2], "steps": [5, 6]})


@unittest.skipIf(spread.pyarrow is None or spread.distributed is None, "dask.distributed and pyarrow are not installed")
class Cluster(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)
        self.output = self.folder / "rows.parquet"

    def program(self, seconds):
        path = self.folder / "simulate"
        path.write_text(PROGRAM.format(python=sys.executable, folder=str(self.folder), seconds=seconds))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def spread(self, program, *words):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            status = spread.main(["--simulate", str(program), "--workers", "2", "--output", str(self.output), *words])
        return status, errors.getvalue()

    def calls(self):
        path = self.folder / "calls"
        return [line.split(" ", 1) for line in path.read_text().splitlines()] if path.exists() else []

    def test_a_worker_that_is_killed_costs_no_row(self):
        program = self.program(0.3)
        killed = []

        def kill():
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                # Whoever has begun its second part is at work.
                workers = [int(worker) for worker, _ in self.calls()]
                again = [worker for worker in workers if workers.count(worker) == 2]
                if again:
                    killed.append(again[0])
                    return os.kill(again[0], signal.SIGKILL)
                time.sleep(0.02)

        thread = threading.Thread(target=kill)
        thread.start()
        status, errors = self.spread(program, "--parts", "12", "--", "sweep", "w")
        thread.join()
        self.assertEqual(status, 0, errors)
        self.assertEqual(len(killed), 1)
        table = spread.pyarrow.parquet.read_table(self.output)
        self.assertEqual(table["batch"].to_pylist(), list(range(60)))
        self.assertEqual(table["latency_us"].to_pylist(), [point * (0.5 if point > 40 else 1) for point in range(60)])
        self.assertEqual(table["energy_j"].null_count, 40)
        # The part that it was at was done again.
        self.assertGreater(len(self.calls()), 12)
        self.assertEqual(errors.count("warning: of the stand-in"), 1)
        self.assertFalse((self.folder / "rows.parquet.parts").exists())

    def test_parts_that_are_there_are_not_made_again(self):
        program = self.program(0)
        words = [["sweep", "w", "--shard", f"{number}/3", "--threads", "1"] for number in (1, 2, 3)]
        parts = spread.Parts(self.folder / "rows.parquet.parts", [(command, {}) for command in words])
        parts.keep(1, b"gpu-9,900,1,,device\n")
        status, errors = self.spread(program, "--parts", "3", "--", "sweep", "w")
        self.assertEqual(status, 0, errors)
        self.assertEqual(len(self.calls()), 2)
        self.assertIn(900, spread.pyarrow.parquet.read_table(self.output)["batch"].to_pylist())

    def test_parts_of_another_study_are_refused(self):
        spread.Parts(self.folder / "rows.parquet.parts", [(["sweep", "other"], {})])
        status, errors = self.spread(self.program(0), "--", "sweep", "w")
        self.assertEqual(status, 2)
        self.assertIn("another study", errors)

    def test_what_the_program_refuses_ends_the_study(self):
        status, errors = self.spread(self.program(0), "--", "sweep", "refused")
        self.assertEqual((status, errors.count("error: refused")), (2, 1))
        self.assertFalse(self.output.exists())

    def test_a_serving_study_is_a_run_for_each_value(self):
        status, errors = self.spread(
            self.program(0), "--each", "link=nvlink,pcie", "--each", "rate=1,2.5", "--", "serve", "{link}", "--rate", "{rate}")
        self.assertEqual(status, 0, errors)
        self.assertEqual(
            spread.pyarrow.parquet.read_table(self.output).to_pydict(),
            {"link": ["nvlink", "nvlink", "pcie", "pcie"], "decoder": ["llama"] * 4, "rate": [1, 2.5, 1, 2.5],
             "steps": [7] * 4, "interconnect": ["nvlink", "nvlink", "pcie", "pcie"]})


if __name__ == "__main__":
    unittest.main()
