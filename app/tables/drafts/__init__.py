"""The life of a change: begun, checked, approved by another person, published; and what each kind of change would publish."""
