"""HTTP in and out: no decisions, no SQL."""
