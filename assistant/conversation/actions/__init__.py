"""Doing things for customers: slots, identity, a yes, execution."""
