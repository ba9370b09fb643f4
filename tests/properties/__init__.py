"""Laws and oracles."""
