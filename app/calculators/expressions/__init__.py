"""The expression language of rate tables: nodes with their evaluation, the parser of their text, and their types."""
