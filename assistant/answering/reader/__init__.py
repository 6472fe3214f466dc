"""Cross-encoders: they read a question with a passage, or a turn with its context."""
