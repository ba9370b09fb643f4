"""Amounts in Chinese capital figures (中文大写金额).

``cn2an`` was checked against 《正确填写票据和结算凭证的基本规定》: zeros inside, a zero 角 before 分 (元零柒分), 整
after 元 and none after 分, 亿 and 万 up to the thirteen digits of DOMAIN §2. It cuts a third decimal off
silently, so it is only ever given a rounded amount. It is imported when the first amount is written: it
takes a tenth of a second, which the start of the service has not got.
"""

from __future__ import annotations


def in_words(amount: str) -> str:
    """Return a rounded amount in 元, two decimals, as it is written on a voucher.

    >>> in_words("1234567.80")
    '人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角'
    """
    import cn2an

    return "人民币" + str(cn2an.an2cn(amount, "rmb"))
