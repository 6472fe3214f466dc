"""Cases, scores and benchmarks; imports the product, never the reverse."""
