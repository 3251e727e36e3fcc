"""Who takes part: benchmarks of the programs bench_NAME, and patterns of the Go program.

A benchmark's name is CONTENDER/CASE, and the case is its arguments: `Weir/stages:3/threads:2`. Those of one
program and case are compared, so they do the same work. Google Benchmark puts how it measures behind the name
(`/real_time`), which is taken off.
"""
import dataclasses
import json
import math
import re
import subprocess

HOW_IT_MEASURES = re.compile(r"/(real_time|process_time|manual_time|iterations:\d+|repeats:\d+|min_time:[\d.]+)")
SECONDS_AT_MOST = 120
NS_PER = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# What Google Benchmark says of each benchmark; all other numbers are counters of its own.
KNOWN_FIELDS = {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads",
                "iterations", "real_time", "cpu_time", "items_per_second"}


@dataclasses.dataclass(frozen=True)
class Entry:
    """One contender in one case."""
    program: str
    contender: str
    case: str
    command: tuple
    is_go: bool = False

    @property
    def name(self):
        return f"{self.program}/{self.contender}/{self.case}"

    def run(self, min_time):
        """Runs it once, for `min_time` seconds at least: nanoseconds an item, or a run where items are not
        counted, and its counters."""
        if self.is_go:
            return self._output([*self.command, "-min-time", f"{min_time}s"])["ns_per_item"], {}
        [result] = self._output([*self.command, f"--benchmark_min_time={min_time}"])["benchmarks"]
        if result.get("error_occurred"):
            raise RuntimeError(f"{self.name}: {result['error_message']}")
        counters = {key: value for key, value in result.items()
                    if key not in KNOWN_FIELDS and isinstance(value, (int, float)) and not isinstance(value, bool)}
        if "items_per_second" in result:
            return 1e9 / result["items_per_second"], counters
        return result["real_time"] * NS_PER[result["time_unit"]], counters

    def _output(self, command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_AT_MOST)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name} failed: {done.stderr.strip()}")
        output = json.loads(done.stdout)
        if not math.isfinite(output.get("ns_per_item", 0)):
            raise RuntimeError(f"{self.name} measured nothing")
        return output


def split(name):
    """CONTENDER/CASE, without how it is measured."""
    contender, _, case = HOW_IT_MEASURES.sub("", name).partition("/")
    return contender, case


def lines_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def find(folder, programs, words):
    """Entries of the programs that are built in `folder` and have one of the words in their names, if any."""
    found = []
    for program in programs:
        binary = folder / f"bench_{program}"
        if not binary.exists():
            continue
        for name in lines_of([binary, "--benchmark_list_tests"]):
            command = (binary, f"--benchmark_filter=^{re.escape(name)}$", "--benchmark_format=json")
            found.append(Entry(program, *split(name), command))
    go = folder / "go_patterns"
    if go.exists():
        for name in lines_of([go, "-list"]):
            program, _, rest = name.partition("/")
            found.append(Entry(program, *split(rest), (go, "-run", name), is_go=True))
    return [entry for entry in found if not words or any(word in entry.name for word in words)]
