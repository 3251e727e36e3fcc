"""Runs a query by one contender, in a process of its own, and says what that took."""
import dataclasses
import json
import os
import subprocess
import tempfile
import time

from . import peers

THREADS = 2


@dataclasses.dataclass(frozen=True)
class Run:
    seconds: float      # from the command to its end; of DuckDB and Polars of the query alone, without the start of node
    cpu_seconds: float
    peak_bytes: int


def of(query):
    """The contenders that can run a query: name -> run(data, out)."""
    found = {"weir": weir}
    for name, run in OTHERS.items():
        if query.file(FILES[name]):
            found[name] = run
    return found


def weir(query, data, out):
    return timed([peers.ROOT / "build/release/bin/weir", "run", "--quiet", query.file("weir.yaml"),
                  "--var", f"data={data}", "--var", f"out={out}"])


def duckdb(query, data, out):
    statements = filled(query.file("duckdb.sql").read_text(), data, out)
    return timed(["node", peers.FOLDER / "duckdb.mjs", str(THREADS)], statements=statements, tells_time=True)


def polars(query, data, out):
    return timed(["node", peers.FOLDER / "polars.mjs", query.file("polars.mjs"), data, out], tells_time=True,
                 POLARS_MAX_THREADS=str(THREADS))


def shell(name):
    def run(query, data, out):
        return timed(["bash", "-euo", "pipefail", query.file(FILES[name])], DATA=str(data), OUT=str(out), LC_ALL="C")
    return run


OTHERS = {"DuckDB": duckdb, "Polars": polars, "Miller": shell("Miller"), "mawk": shell("mawk"), "jq": shell("jq"),
          "GNU sort": shell("GNU sort")}
FILES = {"weir": "weir.yaml", "DuckDB": "duckdb.sql", "Polars": "polars.mjs", "Miller": "miller.sh", "mawk": "mawk.sh",
         "jq": "jq.sh", "GNU sort": "sort.sh"}


def filled(text, data, out):
    return text.replace("${data}", str(data)).replace("${out}", str(out))


def timed(command, statements="", tells_time=False, **environment):
    """Runs a command to its end. What it prints must be its own account, as JSON, where it `tells_time`."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as printed:
        given.write(statements)
        given.seek(0)
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdin=given, stdout=printed,
                                   env=os.environ | environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"ended with exit code {process.returncode}")
        printed.seek(0)
        told = json.loads(printed.read()) if tells_time else {}
    return Run(told.get("seconds", seconds), told.get("cpu_seconds", usage.ru_utime + usage.ru_stime),
               usage.ru_maxrss * 1024)
