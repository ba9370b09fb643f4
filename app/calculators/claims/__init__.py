"""What comes in: the facts of a claim, how they are spelled, and the errors that they cause."""
