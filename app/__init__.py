"""Public subsidies, exact to the fen: a calculation core, the tables it reads, and the ways in to it."""
