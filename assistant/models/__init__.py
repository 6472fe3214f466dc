"""Chat models and embeddings: the only package that knows model vendors."""
