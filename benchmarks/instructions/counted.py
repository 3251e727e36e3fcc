"""Counts instructions of `weir run` under callgrind, which runs its threads one at a time: what is left to vary is less
than a hundredth of a percent."""
import pathlib
import re
import subprocess
import tempfile

from . import inputs

QUERIES = pathlib.Path(__file__).resolve().parents[1] / "queries"
ROWS = ["count_quoted", "filter_project", "group_by", "stations", "ndjson"]  # what is counted a row
START_UP = "group_by"                                                        # what is started over a single row
FEW, MANY = 40_000, 120_000


def count_all(program, folder):
    """`start_up`, and by query the instructions that each further row takes. `folder` keeps the inputs."""
    sizes = {count: folder / f"{count}_rows" for count in (1, FEW, MANY)}
    for count, data in sizes.items():
        inputs.make(data, count)
    a_row = {query: (instructions(program, query, sizes[MANY]) - instructions(program, query, sizes[FEW])) / (MANY - FEW)
             for query in ROWS}
    return instructions(program, START_UP, sizes[1]), a_row


def instructions(program, query, data):
    """Of one run, on one thread."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/profile", program, "run", "--quiet",
                   "--threads", "1", QUERIES / query / "weir.yaml", "--var", f"data={data}", "--var", f"out={scratch}/out"]
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        raise RuntimeError(f"{query} ended with exit code {run.returncode}: {run.stderr}")
    return int(found[1])
