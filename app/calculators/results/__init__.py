"""What goes out: the rows of an answer and its sentences."""
