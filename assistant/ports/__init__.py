"""Ports: protocols for everything outside the conversation logic, one file per implementing package."""
