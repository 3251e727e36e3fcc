"""Ratios within a round, and what they come to over all rounds."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    """The median, and the quartiles around it."""
    median: float
    low: float
    high: float

    def text(self, unit=""):
        return f"{number(self.median)}{unit} ({number(self.low)} to {number(self.high)})"


def spread(values):
    if len(values) < 3:
        return Spread(statistics.median(values), min(values), max(values))
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def per_round(over, under):
    """Round by round: the first list's values divided by the second's."""
    return [a / b for a, b in zip(over, under)]


def number(value):
    """Three digits that count, and of what is small at least two."""
    if value >= 100:
        return f"{value:,.0f}"
    decimals = 1 if value >= 10 else 2 if value >= 0.1 or value == 0 else 3
    return f"{value:.{decimals}f}"
