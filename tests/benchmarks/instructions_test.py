"""Whether counts that differ are told apart from those that do not."""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "benchmarks"))

from instructions import inputs, table  # noqa: E402


def counts(**a_row):
    return table.Table("GNU 12", 1000, a_row)


class Differences(unittest.TestCase):
    def test_three_percent_either_way_are_none(self):
        self.assertEqual(table.differences(counts(q=100.0), counts(q=103.0)), [])
        self.assertEqual(table.differences(counts(q=100.0), counts(q=97.0)), [])

    def test_more_is_to_be_explained(self):
        [said] = table.differences(counts(q=100.0, r=5.0), counts(q=104.0, r=5.0))
        self.assertRegex(said, r"^q: 104.0 instructions instead of 100.0, \+4.0 %; find out why")

    def test_fewer_are_to_be_kept(self):
        [said] = table.differences(counts(q=100.0), counts(q=90.0))
        self.assertRegex(said, r"-10.0 %: better; keep it")

    def test_what_the_table_does_not_have_is_told(self):
        [said] = table.differences(counts(), counts(q=1.0))
        self.assertIn("no such row", said)

    def test_starting_counts_too(self):
        [said] = table.differences(counts(), table.Table("GNU 12", 1100, {}))
        self.assertRegex(said, r"^start_up: ")


class Files(unittest.TestCase):
    def test_a_table_is_read_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "table.toml"
            counts(q=1.5).save(path)
            self.assertEqual(table.Table.load(path), counts(q=1.5))

    def test_inputs_have_as_many_rows_as_were_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            inputs.make(data, 7)
            lines = {path.name: path.read_text().count("\n") for path in data.iterdir() if path.name != "quoted.csv"}
            self.assertEqual(lines, {"flights.csv": 8, "flights.ndjson": 7, "measurements.txt": 7})


if __name__ == "__main__":
    unittest.main()
