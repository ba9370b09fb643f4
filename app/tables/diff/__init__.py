"""How two versions of a table differ, in sentences, Chinese and English."""
