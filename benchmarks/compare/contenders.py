"""Runs a query by one contender, in a process of its own, and says what that took."""
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

from . import peers

THREADS = 2
LAUNCHER = pathlib.Path(__file__).parent / "launcher.py"


@dataclasses.dataclass(frozen=True)
class Run:
    seconds: float      # from the command to its end; of DuckDB and Polars of the query alone, without the start of node
    cpu_seconds: float
    peak_bytes: int


def of(query):
    """The contenders that can run a query: name -> run(query, data, out)."""
    return {name: run for name, (file, run) in ALL.items() if query.file(file)} | ceiling_of(query)


def ceiling_of(query):
    """A program made for the query alone, benchmarks/ceilings/NAME.cpp; none where it is not built."""
    program = peers.ROOT / f"build/bench/bin/ceiling_{query.name}"
    if not program.exists():
        return {}
    return {"ceiling": lambda _, data, out: timed([program, data, out])}


def weir(config):
    def run(query, data, out):
        return timed([peers.ROOT / "build/release/bin/weir", "run", "--quiet", query.file(config),
                      "--var", f"data={data}", "--var", f"out={out}"])
    return run


def duckdb(query, data, out):
    statements = filled(query.file("duckdb.sql").read_text(), data, out)
    return timed(["node", peers.FOLDER / "duckdb.mjs", str(THREADS)], statements=statements)


def polars(query, data, out):
    return timed(["node", peers.FOLDER / "polars.mjs", query.file("polars.mjs"), data, out],
                 POLARS_MAX_THREADS=str(THREADS))


def shell(file):
    def run(query, data, out):
        return timed(["bash", "-euo", "pipefail", query.file(file)], DATA=str(data), OUT=str(out), LC_ALL="C")
    return run


# By name: the file that a query has for it, and what runs that.
ALL = {"weir": ("weir.yaml", weir("weir.yaml")),
       "costliest part alone": ("alone.yaml", weir("alone.yaml")),
       "DuckDB": ("duckdb.sql", duckdb),
       "Polars": ("polars.mjs", polars),
       "Miller": ("miller.sh", shell("miller.sh")),
       "mawk": ("mawk.sh", shell("mawk.sh")),
       "jq": ("jq.sh", shell("jq.sh")),
       "GNU sort": ("sort.sh", shell("sort.sh"))}


def filled(text, data, out):
    return text.replace("${data}", str(data)).replace("${out}", str(out))


def timed(command, statements="", **environment):
    """Runs a command to its end. What it says of itself, as JSON, is a better account than the launcher's."""
    launched = [sys.executable, "-I", "-S", LAUNCHER, *command]
    process = subprocess.run([str(part) for part in launched], input=statements, stdout=subprocess.PIPE, text=True,
                             env=os.environ | environment)
    if process.returncode != 0:
        raise RuntimeError(f"ended with exit code {process.returncode}")
    accounts = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    return Run(**(accounts[-1] | accounts[0]))
