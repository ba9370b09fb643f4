"""What a rate table says: its model, the facts that it may name, and the parser of its text."""
