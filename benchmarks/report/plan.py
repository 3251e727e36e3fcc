"""What is measured and what it is held against: plan.toml, read."""
import dataclasses
import fnmatch
import statistics
import tomllib

from . import ratios


@dataclasses.dataclass(frozen=True)
class Goal:
    """Cases of a program in which one contender is held against others."""
    work: str
    against: str              # in words
    program: str
    ours: str
    theirs: list              # the best of these, by its median, counts
    cases: list               # patterns
    their_case: str = ""      # where it is another one
    relative_to: str = ""     # a case whose ratio counts as 1
    at_most: float = 0        # our time, as a multiple of theirs
    at_least: float = 0       # our speed, as a multiple of theirs
    stretch: float = 0

    def cells(self, measured):
        """Case -> ratios of the rounds."""
        found = {}
        for case in cases_of(measured, self.program, self.ours):
            if any(fnmatch.fnmatchcase(case, pattern) for pattern in self.cases):
                rounds = self._speed(measured, case)
                if not rounds:
                    continue
                found[case] = [1 / ratio for ratio in rounds] if self.at_most else rounds
        return found

    def reached_by(self, ratio):
        return ratio <= self.at_most if self.at_most else ratio >= self.at_least

    def _speed(self, measured, case):
        speed = self._speed_in(measured, case, self.their_case or case)
        if not self.relative_to:
            return speed
        return ratios.per_round(speed, self._speed_in(measured, self.relative_to, self.relative_to))

    def _speed_in(self, measured, our_case, their_case):
        ours = measured.times[f"{self.program}/{self.ours}/{our_case}"]
        names = [f"{self.program}/{their}/{their_case}" for their in self.theirs]
        theirs = [measured.times[name] for name in names if name in measured.times]
        return ratios.per_round(min(theirs, key=statistics.median), ours) if theirs else []


@dataclasses.dataclass(frozen=True)
class Chart:
    """A picture of some cases: `bars`, times by contender; `ratios`, those of goals by case; `lines`, counters
    by name."""
    file: str
    kind: str
    title: str
    unit: str
    program: str = ""
    cases: list = dataclasses.field(default_factory=list)
    contenders: list = dataclasses.field(default_factory=list)
    goals: list = dataclasses.field(default_factory=list)  # by their `work`
    logarithmic: bool = False


@dataclasses.dataclass(frozen=True)
class Plan:
    programs: dict  # name -> what its table says above
    goals: list
    charts: list


def read(path):
    raw = tomllib.loads(path.read_text())
    return Plan(raw["programs"], [Goal(**goal) for goal in raw["goal"]], [Chart(**chart) for chart in raw["chart"]])


def cases_of(measured, program, contender=None):
    """Sorted by their numbers."""
    cases = set()
    for name in measured.times:
        its_program, its_contender, case = name.split("/", 2)
        if its_program == program and contender in (None, its_contender):
            cases.add(case)
    return sorted(cases, key=numbers_in)


def numbers_in(case):
    return [(key, int(value) if value.isdigit() else 0, value)
            for key, _, value in (argument.partition(":") for argument in case.split("/"))]
