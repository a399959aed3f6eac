"""The font of the screen as files, for the charts and sheets that are drawn without a browser."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILY = "Source Sans"
# Latin with all its accents, Cyrillic, signs of punctuation and money, arrows and marks. The other glyphs and the
# kerning would be 20 s of work.
SIGNS = (
    *range(0x20, 0x250),
    *range(0x400, 0x530),
    *range(0x2000, 0x2070),
    *range(0x20A0, 0x20C1),
    *range(0x2190, 0x2600),
)
WEIGHTS = {"Regular": 400, "Bold": 600}


@cache
def folder() -> Path:
    """A folder with the font in two weights, cut once a process out of the one Streamlit brings for browsers.

    Raises: FileNotFoundError when this Streamlit brings it under another name.
    """
    brought = sorted((Path(streamlit.__file__).parent / "static").rglob("SourceSansVF-Upright*.woff2"))
    if not brought:
        raise FileNotFoundError("Streamlit's own Source Sans")
    made = Path(tempfile.mkdtemp(prefix="strata-fonts-"))
    for style, weight in WEIGHTS.items():
        font = TTFont(brought[0])
        options = subset.Options(layout_features=[], notdef_outline=True)
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
        asked = subset.Subsetter(options)
        asked.populate(unicodes=SIGNS)
        asked.subset(font)
        font = instancer.instantiateVariableFont(font, {"wght": weight})
        font.flavor = None
        for number, said in (
            (1, FAMILY),
            (2, style),
            (4, f"{FAMILY} {style}"),
            (6, f"SourceSans-{style}"),
            (16, FAMILY),
            (17, style),
        ):
            font["name"].setName(said, number, 3, 1, 0x409)
        font["OS/2"].usWeightClass = 700 if style == "Bold" else 400
        font["OS/2"].fsSelection = 1 << 5 if style == "Bold" else 1 << 6
        font["head"].macStyle = 1 if style == "Bold" else 0
        font.save(made / f"{style}.ttf")
    return made
