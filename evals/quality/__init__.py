"""Quality of answers, retrieval and signals, beside simpler systems."""
