"""The search for facts whose absence, spelling or date loosens an amount without a word (docs/decisions/0006)."""
