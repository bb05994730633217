"""Tests of the checks that mutate.py and laws.py rest on: each must fail on what it looks for, and pass on what is right."""
import json
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from proof import checks, commands, execution, material, mutations  # noqa: E402

RESULT = {"latency_us": 10, "device_busy_us": 4, "framework_tax_us": 6, "framework_tax_fraction": 0.6,
          "breakdown_us": {"dispatch": 7, "memory": 3}, "memory": {"fits": True}}


def outcome(out=b"", err=b"", status=0, **more):
    fields = {"signal": 0, "timed_out": False, "seconds": 0.1, "cpu_seconds": 0.1, "peak_bytes": 10_000_000, "before": {},
              "after": {}, "strays": []} | more
    return execution.Outcome(status=status, out=out, err=err, **fields)


def kinds(case, result):
    return {kind for kind, _ in checks.findings(case, result)}


class Checks(unittest.TestCase):
    def found(self, result, case=None):
        return kinds(case or execution.Case(["run", "bert-base", "t4", "--format", "json"]), result)

    def json(self, **changes):
        return outcome(json.dumps(RESULT | changes).encode())

    def test_what_is_right_passes(self):
        self.assertEqual(self.found(self.json()), set())
        self.assertEqual(self.found(outcome(err=b"a.json:1:2: error: x\n", status=2)), set())
        self.assertEqual(self.found(outcome(b"latency  -\n", b"warning: y\n"), execution.Case(["run"])), set())

    def test_ends(self):
        self.assertIn("trap", self.found(outcome(signal=4)))
        self.assertIn("trap", self.found(outcome(err=b"error: x\n", status=70)))
        self.assertIn("hang", self.found(outcome(timed_out=True)))
        self.assertIn("memory", self.found(outcome(json.dumps(RESULT).encode(), peak_bytes=500_000_000)))

    def test_text(self):
        for text in ("\x1b[31m", "\u202e", "\x85", "a\rb", "\x00"):
            self.assertIn("control", self.found(outcome(err=f"error: {text}\n".encode(), status=2)), repr(text))
        self.assertIn("encoding", self.found(outcome(err=b"error: \xff\n", status=2)))

    def test_errors(self):
        self.assertIn("no-error", self.found(outcome(status=2)))
        self.assertIn("two-errors", self.found(outcome(err=b"error: x\nerror: y\n", status=2)))
        self.assertIn("stray-line", self.found(outcome(err=b"error: x\nmore\n", status=2)))
        self.assertIn("error-at-0", self.found(outcome(json.dumps(RESULT).encode(), b"error: x\n")))
        case = execution.Case(["run", "w.json", "t4"], {"w.json": b""}, changed_files={"w.json"})
        self.assertIn("no-place", self.found(outcome(err=b"error: wrong\n", status=2), case))
        self.assertEqual(self.found(outcome(err=b"w.json:1:1: error: wrong\n", status=2), case), set())

    def test_disk(self):
        changed = outcome(err=b"error: x\n", status=2, before={b"a": b"1"}, after={b"a": b"2"})
        self.assertIn("disk", self.found(changed))
        self.assertIn("disk", self.found(outcome(err=b"error: x\n", status=64, after={b"new": b""})))
        kept = outcome(err=b"error: x\n", status=2, after={b"r.csv.partial": b"rows"})
        self.assertEqual(self.found(kept), set())
        self.assertIn("stray", self.found(outcome(json.dumps(RESULT).encode(), strays=["/x"])))
        case = execution.Case(["sweep"], expected={"r.csv": b"whole"})
        self.assertIn("expected", kinds(case, outcome(after={b"r.csv": b"other"})))

    def test_numbers(self):
        self.assertIn("sum", self.found(self.json(latency_us=11, framework_tax_us=7)))
        self.assertIn("busy", self.found(self.json(device_busy_us=11)))
        self.assertIn("tax", self.found(self.json(framework_tax_us=5)))
        self.assertIn("negative", self.found(self.json(breakdown_us={"dispatch": 11, "memory": -1})))
        self.assertIn("format", self.found(outcome(b'{"latency_us": NaN}')))
        self.assertIn("format", self.found(outcome(b'{"latency_us": 1')))
        plain = execution.Case(["run", "bert-base", "t4"])
        self.assertIn("number", self.found(outcome(b"latency  nan us\n"), plain))
        self.assertIn("number", self.found(outcome(b"capacity inf GB\n"), plain))
        self.assertIn("negative", self.found(outcome(b"memory  -0.3  -1.5%\n"), plain))
        self.assertEqual(self.found(outcome(b"bert 'nan' 1e-5 a-1 2026-11\n"), plain), set())
        rows = execution.Case(["sweep", "--format", "csv"])
        self.assertIn("negative", self.found(outcome(b"batch,latency_us\n1,-3\n"), rows))
        self.assertIn("number", self.found(outcome(b"batch,latency_us\n1,inf\n"), rows))
        self.assertIn("format", self.found(outcome(b"batch,latency_us\n1\n"), rows))


class Cases(unittest.TestCase):
    def test_a_seed_and_an_index_make_one_case(self):
        catalog = material.Catalog()
        maker = commands.Commands(catalog, {"csv": b"a\n1\n", "jsonl": b"{}\n"})
        damage = mutations.Damage(catalog)
        for index in range(300):
            made = []
            for _ in range(2):
                case = maker.make(random.Random(f"1/{index}"))
                damage.apply(case, random.Random(f"1/{index}/0"))
                mutations.tame(case)
                made.append(case)
            self.assertEqual(*made)
            for argument in made[0].arguments:
                self.assertFalse(argument.startswith("/"), argument)

    def test_there_are_at_least_22_kinds_of_damage(self):
        damage = mutations.Damage(material.Catalog())
        kinds = {kind.__name__ for pool in (
            damage.file_kinds, damage.json_kinds, damage.workload_kinds, damage.recording_kinds, damage.csv_kinds,
            damage.argument_kinds) for kind in pool}
        self.assertGreaterEqual(len(kinds), 22)


if __name__ == "__main__":
    unittest.main()
