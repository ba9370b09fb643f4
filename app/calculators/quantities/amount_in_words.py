"""Amounts in Chinese capital figures (中文大写金额), as 《正确填写票据和结算凭证的基本规定》 has them."""

from __future__ import annotations

from functools import lru_cache

_FIGURES = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"))


def in_words(amount: int) -> str:
    """An amount in fen, not negative, as it is written on a voucher.

    >>> in_words(123456780)
    '人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角'
    """
    whole, part = divmod(amount, 100)
    tenths, hundredths = divmod(part, 10)
    words = "人民币"
    if whole or not part:
        words += f"{_whole(whole)}元"
    if not part:
        return words + "整"
    if tenths:
        words += f"{_FIGURES[tenths]}角"
    elif whole:
        words += "零"
    return words + (f"{_FIGURES[hundredths]}分" if hundredths else "")


def _whole(number: int) -> str:
    """A whole number; one 零 stands for all zeros between two figures.

    Where 万 is zero and 仟 is not, the rules leave 零 to the writer: 亿 is then followed by the figure at once.
    """
    for size, unit in _UNITS:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if low < size // 10 and not 1000 <= low < 10_000 else ""
            rest = f"{gap}{_whole(low)}" if low else ""
            return f"{_whole(high)}{unit}{rest}"
    return _group(number) if number else _FIGURES[0]


@lru_cache(maxsize=10_000)
def _group(number: int) -> str:
    """One to four figures, without leading zeros."""
    words, gap = "", False
    for figure, unit in zip(f"{number:04d}", ("仟", "佰", "拾", ""), strict=True):
        if figure == "0":
            gap = bool(words)
            continue
        words += f"{'零' if gap else ''}{_FIGURES[int(figure)]}{unit}"
        gap = False
    return words
