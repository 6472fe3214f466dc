"""Quotes: answers made of whole sentences, list items and table rows of the passages."""
