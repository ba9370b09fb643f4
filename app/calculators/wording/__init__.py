"""A table's terms in Chinese and English: expressions, amounts, codes and the nearest known name."""
