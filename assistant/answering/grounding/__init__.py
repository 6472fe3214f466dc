"""Whether a passage supports a drafted sentence: exact rules and a learned classifier."""
