"""Documents in: read, cut into chunks, indexed; incrementally."""
