"""The queries: a folder each in benchmarks/queries, with a file for each contender that can run it.

    query.toml     title, data (names of compare/data.py), goals ({contender: times as fast}), and how answers compare
    weir.yaml      with the variables `data` (a folder) and `out` (a file)
    alone.yaml     the costliest part of it, where the query asks what the others cost on top
    duckdb.sql, polars.mjs, miller.sh, mawk.sh, jq.sh, sort.sh
"""
import dataclasses
import pathlib
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "queries"


@dataclasses.dataclass(frozen=True)
class Query:
    name: str
    folder: pathlib.Path
    title: str
    data: list
    goals: dict = dataclasses.field(default_factory=dict)
    seconds: float = 0        # goal of weir's own time, if any
    order: str = "any"        # "same": the lines of answers come in the same order
    header: bool = True       # answers begin with one
    rows: str = ""            # what a row is, for the table

    def file(self, name):
        path = self.folder / name
        return path if path.exists() else None


def find(words):
    """All, or those that have one of the words in their name; in the order of their folders."""
    found = []
    for folder in sorted(FOLDER.iterdir()):
        if words and not any(word in folder.name for word in words):
            continue
        settings = tomllib.loads((folder / "query.toml").read_text())
        found.append(Query(name=folder.name, folder=folder, **settings))
    return found
