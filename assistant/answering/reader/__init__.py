"""The cross-encoder reader: question and passage read together."""
