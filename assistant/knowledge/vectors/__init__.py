"""Nearest vectors: Chroma, embedded or as a server, and brute force where it is not at hand."""
