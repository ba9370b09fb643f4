"""Who may do what: keys, tokens, scopes, and which names the service answers to."""
