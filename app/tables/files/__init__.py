"""Table files: reading YAML, what each key may be, and which doubts their clauses raise."""
