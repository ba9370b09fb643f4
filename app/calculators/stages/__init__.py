"""What every method goes through: which rules are in force, who is eligible, what is consistent, caps, rounding and payment."""
