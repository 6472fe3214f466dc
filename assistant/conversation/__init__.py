"""What happens to a message: received, thought about, answered or handed over. Knows ports, no vendor."""
