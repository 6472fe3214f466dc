"""Notifies the subscribers of a conversation, within a process and between processes."""
