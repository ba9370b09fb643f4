"""An independent, naive implementation of the rules: it judges the engine and shares no code with it."""
