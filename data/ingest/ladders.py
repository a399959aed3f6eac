"""Questions answered in words, "very satisfied": what a person may make of them. Nothing of it is taken unasked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from data.ingest import scales
from data.ingest.names import plain
from data.ingest.scales import SCALES

AS = " as "  # between the instrument and what each text is worth: csat as {"Bad": 1, "Good": 5}
FEWEST = 2  # different texts, for a scale to be known by them


@cache
def _steps() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """The scales that are known: of which instrument, and the steps, the worst first, each with the ways to say it."""
    known = tomllib.loads((Path(__file__).parent / "ladders.toml").read_text(encoding="utf-8"))
    return tuple(
        (instrument, tuple(tuple(step.split("|")) for step in steps))
        for instrument, some in known.items()
        for steps in some.values()
    )


def conversions(texts: Sequence[str]) -> tuple[str, ...]:
    """What a person may choose of texts that lie on a scale that is known, by its order."""
    offered = []
    for instrument, steps in _steps():
        place = {said: nth for nth, step in enumerate(steps, 1) for said in step}
        on = {text: place[plain(text)] for text in texts if plain(text) in place}
        if len(on) < len(texts) or len(set(on.values())) < FEWEST:
            continue
        count = len(steps)
        stretched = scales.conversions(1, count).get(f"{instrument} from 1-{count}")
        offered.append(
            written(instrument, {text: stretched[str(step)] if stretched else step for text, step in on.items()})
        )
    return tuple(dict.fromkeys(offered))


def written(instrument: str, values: Mapping[str, int]) -> str:
    """Such a choice as it is kept: the instrument, and the score of each text, the worst first."""
    ordered = dict(sorted(values.items(), key=lambda one: one[1]))
    return f"{instrument}{AS}{json.dumps(ordered, ensure_ascii=False)}"


def read(said: str) -> tuple[str, dict[str, int]] | None:
    """A choice of this kind: the instrument, and the score of each text; None when it is none, or off the scale."""
    instrument, sign, values = said.partition(AS)
    if not sign or instrument not in SCALES:
        return None
    try:
        found = json.loads(values)
    except ValueError:
        return None
    low, high = SCALES[instrument]
    is_right = isinstance(found, dict) and found and all(
        isinstance(score, int) and not isinstance(score, bool) and low <= score <= high for score in found.values()
    )  # fmt: skip
    return (instrument, found) if is_right else None
