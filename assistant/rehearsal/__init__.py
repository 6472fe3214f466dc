"""Simulated customers: agenda-based, on the operator's own articles and policy, without a model."""
