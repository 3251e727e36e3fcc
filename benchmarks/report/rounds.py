"""Runs contenders in rounds, and keeps what each round gave."""
import json
import random
import sys
import time

SEED = 1  # of the order: the same for everybody who measures the same


class Measurements:
    """`times[name]`: nanoseconds an item, one for each round. `counters[name]`: those of the last round."""

    def __init__(self, machine, times, counters=None):
        self.machine = machine
        self.times = times  # in the order in which contenders are listed
        self.counters = counters or {}

    @property
    def rounds(self):
        return max(map(len, self.times.values()))

    def save(self, path):
        path.write_text(json.dumps(vars(self), indent=1))

    @staticmethod
    def load(path):
        return Measurements(**json.loads(path.read_text()))


def measure(entries, rounds, min_time, machine):
    """Each entry once a round: cases in random order, and the contenders of a case in random order one right after
    the other, since what else the machine does changes slowly."""
    measured = Measurements(machine, {entry.name: [] for entry in entries})
    order = random.Random(SEED)
    cases = {}
    for entry in entries:
        cases.setdefault((entry.program, entry.case), []).append(entry)
    begin = time.monotonic()
    for done in range(rounds):
        for case in order.sample(sorted(cases), len(cases)):
            for entry in order.sample(cases[case], len(cases[case])):
                took, counters = entry.run(min_time)
                measured.times[entry.name].append(took)
                if counters:
                    measured.counters[entry.name] = counters
        print(f"bench: round {done + 1} of {rounds}, {time.monotonic() - begin:.0f} s", file=sys.stderr)
    return measured
