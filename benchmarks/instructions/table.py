"""The table that counts are held against, instructions.toml."""
import dataclasses
import tomllib

TOLERANCE = 0.03

HEAD = """# Instructions of `weir run --threads 1` over the queries of benchmarks/queries, as callgrind counts them.
#
# Written by `scripts/count_instructions --update`. The test benchmarks.instructions_a_row holds what is built against it,
# in both directions: what got slower has to be mended or to be defended in its commit, what got faster is to be kept.
"""


@dataclasses.dataclass(frozen=True)
class Table:
    compiler: str     # that it was built with; another one's code has other counts
    start_up: int     # of a whole run over one row
    a_row: dict       # by query

    @staticmethod
    def load(path):
        return Table(**tomllib.loads(path.read_text()))

    def save(self, path):
        lines = [HEAD, f'compiler = "{self.compiler}"', f"start_up = {self.start_up}", "", "[a_row]",
                 *(f"{query} = {count:.1f}" for query, count in self.a_row.items())]
        path.write_text("\n".join(lines) + "\n")

    def rows(self):
        """Names and counts, as they are shown."""
        return {"start_up": self.start_up, **self.a_row}


def differences(kept, counted):
    """What to say of each count that is further from the kept one than is tolerated."""
    said = []
    for name, count in counted.rows().items():
        before = kept.rows().get(name)
        if before is None:
            said.append(f"{name}: the table has no such row; add it with scripts/count_instructions --update")
        elif count > before * (1 + TOLERANCE):
            said.append(f"{name}: {count:,.1f} instructions instead of {before:,.1f}, {change(before, count)}; "
                        "find out why, or keep it with scripts/count_instructions --update and say why in the commit")
        elif count < before * (1 - TOLERANCE):
            said.append(f"{name}: {count:,.1f} instructions instead of {before:,.1f}, {change(before, count)}: better; "
                        "keep it with scripts/count_instructions --update")
    return said


def change(before, count):
    return f"{100 * (count / before - 1):+.1f} %"
