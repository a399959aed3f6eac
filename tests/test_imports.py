"""The layout of the code, kept by reading it: imports run one way, files stay short."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ["pages", "ui", "metrics", "data"]  # each may import itself and those after it
FILES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
NOT_IN = {
    "metrics": {"streamlit", "altair"},
    "data": {"streamlit", "altair"},
    "pages": {"duckdb", "altair", "pandas", "numpy"},
}
NAMED = [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in FILES]


def imported(path: Path) -> set[str]:
    """The top packages a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", NAMED)
def test_imports_run_one_way(path: Path) -> None:
    """pages -> ui -> metrics -> data: nothing below knows what stands above."""
    layer = path.relative_to(ROOT).parts[0]
    above = set(LAYERS[: LAYERS.index(layer)])

    assert imported(path) & (above | {"app", "tests", "bench"}) == set()


@pytest.mark.parametrize("path", NAMED)
def test_each_layer_keeps_to_its_tools(path: Path) -> None:
    """Metrics and data work from a shell without the server; a page draws nothing and asks no database itself."""
    layer = path.relative_to(ROOT).parts[0]

    assert imported(path) & NOT_IN.get(layer, set()) == set()


def test_only_the_store_opens_the_database() -> None:
    """One module knows how DuckDB is opened and locked down."""
    opening = {
        path.relative_to(ROOT).as_posix() for path in FILES if "duckdb.connect(" in path.read_text(encoding="utf-8")
    }

    assert opening == {"data/store.py"}


@pytest.mark.parametrize("path", [*NAMED, pytest.param(ROOT / "app.py", id="app.py")])
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    """Under 300 lines; a page, which only names things, under 80."""
    if path.exists():
        limit = 80 if path.parent.name == "pages" else 300
        assert len(path.read_text(encoding="utf-8").splitlines()) < limit
