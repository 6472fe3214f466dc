"""Reads a customer's turn: language, wish for a person, mood, familiarity, progress; with evidence."""
