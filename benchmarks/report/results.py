"""Writes the section of RESULTS.md and its charts from what was measured."""
import fnmatch

from . import charts, plan, ratios

HEADING = "## Typed flows against raw oneTBB"


def write(folder, measured, the_plan):
    """Replaces the section, or adds it at the end; draws the charts into `folder`/charts."""
    drawn = draw(folder / "charts", measured, the_plan)
    section = "\n".join([HEADING, "", introduction(measured), "", *goal_table(measured, the_plan), "",
                         *(f"![{chart.title}](charts/{chart.file})\n" for chart in drawn),
                         tables(measured, the_plan)])
    results = folder / "RESULTS.md"
    results.write_text(with_section(results.read_text(), HEADING, section))


def with_section(text, heading, section):
    """The text with the section of that heading replaced, or added at the end."""
    begin = text.find(heading + "\n")
    if begin < 0:
        return text.rstrip("\n") + "\n\n" + section.strip("\n") + "\n"
    end = text.find("\n## ", begin + 1)
    rest = text[end + 1:] if end >= 0 else ""
    return text[:begin] + section.strip("\n") + "\n" + ("\n" + rest if rest else "")


def introduction(measured):
    return (f"Written by `scripts/bench`, with {measured.rounds} rounds: {measured.machine}.\n\n"
            "Each figure is the median over the rounds, and in brackets are the quartiles. A ratio is taken within a "
            "round. In a round,\neach contender of a case ran once, in a process of its own, in random order. The "
            "contenders are described in\n`benchmarks/baselines/` and at the top of each benchmark.")


# --- goals ---

def goal_table(measured, the_plan):
    lines = ["| work | against | goal | measured | |", "|---|---|---|---|---|"]
    for goal in the_plan.goals:
        cells = {case: ratios.spread(rounds) for case, rounds in goal.cells(measured).items()}
        lines.append(f"| {goal.work} | {goal.against} | {goal_text(goal)} | {found_text(cells)} | "
                     f"{verdict(goal, cells)} |")
    return lines


def goal_text(goal):
    bound = f"at most {goal.at_most:g}x the time" if goal.at_most else f"{goal.at_least:g}x the speed"
    return bound + (f" (stretch {goal.stretch:g}x)" if goal.stretch else "")


def found_text(cells):
    if not cells:
        return "not measured"
    if len(cells) == 1:
        [spread] = cells.values()
        return spread.text("x")
    medians = [spread.median for spread in cells.values()]
    return f"{ratios.number(min(medians))}x to {ratios.number(max(medians))}x in {len(cells)} cases"


def verdict(goal, cells):
    if not cells:
        return ""
    reached = sum(goal.reached_by(spread.median) for spread in cells.values())
    if reached == len(cells):
        return "reached"
    return "**missed**" if reached == 0 else f"**missed** in {len(cells) - reached}"


# --- tables ---

def tables(measured, the_plan):
    """A table for each program, or several where its cases have different arguments."""
    parts = []
    for program, title in the_plan.programs.items():
        if counted(measured, program):
            parts += [f"### {title}", "", *counter_table(measured, program), ""]
        elif cases := plan.cases_of(measured, program):
            parts += [f"### {title}", ""]
            for alike in by_arguments(cases).values():
                parts += [*table(measured, program, alike), ""]
    return "\n".join(parts)


def by_arguments(cases):
    """The names of the arguments -> the cases that have these."""
    alike = {}
    for case in cases:
        alike.setdefault(tuple(argument.partition(":")[0] for argument in case.split("/")), []).append(case)
    return alike


def contenders_in(measured, program, cases):
    """In the order in which they are listed."""
    names = (name.split("/", 2) for name in measured.times)
    return list(dict.fromkeys(contender for its, contender, case in names if its == program and case in cases))


def table(measured, program, cases):
    """A column for each argument of the cases, then the first contender's time and how many times that the
    others take."""
    arguments = [argument.partition(":")[0] for argument in cases[0].split("/")]
    first, *others = contenders_in(measured, program, set(cases))
    lines = ["| " + " | ".join([*arguments, f"{first}, ns", *others]) + " |",
             "|" + "---|" * (len(arguments) + 1 + len(others))]
    for case in cases:
        values = [argument.partition(":")[2] for argument in case.split("/")]
        ours = measured.times.get(f"{program}/{first}/{case}")
        cells = [ratios.spread(ours).text() if ours else ""]
        for other in others:
            theirs = measured.times.get(f"{program}/{other}/{case}")
            cells.append(beside(theirs, ours) if theirs else "")
        lines.append("| " + " | ".join([*values, *cells]) + " |")
    return lines


def counted(measured, program):
    return [name for name in measured.times if name in measured.counters and name.startswith(program + "/")]


def counter_table(measured, program):
    """For programs that count something else than time: a column for each counter."""
    names = counted(measured, program)
    keys = sorted(measured.counters[names[0]], key=lambda key: [int(part) if part.isdigit() else part
                                                                for part in key.split("_")])
    lines = ["| | " + " | ".join(keys) + " |", "|" + "---|" * (len(keys) + 1)]
    for name in names:
        values = [ratios.number(measured.counters[name][key]) for key in keys]
        lines.append(f"| {name.split('/')[1]} | " + " | ".join(values) + " |")
    return lines


def beside(theirs, ours):
    if not ours:
        return ratios.spread(theirs).text(" ns")
    return ratios.spread(ratios.per_round(theirs, ours)).text("x")


# --- charts ---

def draw(folder, measured, the_plan):
    """The charts that there are measurements for."""
    folder.mkdir(exist_ok=True)
    drawers = {"bars": draw_bars, "ratios": draw_ratios, "lines": draw_lines}
    drawn = []
    for chart in the_plan.charts:
        svg = drawers[chart.kind](chart, measured, the_plan)
        if svg:
            (folder / chart.file).write_text(svg)
            drawn.append(chart)
    return drawn


def label_of(case, all_cases):
    """What tells the case from the others."""
    arguments = [case.split("/") for case in all_cases]
    kept = [own for own, *columns in zip(case.split("/"), *arguments) if len(set(columns)) > 1]
    return ", ".join(argument.replace("_", " ").replace(":", " ") for argument in kept)


def draw_bars(chart, measured, _):
    cases = [case for case in plan.cases_of(measured, chart.program)
             if any(fnmatch.fnmatchcase(case, pattern) for pattern in chart.cases)]
    groups = {}
    for case in cases:
        group = [(name, ratios.spread(measured.times[f"{chart.program}/{name}/{case}"]))
                 for name in chart.contenders if f"{chart.program}/{name}/{case}" in measured.times]
        if group:
            groups[label_of(case, cases)] = group
    return charts.bars(chart.title, chart.unit, groups, chart.logarithmic) if groups else None


def draw_ratios(chart, measured, the_plan):
    cells, bounds = {}, []
    for goal in the_plan.goals:
        if goal.work not in chart.goals:
            continue
        bounds.append(goal.at_most or goal.at_least)
        found = goal.cells(measured)
        cells |= {", ".join(argument.replace(":", " ") for argument in case.split("/")
                            if argument.partition(":")[0] in ("stages", "body_ns", "threads")):
                  ratios.spread(rounds) for case, rounds in found.items()}
    return charts.ratio_dots(chart.title, chart.unit, cells, bounds) if cells else None


def draw_lines(chart, measured, _):
    series = {}
    for name in chart.contenders:
        counters = measured.counters.get(f"{chart.program}/{name}/{chart.cases[0]}")
        if counters:
            series[name] = sorted(((f"{key.split('_')[1]}%", value) for key, value in counters.items()),
                                  key=lambda point: int(point[0][:-1]))
    return charts.lines(chart.title, chart.unit, series) if series else None
