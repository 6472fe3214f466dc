"""Passages to an answer: quotes, grounded drafts of a model, and a model's other tasks."""
