"""Learns the committed weights again."""
