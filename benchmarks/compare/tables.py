"""The section of RESULTS.md: ratios beside their goals, memory, and CPU time."""
from report import ratios

HEADING = "## Pipelines of `weir run` against what one would take instead"
MIB = 1 << 20


def section(measured, queries, by_scale):
    """`by_scale`: what was measured at each scale, this one included."""
    void = void_lines(measured, queries)
    queries = [query for query in queries if "weir" in measured.runs.get(query.name, {})]
    names = list(dict.fromkeys(name for query in queries for name in measured.runs[query.name] if name != "weir"))
    return "\n".join([HEADING, "", introduction(measured), "", *ratio_table(measured, queries, names), "",
                      *cost_table(measured, queries, ["weir", *names]), *growth_table(queries, by_scale),
                      *void]) + "\n"


def introduction(measured):
    return (f"Written by `scripts/compare`, with {measured.rounds} rounds over data of {measured.scale} times the size "
            f"that `benchmarks/compare/data.py` says: {measured.machine}.\n\n"
            "Medians over the rounds of the ratio within a round, quartiles in brackets: how many times weir's time the "
            "others take.\nOf weir, Miller, mawk, jq and sort whole processes are timed; of DuckDB and Polars the query "
            "alone, without the start of\ntheir process. All have two threads and know the columns' types where they can. "
            "Answers agree, or the cell is left out.\n`benchmarks/queries/` has each query as each of them runs it; "
            "`ceiling` is a program made for that query alone,\n`benchmarks/ceilings/`.")


def ratio_table(measured, queries, names):
    lines = ["| query | weir, s | " + " | ".join(names) + " | goals |", "|" + "---|" * (len(names) + 3)]
    for query in queries:
        ours = ratios.spread(measured.seconds(query.name, "weir"))
        cells = [measured.times_weir(query.name, name).text("x") if name in measured.runs[query.name] else ""
                 for name in names]
        lines.append(f"| {query.title} | {ours.text()} | " + " | ".join(cells) + f" | {goals_text(measured, query)} |")
    return lines


def goals_text(measured, query):
    texts = []
    if query.seconds:
        reached = seconds(measured, query) <= query.seconds
        texts.append(f"{1000 * query.seconds:g} ms {verdict(reached)}")
    for name, goal in query.goals.items():
        if name not in measured.runs[query.name]:
            continue
        reached = measured.times_weir(query.name, name).median >= goal
        texts.append(f"{name} {goal:g}x {verdict(reached)}")
    return ", ".join(texts)


def verdict(reached):
    return "reached" if reached else "**missed**"


def cost_table(measured, queries, names):
    lines = ["Peak memory in MiB and CPU seconds. Of DuckDB and Polars the memory is with node's 50 MiB or so.", "",
             "| query | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
    for query in queries:
        cells = [f"{measured.peak_bytes(query.name, name) / MIB:,.0f}, {ratios.number(measured.cpu_seconds(query.name, name))}"
                 if name in measured.runs[query.name] else "" for name in names]
        lines.append(f"| {query.name} | " + " | ".join(cells) + " |")
    return lines


def growth_table(queries, by_scale):
    """How weir's memory grows with its input, of queries that were run over more than one size of it."""
    rows = []
    for query in queries:
        ran = {scale for scale, runs in by_scale.items() if "weir" in runs.runs.get(query.name, {})}
        if len(ran) > 1:
            cells = [f"{runs.peak_bytes(query.name, 'weir') / MIB:,.0f}, {ratios.number(seconds(runs, query))}"
                     if scale in ran else "" for scale, runs in by_scale.items()]
            rows.append(f"| {query.name} | " + " | ".join(cells) + " |")
    if not rows:
        return []
    return ["", "Peak memory of weir in MiB and its seconds, as the data grows.", "",
            "| query | " + " | ".join(f"{scale}x" for scale in by_scale) + " |", "|" + "---|" * (1 + len(by_scale)), *rows]


def seconds(measured, query):
    return ratios.spread(measured.seconds(query.name, "weir")).median


def void_lines(measured, queries):
    left_out = [f"- {query.name}: {name}: {why}" for query in queries
                for name, why in measured.void.get(query.name, {}).items()]
    return ["", "Left out:", "", *left_out] if left_out else []
