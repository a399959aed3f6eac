"""The metric table of the README, written from the catalogue: python -m metrics.readme."""

from __future__ import annotations

import sys
from pathlib import Path

from metrics.declare import TIME_DIMENSIONS, Metric
from metrics.load import catalogue, layers

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- metrics -->", "<!-- /metrics -->"
INTERVALS = {
    "nps": "adjusted Wald", "share": "Wilson", "mean": "Student's t", "quantile": "order statistics",
    "ratio": "linearised ratio, t", "weighted_nps": "adjusted Wald, effective n",
    "weighted_share": "Wilson, effective n", "rate": "Poisson, exact", "total": "change by its weeks", "none": "none",
}  # fmt: skip


def table() -> str:
    """One row per metric, by layer."""
    lines = []
    for layer in layers().values():
        lines += [f"**{layer.label['en']}**: {layer.question['en']}", ""]
        lines += ["| metric | what it is | interval | split by |", "|---|---|---|---|"]
        for name in layer.metrics:
            metric = catalogue()[name]
            splits = ", ".join(split for split in metric.by if split not in TIME_DIMENSIONS)
            about = metric.about["en"].split(". ")[0].rstrip(".")
            lines.append(f"| `{name}` {metric.label['en']} | {about}. | {_interval(metric)} | {splits} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def _interval(metric: Metric) -> str:
    """How sure its value is, and what of a change is judged by the weeks."""
    by_weeks = "change by its usual range"
    if not metric.is_level:
        return INTERVALS[metric.interval]
    return by_weeks if metric.interval == "none" else f"{INTERVALS[metric.interval]}; {by_weeks} too"


def with_table(text: str) -> str:
    """The README with the table as it should be."""
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"wrote the table of {len(catalogue())} metrics into {README.name}\n")
