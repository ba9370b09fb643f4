"""Proof that a table leaves no gap, no overlap and no line that can never apply."""
