"""What was measured: for each query and contender its runs, one a round; or why it does not count."""
import json
import random
import statistics
import sys
import time

from . import answers, contenders
from report import ratios

SEED = 1  # of the order


class Measurements:
    """`runs[query][contender]`: [seconds, CPU seconds, peak bytes] of each round. `void[query][contender]`: why its runs
    do not count."""

    def __init__(self, machine, scale, runs, void):
        self.machine = machine
        self.scale = scale
        self.runs = runs
        self.void = void

    @property
    def rounds(self):
        return max(len(runs) for of_query in self.runs.values() for runs in of_query.values())

    def save(self, path):
        path.write_text(json.dumps(vars(self), indent=1))

    @staticmethod
    def load(path):
        return Measurements(**json.loads(path.read_text()))

    def merged_into(self, path):
        """With those of other queries that were kept before."""
        before = Measurements.load(path) if path.exists() else self
        return Measurements(self.machine, self.scale, before.runs | self.runs, before.void | self.void)

    def seconds(self, query, contender):
        return [run[0] for run in self.runs[query][contender]]

    def cpu_seconds(self, query, contender):
        return statistics.median(run[1] for run in self.runs[query][contender])

    def peak_bytes(self, query, contender):
        return max(run[2] for run in self.runs[query][contender])

    def times_weir(self, query, contender):
        """How many times weir's time it took, round by round."""
        return ratios.spread(ratios.per_round(self.seconds(query, contender), self.seconds(query, "weir")))


def measure(queries, only, rounds, scale, data, out, machine):
    """Each contender of each query once a round, in random order, one right after the other; `only` those named, if any
    are. Answers are compared in the first round, and who differs from weir takes no further part."""
    measured = Measurements(machine, scale, {}, {})
    order = random.Random(SEED)
    begin = time.monotonic()
    for done in range(rounds):
        for query in order.sample(queries, len(queries)):
            runs = measured.runs.setdefault(query.name, {})
            void = measured.void.setdefault(query.name, {})
            names = [name for name in contenders.of(query) if name not in void and (not only or name in only)]
            for name in order.sample(names, len(names)):
                try:
                    run = contenders.of(query)[name](query, data, out / f"{query.name}.{name}")
                except RuntimeError as error:
                    void[name] = str(error)
                    continue
                runs.setdefault(name, []).append([run.seconds, run.cpu_seconds, run.peak_bytes])
            if done == 0:
                check(query, runs, void, out)
        print(f"compare: round {done + 1} of {rounds}, {time.monotonic() - begin:.0f} s", file=sys.stderr)
    return measured


def check(query, runs, void, out):
    if "weir" not in runs:
        return
    for name in [name for name in runs if name != "weir"]:
        difference = answers.agree(query, out / f"{query.name}.weir", out / f"{query.name}.{name}")
        if difference:
            void[name] = f"another answer: {difference}"
            del runs[name]
            print(f"compare: {query.name}: {void[name]}", file=sys.stderr)
