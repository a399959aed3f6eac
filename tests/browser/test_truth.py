"""The numbers on the cards are those of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from readers import UNTIL, Reader

from metrics import __main__ as command
from metrics.load import catalogue, layers
from ui import units, view

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("where", [{}, {"segment": "Enterprise"}])
def test_every_number_on_the_cards_is_that_of_the_command_line(
    somebody: Reader, site: str, demo_home: Path, capsys: pytest.CaptureFixture[str], where: dict[str, str]
) -> None:
    """python -m metrics show METRIC --from --to gives what each headline and tile shows, filtered or not."""
    period = view.current(view.View(), UNTIL)
    somebody.open(f"{site}/?{'&'.join(f'{name}={value}' for name, value in where.items())}")
    asked = [name for layer in layers().values() for name in (*layer.headline, *layer.tiles)]
    named = {catalogue()[name].short["en"]: catalogue()[name] for name in asked}
    checked = 0
    for part in somebody.page.locator(".st-head, .st-tile").all():
        metric = named[part.locator(".name").inner_text()]
        arguments = ["show", metric.id, "--from", str(period.start), "--to", str(period.last), "--data", str(demo_home)]
        arguments += [
            word for name, value in where.items() if name in metric.by for word in ("--where", f"{name}={value}")
        ]
        assert command.main([*arguments, "--format", "json"]) == 0
        row = json.loads(capsys.readouterr().out)[0]
        shown = part.locator(".value").inner_text()
        if shown == "–":
            assert row["value"] is None or "too few" in row["note"], metric.id
            continue
        assert shown == units.shown(metric, row["value"], "en", "EUR"), metric.id
        checked += 1
    assert checked >= 16
