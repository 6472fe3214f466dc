"""Grounding check: whether a passage supports (entails) a drafted sentence, by exact rules and a
classifier.
"""
