"""The calculation endpoints, single and in lists."""
