"""A question to its passages: keywords, vectors, late interaction, ranking."""
