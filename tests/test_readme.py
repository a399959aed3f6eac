"""The README says what is true of the product."""

import re
from pathlib import Path

from metrics import readme

ROOT = Path(__file__).parents[1]


def test_metric_table_is_the_catalogue():
    """The metric table in the README is exactly what the catalogue declares (python -m metrics.readme writes it)."""
    text = readme.README.read_text(encoding="utf-8")

    assert readme.with_table(text) == text


def test_settings_named_in_the_readme_exist():
    """Every setting the README names is one that the Makefile or the code reads."""
    text = readme.README.read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", text, flags=re.MULTILINE))
    read = (ROOT / "Makefile").read_text() + "".join(path.read_text() for path in (ROOT / "data").glob("*.py"))

    assert named == {"PORT", "STRATA_DATA", "STRATA_DATABASE"}
    assert all(name in read for name in named)


def test_commands_of_the_makefile_are_in_its_help():
    """`make help` lists every command a person may run."""
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)[1].split()) - {"help"}
    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE)) - {"help"}

    assert phony == helped


def test_files_and_folders_named_in_the_readme_exist():
    """What the README links to is there."""
    text = readme.README.read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#:]+)\)", text)

    assert linked
    assert [path for path in linked if not (ROOT / path).exists()] == []
