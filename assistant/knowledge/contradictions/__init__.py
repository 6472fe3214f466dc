"""Articles that say different things of one subject."""
