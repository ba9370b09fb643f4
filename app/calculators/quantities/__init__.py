"""Money, amounts in words, days and day counts. No policy."""
