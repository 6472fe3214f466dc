"""Whether a passage supports a drafted sentence (entailment): exact rules and a learned classifier."""
