"""Conversations whose people are in another desk: what goes there, what comes from there."""
