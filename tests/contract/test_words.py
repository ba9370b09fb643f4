"""Amounts in words, after 《正确填写票据和结算凭证的基本规定》 (the bank's rules for capital figures), and check
characters, after GB 32100-2015: each also as a library has them that shares no code with the service."""

from __future__ import annotations

import random

import cn2an
import pytest
from stdnum.cn import uscc

from app.calculators.claims.uscc import uscc_check_character
from app.calculators.quantities.amount_in_words import in_words

DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("0.55", "人民币伍角伍分"),
        ("10.00", "人民币壹拾元整"),
        ("100.05", "人民币壹佰元零伍分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("1005.50", "人民币壹仟零伍元伍角"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("10000.00", "人民币壹万元整"),
        ("1000000.07", "人民币壹佰万元零柒分"),
        ("1234567.80", "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角"),
        ("100000000.00", "人民币壹亿元整"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("1000100000.00", "人民币壹拾亿零壹拾万元整"),
        ("9999999999999.99", "人民币玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_published_and_awkward_amounts(amount: str, words: str) -> None:
    assert in_words(int(amount.replace(".", ""))) == words


def test_every_small_amount_and_many_large_ones_are_written_as_a_library_writes_them() -> None:
    chosen = random.Random(20_251_125)
    some = [int("".join(chosen.choice("0001234567890") for _ in range(chosen.randint(5, 15)))) for _ in range(10_000)]
    for fen in (*range(12_000), *some):
        assert in_words(fen) == "人民币" + cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")


def test_check_characters_are_those_of_a_library() -> None:
    """GB 32100-2015, over the whole alphabet."""
    chosen = random.Random(32_100)
    for _ in range(2_000):
        number = "".join(chosen.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(17))
        assert uscc_check_character(number) == uscc.calc_check_digit(number)


def read(words: str) -> int:
    """The fen that capital figures say: an independent reading, digit by digit and unit by unit."""
    fen = 0
    text = words.removeprefix("人民币").removesuffix("整")
    yuan, _, rest = text.rpartition("元")
    for char, unit in (("角", 10), ("分", 1)):
        if char in rest:
            fen += DIGITS[rest[rest.index(char) - 1]] * unit
    return whole(yuan) * 100 + fen


def whole(text: str) -> int:
    """The number that a text without 元 says."""
    for char, unit in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if char in text:
            left, _, right = text.rpartition(char)
            return whole(left) * unit + whole(right)
    return DIGITS[text.strip("零") or "零"]


def test_words_read_back_as_the_amount() -> None:
    chosen = random.Random(20_250_310)
    for _ in range(20_000):
        digits = "".join(chosen.choice("0000123456789") for _ in range(chosen.randint(1, 15)))
        fen = int(digits)
        words = in_words(fen)
        assert read(words) == fen, words
        assert words.endswith("整") == (fen % 100 == 0), words
        assert "零零" not in words
        if fen >= 100 and 0 < fen % 100 < 10:
            assert words[-4:-2] == "元零", words  # 角 is nought and 分 is not: 零 must be written
