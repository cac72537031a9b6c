"""Small charts drawn here as SVG: no script, no inline style; the table beside them holds the numbers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 190
LEFT, BOTTOM, TOP = 44, 24, 10
NARROW, STEP, EDGE = 300, 40, 8
"""Width of a chart of intervals, the height of each, and the room at both sides of its scale."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name and one number a step, oldest first; None leaves a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its height and the darker part of it."""

    name: str
    value: float
    part: float = 0.0


def line_chart(labels: Sequence[str], series: Sequence[Series], label: str) -> SafeString:
    """Lines over time from zero; `label` says in words what they show, `labels` names the steps."""
    top = _round_up(max((value for one in series for value in one.values if value is not None), default=0))
    step = (WIDTH - LEFT - 8) / max(1, len(labels) - 1)
    lines = format_html_join(
        "",
        '<g class="chart__line chart__line--{}"><polyline points="{}"/>{}</g>',
        (
            (place + 1, _points(one.values, step, top), _end(one, step, top, above=place == 0))
            for place, one in enumerate(series)
        ),
    )
    every = max(1, len(labels) // 6)
    ticks = format_html_join(
        "",
        '<text class="chart__tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (round(LEFT + step * place, 1), HEIGHT - 6, "start" if place == 0 else "middle", text)
            for place, text in enumerate(labels)
            if place % every == 0 and place < len(labels) - 1
        ),
    )
    return _frame(label, top, format_html("{}{}", ticks, lines))


def bar_chart(bars: Sequence[Bar], label: str) -> SafeString:
    """Standing bars from zero, with a darker part; `label` says in words what they show."""
    top = _round_up(max((bar.value for bar in bars), default=0))
    room = (WIDTH - LEFT) / max(1, len(bars))
    width = min(64.0, room * 0.6)
    drawn = format_html_join(
        "",
        '<rect class="chart__bar" x="{0}" y="{1}" width="{2}" height="{3}"/>'
        '<rect class="chart__part" x="{0}" y="{4}" width="{2}" height="{5}"/>'
        '<text class="chart__tick" x="{6}" y="{7}" text-anchor="middle">{8}</text>',
        (
            (
                round(LEFT + room * place + (room - width) / 2, 1),
                _y(bar.value, top),
                round(width, 1),
                round(_y(0, top) - _y(bar.value, top), 1),
                _y(bar.part, top),
                round(_y(0, top) - _y(bar.part, top), 1),
                round(LEFT + room * (place + 0.5), 1),
                HEIGHT - 6,
                bar.name,
            )
            for place, bar in enumerate(bars)
        ),
    )
    return _frame(label, top, drawn)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with where it may lie: its name, the three numbers, and the value as it is told."""

    name: str
    mean: float
    low: float
    high: float
    told: str


def interval_chart(
    intervals: Sequence[Interval], label: str, *, tick: Callable[[float], str], zero: bool = False
) -> SafeString:
    """A dot on a line for each, one under the other; with `zero` the scale shows it. `tick` writes its numbers."""
    low = min([each.low for each in intervals] + [0.0] * zero)
    high = max([each.high for each in intervals] + [0.0] * zero)
    wide = (high - low) or 1.0

    def x(value: float) -> float:
        return round(EDGE + (NARROW - 2 * EDGE) * (value - low) / wide, 1)

    foot = STEP * len(intervals) + EDGE
    scale = format_html_join(
        "",
        '<line class="chart__rule" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="chart__tick" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        ((x(value), foot, foot + 14, tick(value)) for value in _steps(low, high)),
    )
    drawn = format_html_join(
        "",
        '<g class="chart__interval"><text x="0" y="{0}">{1}</text>'
        '<text class="chart__name" x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<line x1="{4}" x2="{5}" y1="{6}" y2="{6}"/><circle cx="{7}" cy="{6}" r="4.5"/></g>',
        (
            (
                STEP * at + 16,
                each.name,
                NARROW,
                each.told,
                x(each.low),
                x(each.high),
                STEP * at + 30,
                x(each.mean),
            )
            for at, each in enumerate(intervals)
        ),
    )
    return format_html(
        '<svg class="chart chart--narrow" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        NARROW, foot + 20, label, scale, drawn,
    )  # fmt: skip


def _steps(low: float, high: float) -> list[float]:
    """Some four plain numbers from low to high."""
    rough = ((high - low) or 1.0) / 4
    size = 10.0 ** floor(log10(rough))
    step = size * next(times for times in (1, 2, 5, 10) if times * size >= rough * 0.999)
    return [step * at for at in range(ceil(low / step), floor(high / step) + 1)]


@dataclass(frozen=True, slots=True)
class Flow:
    """So many from the one at the left to the one at the right."""

    start: str
    end: str
    value: int


def flow_chart(flows: Sequence[Flow], label: str) -> SafeString:
    """Bands from the left names to the right ones, as wide as what they carry; `label` says what they show."""
    total = sum(flow.value for flow in flows)
    if not total:
        return SafeString("")
    order = _order(flows)
    left, right = _sums(flows, "start", order), _sums(flows, "end", order)
    height = max(160, 30 * max(len(left), len(right)))
    scale = (height - 8 * (max(len(left), len(right)) - 1)) / total
    starts, ends = _places(left, scale), _places(right, scale)
    names = format_html(
        "{}{}", _names(left, starts, scale, 128, "end"), _names(right, ends, scale, 352, "start")
    )
    bands, used = [], {**{("l", k): v for k, v in starts.items()}, **{("r", k): v for k, v in ends.items()}}
    for flow in sorted(flows, key=lambda each: (order.index(each.start), order.index(each.end))):
        width = flow.value * scale
        a, b = used["l", flow.start], used["r", flow.end]
        used["l", flow.start], used["r", flow.end] = a + width, b + width
        kind = "stay" if flow.start == flow.end else "go"
        bands.append((kind, _band(a, b, width)))
    drawn = format_html_join("", '<path class="flow flow--{}" d="{}"/>', bands)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH, round(height), label, drawn, names,
    )  # fmt: skip


def _order(flows: Sequence[Flow]) -> list[str]:
    """One order of names for both sides, who carries most first, so that bands cross only where they must."""
    carried = Counter[str]()
    for flow in flows:
        carried.update({flow.start: flow.value})
        carried.update({flow.end: flow.value})
    return sorted(carried, key=lambda name: (-carried[name], name))


def _sums(flows: Sequence[Flow], side: str, order: Sequence[str]) -> dict[str, int]:
    sums = Counter[str]()
    for flow in flows:
        sums[getattr(flow, side)] += flow.value
    return {name: sums[name] for name in order if name in sums}


def _places(sums: dict[str, int], scale: float) -> dict[str, float]:
    places, at = {}, 0.0
    for name, total in sums.items():
        places[name] = at
        at += total * scale + 8
    return places


def _names(sums: dict[str, int], places: dict[str, float], scale: float, x: int, anchor: str) -> SafeString:
    return format_html_join(
        "",
        '<text class="chart__tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x, round(places[name] + total * scale / 2 + 4, 1), anchor, name) for name, total in sums.items()),
    )


def _band(a: float, b: float, width: float) -> str:
    left, right, bend = 134, 346, 240
    return (
        f"M{left},{a:.1f} C{bend},{a:.1f} {bend},{b:.1f} {right},{b:.1f} L{right},{b + width:.1f} "
        f"C{bend},{b + width:.1f} {bend},{a + width:.1f} {left},{a + width:.1f} Z"
    )


def _frame(label: str, top: float, drawn: SafeString) -> SafeString:
    lines = format_html_join(
        "",
        '<line class="chart__rule" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="chart__tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                LEFT,
                WIDTH,
                _y(value, top),
                _y(value, top),
                LEFT - 6,
                round(_y(value, top) + 4, 1),
                f"{value:g}",
            )
            for value in (0, top / 2, top)
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH, HEIGHT, label, lines, drawn,
    )  # fmt: skip


def _points(values: Sequence[float | None], step: float, top: float) -> str:
    return " ".join(
        f"{LEFT + step * place:.1f},{_y(value, top)}"
        for place, value in enumerate(values)
        if value is not None
    )


def _end(one: Series, step: float, top: float, *, above: bool) -> SafeString:
    known = [(place, value) for place, value in enumerate(one.values) if value is not None]
    if not known:
        return SafeString("")
    place, value = known[-1]
    return format_html(
        '<circle cx="{}" cy="{}" r="3"/><text class="chart__name" x="{}" y="{}" text-anchor="end">{}</text>',
        round(LEFT + step * place, 1),
        _y(value, top),
        WIDTH - 8,
        round(_y(value, top) + (-7 if above else 16), 1),
        one.name,
    )


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _round_up(value: float) -> float:
    """The next of 2, 4, 6, 8, 10, 20, 40 … so that half of it is a plain number too."""
    size = 1.0
    while True:
        for step in (2, 4, 6, 8, 10):
            if value <= step * size:
                return step * size
        size *= 10
