"""Drafts of a model: prompt context, stream parsing, grounding of each sentence."""
