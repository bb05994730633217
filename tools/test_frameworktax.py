"""Tests of the Python module, with a program of their own in place of the simulator: they need Python only.

python3 -m unittest discover --start-directory tools
"""

import os
import pathlib
import sys
import tempfile
import unittest
import unittest.mock
import warnings

import frameworktax

# Answers as the simulator does: JSON and CSV with what it was asked, errors and warnings on standard error.
PROGRAM = f"""#!{sys.executable}
import json, sys
arguments = sys.argv[1:]
if "wrong" in arguments:
    print("error: unknown accelerator 'wrong'; is 'right' meant?", file=sys.stderr)
    sys.exit(2)
if "silent" in arguments:
    sys.exit(70)
if "odd" in arguments:
    print("warning: no cost rule for aten::odd", file=sys.stderr)
if "csv" in arguments:
    print("accelerator,batch,latency_us,fits,note")
    print("h200,1,5265.5,true,")
    print("1e3,8,-2,false,\\"a, b\\"")
else:
    print(json.dumps({{"arguments": arguments, "latency_us": 1.5}}))
"""


class ProgramTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.binary = self.folder / "simulate"
        self.binary.write_text(PROGRAM, encoding="utf-8")
        self.binary.chmod(0o755)
        self.simulator = frameworktax.Simulator(self.binary, frames=False)

    def test_a_run_is_a_dictionary(self):
        found = self.simulator.run("bert-base", "h200", batch=4, set={"host.cores": 8, "link.latency_us": 1.5})
        self.assertEqual(found["latency_us"], 1.5)
        self.assertEqual(
            found["arguments"],
            ["run", "bert-base", "h200", "--format", "json", "--batch", "4", "--set", "host.cores=8"]
            + ["--set", "link.latency_us=1.5"],
        )

    def test_a_sweep_is_a_table_with_its_constants(self):
        rows = self.simulator.sweep(
            "bert-base", over={"accelerator": ["h200", "b200"], "batch": "1..8"}, framework="cuda-graph", jitter=True
        )
        self.assertEqual(
            rows[0],
            {"workload": "bert-base", "framework": "cuda-graph", "accelerator": "h200", "batch": 1, "latency_us": 5265.5}
            | {"fits": True, "note": None},
        )
        self.assertEqual((rows[1]["accelerator"], rows[1]["latency_us"], rows[1]["note"]), (1000.0, -2, "a, b"))

    def test_an_error_is_what_the_program_says(self):
        with self.assertRaises(frameworktax.SimulateError) as caught:
            self.simulator.run("bert-base", "wrong")
        self.assertEqual(str(caught.exception), "unknown accelerator 'wrong'; is 'right' meant?")
        self.assertEqual(caught.exception.status, 2)
        self.assertEqual(caught.exception.command[1:4], ["run", "bert-base", "wrong"])

    def test_an_end_without_a_word(self):
        with self.assertRaisesRegex(frameworktax.SimulateError, "ended with status 70 and said nothing"):
            self.simulator.run("bert-base", "silent")

    def test_a_warning_is_a_warning(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.simulator.run("odd", "h200")
        self.assertEqual([str(warning.message) for warning in caught], ["no cost rule for aten::odd"])
        self.assertIs(caught[0].category, frameworktax.SimulateWarning)
        self.assertEqual(caught[0].filename, __file__)

    def test_the_program_is_found(self):
        other = self.folder / "other"
        other.mkdir()
        with unittest.mock.patch.dict(os.environ, {"SIMULATE": str(self.binary), "PATH": str(other)}):
            self.assertEqual(frameworktax.find_binary(), str(self.binary))
        with unittest.mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            os.environ.pop("SIMULATE", None)
            self.assertEqual(frameworktax.find_binary(), str(self.binary))
            self.assertEqual(frameworktax.run("a", "b")["latency_us"], 1.5)

    def test_no_program(self):
        with unittest.mock.patch.dict(os.environ, {"PATH": str(self.folder / "none")}):
            os.environ.pop("SIMULATE", None)
            with self.assertRaisesRegex(frameworktax.SimulateError, "install.sh.*SIMULATE.*Simulator"):
                frameworktax.find_binary()
            os.environ["SIMULATE"] = "/nowhere/simulate"
            with self.assertRaisesRegex(frameworktax.SimulateError, "no program at /nowhere/simulate .*SIMULATE"):
                frameworktax.find_binary()

    def test_what_is_no_program_does_not_start(self):
        self.binary.write_text("\0", encoding="utf-8")
        with self.assertRaisesRegex(frameworktax.SimulateError, "does not start"):
            self.simulator.run("a", "b")

    @unittest.skipIf(frameworktax.pandas is None, "pandas is not installed")
    def test_a_frame_has_the_types_of_its_columns(self):
        frame = frameworktax.Simulator(self.binary).roofline("bert-base", "h200")
        self.assertEqual(list(frame["batch"]), [1, 8])
        self.assertEqual(frame["latency_us"].dtype.kind, "f")
        self.assertEqual(frame["fits"].dtype.kind, "b")

    @unittest.skipUnless(frameworktax.pandas is None, "pandas is installed")
    def test_frames_without_pandas(self):
        self.assertIsInstance(frameworktax.Simulator(self.binary).roofline("a", "b"), list)
        with self.assertRaisesRegex(frameworktax.SimulateError, "pandas is not installed"):
            frameworktax.Simulator(self.binary, frames=True)


class OptionTests(unittest.TestCase):
    def test_keywords_are_options(self):
        for options, expected in [
            ({"sequence_length": 128}, ["--sequence-length", "128"]),
            ({"synchronized": True, "sensitivity": False, "host": None}, ["--synchronized"]),
            ({"over": {"batch": range(1, 4)}}, ["--over", "batch=1,2,3"]),
            ({"limit": ["ttft_ms=200", "tpot_ms=50"]}, ["--limit", "ttft_ms=200", "--limit", "tpot_ms=50"]),
            ({"over": {"host": "a"}, "where": "batch>0"}, ["--over", "host=a", "--where", "batch>0"]),
        ]:
            self.assertEqual(frameworktax.command_options(options), expected)


if __name__ == "__main__":
    unittest.main()
