"""Grounding check (entailment): whether a passage supports a drafted sentence, by rules and a classifier."""
