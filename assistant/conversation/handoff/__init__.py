"""Handing a conversation to people, and nobody waiting in silence."""
