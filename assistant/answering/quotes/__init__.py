"""Answers of whole sentences, list items and table rows, quoted from the passages."""
