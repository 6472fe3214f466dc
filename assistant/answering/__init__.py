"""Passages to an answer: quotes, checked drafts of a model, and what a model is asked besides."""
