"""Trains the committed weights again."""
