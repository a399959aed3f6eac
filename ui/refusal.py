"""Why a survey file was not taken in, in the reader's language."""

from __future__ import annotations

import re

from data.errors import StrataError
from metrics.declare import Lang
from ui import language, told
from ui.language import Texts


def refusal(problem: StrataError, name: str, lang: Lang) -> str:
    """Why a file was not taken in, as Markdown in the reader's language."""
    text = language.texts("upload", lang)
    facts = {key: language.quoted(said, 200) for key, said in problem.facts.items()}
    facts |= {key: _found(problem.facts[key], text) for key in ("found", "allowed")}
    if language.has("upload", f"refused_{problem.code}"):
        return f"**{language.verbatim(text('refused', name=name))}**  \n{text(f'refused_{problem.code}', **facts)}"
    return told.told(problem, lang)


def _found(said: str, text: Texts) -> str:
    """What was found in a file's place, or is allowed there, in words where there are words for it."""
    if inside := re.fullmatch(r"a ZIP archive with (.*) in it", said):
        return text("found_a_zip_archive_with", inside=language.quoted(inside[1], 100))
    if columns := re.fullmatch(r"(\d+) columns", said):
        return text("columns", n=int(columns[1]))
    if size := re.fullmatch(r"(\d+) MB( in the browser)?", said):
        return text("megabytes", n=int(size[1]))
    key = f"found_{re.sub(r'[^a-z0-9]+', '_', said.lower()).strip('_')}"
    return text(key) if language.has("upload", key) else language.quoted(said, 200)
