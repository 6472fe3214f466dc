"""Signals of a customer's turn with evidence: language, request for a person, mood, familiarity, progress."""
