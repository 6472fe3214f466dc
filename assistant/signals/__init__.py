"""Reads a customer's turn: language, wish for a person, frustration, unfamiliarity, no progress, with evidence."""
