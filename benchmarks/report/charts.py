"""Draws charts as SVG: bars of times, ratios with their spread, lines of counters. Readable on light and dark pages."""
import html
import math

from . import ratios

WIDTH = 760
LEFT = 250      # where plots begin: labels are left of it
RIGHT = 110     # room for values
ROW = 22
GAP = 16        # between groups
TOP = 54
COLORS = 8
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 } .title { font-size: 15px; font-weight: 600 }
  .quiet { fill: #777 } .axis { stroke: #bbb; stroke-width: 1 } .goal { stroke: #c33; stroke-dasharray: 4 3 }
  .spread { stroke: #555; stroke-width: 1.5 } .line { fill: none; stroke-width: 2 }
  .c0 { fill: #1f6fb2 } .c1 { fill: #d9822b } .c2 { fill: #6b9e3f } .c3 { fill: #8e6bbf } .c4 { fill: #b04a5a }
  .c5 { fill: #3f9e99 } .c6 { fill: #997a3d } .c7 { fill: #888 }
  .s0 { stroke: #1f6fb2 } .s1 { stroke: #d9822b } .s2 { stroke: #6b9e3f } .s3 { stroke: #8e6bbf }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .quiet { fill: #999 } .axis { stroke: #555 } .spread { stroke: #bbb } .goal { stroke: #f66 }
    .c0 { fill: #58a6ff } .s0 { stroke: #58a6ff }
  }"""


class Canvas:
    def __init__(self, title, unit):
        self._parts = []
        self.text(12, 22, title, "title")
        self.text(12, 40, unit, "quiet")

    def text(self, x, y, text, style="", anchor="start"):
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
                           f'{html.escape(text)}</text>')

    def bar(self, x, y, width, height, style):
        self._parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" rx="2" '
                           f'class="{style}"/>')

    def line(self, x1, y1, x2, y2, style):
        self._parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>')

    def curve(self, points, style):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{path}" class="line {style}"/>')

    def dot(self, x, y, style):
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{style}"/>')

    def svg(self, height):
        body = "\n  ".join(self._parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
                f'viewBox="0 0 {WIDTH} {height:.0f}">\n  <style>{STYLE}\n  </style>\n  {body}\n</svg>\n')


class Scale:
    """Where a value stands between the left and the right edge of a plot."""

    def __init__(self, low, high, logarithmic=False):
        self._map = math.log if logarithmic else float
        self._low, self._high = self._map(low), self._map(high)

    def __call__(self, value):
        share = (self._map(value) - self._low) / ((self._high - self._low) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def bars(title, unit, groups, logarithmic):
    """`groups`: label of the case -> [(contender, Spread)]. The first contender's bar stands out."""
    canvas = Canvas(title, unit + (", logarithmic" if logarithmic else ""))
    every = [spread for group in groups.values() for _, spread in group]
    low = min(spread.low for spread in every) / 2 if logarithmic else 0
    scale = Scale(low, max(spread.high for spread in every), logarithmic)
    contenders = list(dict.fromkeys(name for group in groups.values() for name, _ in group))
    y = TOP
    for label, group in groups.items():
        canvas.text(12, y + 15, label)
        for name, spread in group:
            end = scale(spread.median)
            canvas.text(LEFT - 8, y + 15, name, anchor="end")
            canvas.bar(LEFT, y + 2, end - LEFT, ROW - 6, f"c{contenders.index(name) % COLORS}")
            canvas.line(scale(spread.low), y + 10, scale(spread.high), y + 10, "spread")
            canvas.text(max(end, scale(spread.high)) + 6, y + 15, ratios.number(spread.median))
            y += ROW
        y += GAP
    canvas.line(LEFT, TOP - 4, LEFT, y - GAP + 2, "axis")
    return canvas.svg(y)


def ratio_dots(title, unit, cells, goals):
    """`cells`: label -> Spread; `goals`: values at which a line is drawn."""
    canvas = Canvas(title, unit)
    low = min([*(spread.low for spread in cells.values()), *goals])
    high = max([*(spread.high for spread in cells.values()), *goals])
    scale = Scale(low - 0.05 * (high - low), high + 0.05 * (high - low) + 1e-9)
    y = TOP + 10
    bottom = y + ROW * len(cells)
    for goal in sorted(set(goals)):
        canvas.line(scale(goal), TOP, scale(goal), bottom, "goal")
        canvas.text(scale(goal), bottom + 14, ratios.number(goal), "quiet", "middle")
    for label, spread in cells.items():
        canvas.text(12, y + 15, label)
        canvas.line(scale(spread.low), y + 11, scale(spread.high), y + 11, "spread")
        canvas.dot(scale(spread.median), y + 11, "c0")
        canvas.text(WIDTH - RIGHT + 20, y + 15, ratios.number(spread.median))
        y += ROW
    return canvas.svg(bottom + 24)


def lines(title, unit, series):
    """`series`: name -> [(label of the point, value)]; all have the same labels."""
    canvas = Canvas(title, unit)
    height, bottom = 180, TOP + 180
    top = max(value for points in series.values() for _, value in points) * 1.1 or 1
    labels = [label for label, _ in next(iter(series.values()))]
    left, right = 70, WIDTH - 150

    def x(point):
        return left + point * (right - left) / max(len(labels) - 1, 1)

    def y(value):
        return bottom - height * value / top

    canvas.line(left, bottom, right, bottom, "axis")
    for share in (0, 0.5, 1):
        canvas.text(left - 8, y(top * share) + 4, f"{top * share:.0f}", "quiet", "end")
    for point, label in enumerate(labels):
        canvas.text(x(point), bottom + 18, label, "quiet", "middle")
    for number, (name, points) in enumerate(series.items()):
        canvas.curve([(x(i), y(value)) for i, (_, value) in enumerate(points)], f"s{number % 4}")
        canvas.text(right + 8, y(points[-1][1]) + 4, f"{name}: {ratios.number(points[-1][1])}")
    return canvas.svg(bottom + 30)
