"""scripts/bench's arithmetic and its writing: wrong figures would be worse than none."""
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "benchmarks"))

from report import charts, contenders, plan, ratios, results, rounds  # noqa: E402


def measured(**times):
    return rounds.Measurements("a machine", {name.replace("__", "/"): values for name, values in times.items()})


def goal(**settings):
    return plan.Goal(**{"work": "w", "against": "a", "program": "p", "ours": "Weir", "theirs": ["Raw"],
                        "cases": ["*"], **settings})


class Names(unittest.TestCase):
    def test_how_it_is_measured_is_no_part_of_a_case(self):
        self.assertEqual(contenders.split("Weir/stages:3/threads:2/real_time"), ("Weir", "stages:3/threads:2"))
        self.assertEqual(contenders.split("Weir/memory/iterations:1/process_time/real_time"), ("Weir", "memory"))

    def test_cases_stand_in_the_order_of_their_numbers(self):
        found = plan.cases_of(measured(**{"p/Weir/n:10": [1], "p/Weir/n:9": [1], "q/Weir/n:1": [1]}), "p")
        self.assertEqual(found, ["n:9", "n:10"])


class Ratios(unittest.TestCase):
    def test_what_all_rounds_have_in_common_cancels_out(self):
        ours, theirs = [1, 10, 100, 2, 20], [2, 20, 200, 4, 40]
        self.assertEqual(ratios.spread(ratios.per_round(theirs, ours)), ratios.Spread(2, 2, 2))

    def test_a_spread_is_the_median_and_the_quartiles(self):
        self.assertEqual(ratios.spread([5, 1, 2, 4, 3]), ratios.Spread(3, 2, 4))

    def test_two_rounds_have_no_quartiles(self):
        self.assertEqual(ratios.spread([1, 3]), ratios.Spread(2, 1, 3))


class Goals(unittest.TestCase):
    times = measured(**{"p/Weir/n:1": [10.0, 20.0], "p/Raw/n:1": [20.0, 20.0], "p/Other/n:1": [40.0, 10.0],
                        "p/Weir/n:2": [5.0, 10.0], "p/Raw/n:2": [20.0, 20.0]})

    def test_at_most_is_of_times(self):
        its = goal(cases=["n:1"], at_most=1.0)
        self.assertEqual(its.cells(self.times), {"n:1": [0.5, 1.0]})
        self.assertTrue(its.reached_by(1.0))
        self.assertFalse(its.reached_by(1.01))

    def test_at_least_is_of_speeds(self):
        its = goal(cases=["n:1"], at_least=2)
        self.assertEqual(its.cells(self.times), {"n:1": [2.0, 1.0]})
        self.assertFalse(its.reached_by(1.9))

    def test_the_others_are_represented_by_who_is_best_over_all_rounds(self):
        self.assertEqual(goal(cases=["n:1"], theirs=["Other", "Raw"], at_least=1).cells(self.times),
                         {"n:1": [2.0, 1.0]})

    def test_their_case_may_be_another(self):
        self.assertEqual(goal(cases=["n:2"], theirs=["Other"], their_case="n:1", at_least=1).cells(self.times),
                         {"n:2": [8.0, 1.0]})

    def test_a_ratio_may_be_relative_to_that_of_a_case(self):
        self.assertEqual(goal(cases=["n:2"], relative_to="n:1", at_least=1).cells(self.times), {"n:2": [2.0, 2.0]})

    def test_what_nobody_measured_is_said_to_be_so(self):
        its = goal(cases=["n:3"], at_least=1)
        self.assertEqual(results.found_text(its.cells(self.times)), "not measured")
        self.assertEqual(results.verdict(its, {}), "")

    def test_a_miss_in_one_case_is_a_miss(self):
        cells = {"n:1": ratios.Spread(1.0, 1, 1), "n:2": ratios.Spread(1.1, 1, 1)}
        self.assertEqual(results.verdict(goal(at_most=1.0), cells), "**missed** in 1")


class Tables(unittest.TestCase):
    def test_cases_with_other_arguments_stand_in_a_table_of_their_own(self):
        some = measured(**{"p/Weir/n:1": [1.0], "p/Raw/n:1": [2.0], "p/WeirTrips/": [4.0], "p/RawTrips/": [2.0]})
        self.assertEqual(results.tables(some, plan.Plan({"p": "P"}, [], [])).splitlines(),
                         ["### P", "",
                          "|  | WeirTrips, ns | RawTrips |", "|---|---|---|",
                          "|  | 4.00 (4.00 to 4.00) | 0.50x (0.50 to 0.50) |", "",
                          "| n | Weir, ns | Raw |", "|---|---|---|",
                          "| 1 | 1.00 (1.00 to 1.00) | 2.00x (2.00 to 2.00) |", ""][:-1])

    def test_counters_stand_where_there_are_some(self):
        some = measured(**{"p/Weir/n": [1.0], "p/Raw/n": [1.0]})
        some.counters = {"p/Raw/n": {"mib_100": 5.0, "mib_25": 2.0}, "p/Weir/n": {"mib_100": 1.0, "mib_25": 1.0}}
        self.assertEqual(results.tables(some, plan.Plan({"p": "P"}, [], [])).splitlines()[2:],
                         ["| | mib_25 | mib_100 |", "|---|---|---|", "| Weir | 1.00 | 1.00 |",
                          "| Raw | 2.00 | 5.00 |"])


class Section(unittest.TestCase):
    section = results.HEADING + "\n\nnew"

    def test_replaces_the_old_one_and_nothing_else(self):
        text = f"# Results\n\n## A\n\na\n\n{results.HEADING}\n\nold\n\n### part\n\n## B\n\nb\n"
        self.assertEqual(results.with_section(text, results.HEADING, self.section),
                         f"# Results\n\n## A\n\na\n\n{self.section}\n\n## B\n\nb\n")

    def test_is_added_where_there_is_none(self):
        self.assertEqual(results.with_section("# Results\n", results.HEADING, self.section), f"# Results\n\n{self.section}\n")

    def test_written_twice_is_the_same(self):
        once = results.with_section("# Results\n\n## A\n", results.HEADING, self.section)
        self.assertEqual(results.with_section(once, results.HEADING, self.section), once)


class Plan(unittest.TestCase):
    def test_each_chart_of_ratios_names_goals_that_there_are(self):
        the_plan = plan.read(ROOT / "benchmarks/report/plan.toml")
        works = {its.work for its in the_plan.goals}
        for chart in the_plan.charts:
            self.assertLessEqual(set(chart.goals), works)

    def test_each_goal_has_one_bound(self):
        for its in plan.read(ROOT / "benchmarks/report/plan.toml").goals:
            self.assertEqual(bool(its.at_most) + bool(its.at_least), 1, its.work)


class Charts(unittest.TestCase):
    def test_are_xml_whatever_labels_say(self):
        spread = ratios.Spread(2, 1, 3)
        for svg in (charts.bars("a < b", "ns", {"x & y": [("Weir", spread), ("Raw", spread)]}, True),
                    charts.ratio_dots("t", "u", {"one": spread}, [1.02]),
                    charts.lines("t", "u", {"Weir": [("25%", 0.0), ("50%", 0.0)]})):
            xml.etree.ElementTree.fromstring(svg)

    def test_are_written_for_what_was_measured_alone(self):
        chart = plan.Chart(file="x.svg", kind="bars", title="t", unit="u", program="p", cases=["*"],
                           contenders=["Weir"])
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            some = measured(**{"p/Weir/n:1": [1.0, 2.0, 3.0]})
            self.assertEqual(results.draw(folder, some, plan.Plan({}, [], [chart])), [chart])
            self.assertEqual(results.draw(folder, measured(**{"q/Weir/n:1": [1.0]}), plan.Plan({}, [], [chart])), [])


if __name__ == "__main__":
    unittest.main()
