"""How texts of a claim are written: amounts, rates, ids and codes, as regular expressions that any reader of JSON Schema takes."""

MONEY_PATTERN = r"^(0|[1-9][0-9]{0,12})\.[0-9]{2}$"
RATE_PATTERN = r"^(0|[1-9][0-9]?)(\.[0-9]{1,8})?$"
SPREAD_PATTERN = r"^-?(0|[1-9][0-9]?)(\.[0-9]{1,8})?$"
CODE_PATTERN = r"^[A-Z][A-Z0-9_]{0,63}$"
# Without control, format and private-use characters, as far as a pattern can say it that every reader of a JSON Schema
# understands; ``claim_ids`` refuses the rest (D67).
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ue000-\uf8ff\ufeff\ufff9-\ufffb"
)
ID_PATTERN = rf"^[^{_UNSEEN}]{{1,64}}$"
CODE_TEXT_PATTERN = r"^[^\x00-\x1f\x7f]{1,64}$"  # of a field for a code: ``codes`` refuses what is none, and lists those that are
TABLE_PATTERN = r"^[a-z][a-z0-9]{0,15}(-[a-z0-9]{1,24}){1,8}$"
FUND_PATTERN = r"^[a-z][a-z0-9]{0,15}(-[a-z0-9]{1,24}){0,8}$"
SERIES_PATTERN = r"^[A-Z][A-Z0-9_]{0,31}$"
USCC_PATTERN = r"^[0-9A-HJ-NPQRTUWXY]{18}$"
