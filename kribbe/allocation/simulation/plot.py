"""Reports drawn as SVG: for each measure a line for each policy, the dot its mean, the line its interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kribbe.allocation.simulation.misreport import FORMAT as MISREPORT
from kribbe.allocation.simulation.misreport import WAYS
from kribbe.allocation.simulation.outcome import PARTS

INK, MUTED, LINE, ACCENT = "#1d2b2a", "#5a6664", "#d5dbd9", "#0b6e69"
WIDTH = 300
STEP = 40
"""Pixels of a chart's width, and of the height for each policy."""

IN_PERCENT = (*PARTS, "gap")
TITLES = {
    "placed": "Placed from the wanted start (%)",
    "filled": "Half-days filled (%)",
    "first": "Got the first choice (%)",
    "rank": "Rank of what was got (1 is the first choice)",
    "waiting": "Days from registration to an answer",
    "envy": "Justified envy (%)",
    "declined": "Offers declined (%)",
    "gap": "Vulnerable families less others, placed (points)",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart: what it is of, its mean and interval, and the mean as it is told."""

    label: str
    mean: float
    low: float
    high: float
    told: str


def chart(bars: Sequence[Bar], *, title: str = "", zero: bool = False) -> Any:
    """The chart of one measure; with `zero` the axis shows it. The first bar is grey, the others have the accent."""
    import altair as alt

    rows = [
        {"at": at, "label": bar.label, "mean": bar.mean, "low": bar.low, "high": bar.high, "told": bar.told}
        for at, bar in enumerate(bars)
    ]
    base = alt.Chart(alt.Data(values=rows))
    scale = alt.Scale(zero=zero, nice=True, padding=6)
    x = alt.X(
        "low:Q",
        scale=scale,
        axis=alt.Axis(title=None, tickCount=4, labelColor=MUTED, gridColor=LINE, gridOpacity=0.6),
    )
    y = alt.Y("at:O", axis=None)
    color = alt.condition("datum.at == 0", alt.value(MUTED), alt.value(ACCENT))
    line = base.mark_rule(strokeWidth=3, yOffset=9, opacity=0.45).encode(x=x, x2="high:Q", y=y, color=color)
    dot = base.mark_point(filled=True, size=70, yOffset=9, opacity=1).encode(x="mean:Q", y=y, color=color)
    name = base.mark_text(align="left", baseline="middle", yOffset=-8, color=INK, fontSize=12)
    value = base.mark_text(
        align="right", baseline="middle", yOffset=-8, color=INK, fontSize=12, fontWeight="bold"
    )
    layers = alt.layer(
        line,
        dot,
        name.encode(x=alt.value(0), y=y, text="label:N"),
        value.encode(x=alt.value(WIDTH), y=y, text="told:N"),
    )
    shape = layers.properties(width=WIDTH, height=alt.Step(STEP))
    return (
        shape.properties(title=alt.Title(title, anchor="start", color=INK, fontSize=13)) if title else shape
    )


def svg(drawn: Any) -> str:
    """A chart as SVG, without scripts, styles or a background."""
    import vl_convert

    quiet = drawn.configure(background="transparent").configure_view(stroke=None)
    return str(vl_convert.vegalite_to_svg(quiet.to_dict()))


def bars_of(
    report: Mapping[str, Any], measure: str, *, name: Callable[[str], str], told: Callable[[str, float], str]
) -> list[Bar]:
    """A measure of each policy; shares in percent. `told` writes a value as it stands in the report."""
    times = 100 if measure in IN_PERCENT else 1
    found = []
    for policy in report["policies"]:
        each = policy["measures"][measure]
        mean, low, high = (each[key] * times for key in ("mean", "low", "high"))
        found.append(Bar(name(policy["name"]), mean, low, high, told(measure, each["mean"])))
    return found


def picture(report: Mapping[str, Any]) -> str:
    """The whole report as one SVG, in English."""
    import altair as alt

    if report["format"] == MISREPORT:
        charts = [chart(_ways(report, key), title=title, zero=True) for key, title in _MISREPORTED.items()]
    else:
        charts = [
            chart(bars_of(report, measure, name=str, told=in_english), title=title, zero=measure == "gap")
            for measure, title in TITLES.items()
        ]
    return svg(alt.concat(*charts, columns=2, spacing=36).resolve_scale(x="independent"))


_MISREPORTED = {
    "better": "Other lists that would get a better place (%)",
    "worse": "Other lists that would get a worse place (%)",
}


def _ways(report: Mapping[str, Any], key: str) -> list[Bar]:
    from kribbe.allocation.simulation.misreport import wilson

    found = []
    for way in WAYS:
        tried = report["half_days"]["ways"][way]
        share = {name: value * 100 for name, value in wilson(tried[key], tried["lists"]).items()}
        found.append(Bar(f"{way} ({tried['lists']} lists)", **share, told=f"{share['mean']:.1f}"))
    return found


def in_english(measure: str, value: float) -> str:
    """A value in figures."""
    if measure in IN_PERCENT:
        return f"{value * 100:.1f}"
    return f"{value:.2f}" if measure == "rank" else f"{value:.0f}"
