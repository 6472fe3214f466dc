"""Answers that a model drafts: what it is given, how its stream is read, what of it is shown."""
