"""The codes of a table's terms, each with what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.calculators.bilingual import Phrase

Words = Mapping[str | bool, Phrase]

AUTHORITIES: Final[Words] = {
    "official": Phrase("正式公布", "officially published"),
    "mirror_of_official_page": Phrase("官方页面的副本", "a mirror of the official page"),
    "repost": Phrase("转载", "a repost"),
    "news": Phrase("新闻报道", "news"),
    "second_hand": Phrase("间接来源", "second hand"),
    "draft": Phrase("征求意见稿", "a draft for comment"),
    "low": Phrase("未署名文章，未经核实", "an unsigned article, not verified"),
    "assumed": Phrase("推定", "assumed"),
}
