"""Detection of contradictions between articles."""
