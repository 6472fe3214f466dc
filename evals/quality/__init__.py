"""Quality: how well the product answers, searches, reads turns; beside simpler systems."""
