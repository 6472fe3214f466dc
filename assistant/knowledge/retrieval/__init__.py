"""Hybrid retrieval: lexical and vector search, late interaction, fusion with calibrated probabilities."""
