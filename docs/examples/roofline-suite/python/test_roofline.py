"""A test suite of one's own that checks roofline math, in Python: the vectors, a workload's claims, and claims of its own.

    SIMULATE=path/to/simulate python3 -m unittest discover docs/examples/roofline-suite/python

Requirements: Python 3.9, standard library only. SIMULATE is the program, by default the one on the path.
"""
import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from fractions import Fraction

CLONE = pathlib.Path(__file__).resolve().parents[4]
SIMULATE = os.environ.get("SIMULATE", "simulate")


def flops(rows, columns, inner):
    """The code under test: it is what a suite checks; here it is written out."""
    return 2 * rows * columns * inner


def moved(rows, columns, inner, element):
    return element * (rows * inner + inner * columns + rows * columns)


def check(text):
    """The exit status and the rows of `simulate roofline --check` for a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "claims.csv"
        path.write_text(text)
        result = subprocess.run([SIMULATE, "roofline", "--check", str(path), "--format", "csv"], capture_output=True,
                                text=True, check=False)
    return result.returncode, list(csv.DictReader(io.StringIO(result.stdout)))


class RooflineSuite(unittest.TestCase):
    def test_vectors_of_matrix_products(self):
        """1. The vectors: cases with what they come to, as data."""
        document = json.loads((CLONE / "docs/vectors/roofline/matrix_multiply.json").read_text())
        self.assertEqual(document["schema"], "roofline-vectors/1")
        for vector in document["vectors"]:
            given = vector["inputs"]
            if "right_bytes_per_element" in given:
                continue
            sides = given["rows"], given["columns"], given["inner"]
            with self.subTest(vector["name"]):
                self.assertEqual(given["batch"] * flops(*sides), Fraction(vector["expected"]["flops"]))
                size = Fraction(given["bytes_per_element"])
                self.assertEqual(given["batch"] * moved(*sides, size), Fraction(vector["expected"]["bytes"]))

    def test_claims_of_its_own(self):
        """2. The command: claims in a table; what is expected comes back in the columns beside them."""
        rows = ["accelerator,precision,operator,inputs,flops,bytes,bound"]
        for batch in (1, 344, 345, 4096):
            bound = "compute" if batch >= 345 else "memory"
            rows.append(f'h100-sxm,bf16,aten::linear,"[[{batch},4096],[4096,4096]]",{flops(batch, 4096, 4096)},'
                        f"{moved(batch, 4096, 4096, 2)},{bound}")
        status, found = check("\n".join(rows) + "\n")
        self.assertEqual((status, {row["ok"] for row in found}), (0, {"true"}))

    def test_a_wrong_claim_is_noticed(self):
        status, found = check("accelerator,precision,operator,inputs,flops\n"
                              'h100-sxm,bf16,aten::mm,"[[64,64],[64,64]]",262144\n')
        self.assertEqual((status, found[0]["ok"], found[0]["expected_flops"]), (1, "false", "524288"))

    def test_a_workload_beside_ones_own_formulas(self):
        """3. A workload's operators as rows, to hold formulas to: here the products of BERT."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bert.csv"
            subprocess.run([SIMULATE, "roofline", "bert-base", "a100", "--emit", str(path)], check=True)
            text = path.read_text()
        products = [row for row in csv.DictReader(io.StringIO(text)) if row["operator"] == "aten::linear"]
        self.assertTrue(products)
        for row in products:
            operands = json.loads(row["inputs"])
            inner, columns = operands[0][-1], operands[1][0]
            batch = 1
            for side in operands[0][:-1]:
                batch *= side
            self.assertEqual(float(row["flops"]), flops(batch, columns, inner), row["inputs"])
        self.assertEqual(check(text)[0], 0)


if __name__ == "__main__":
    unittest.main()
