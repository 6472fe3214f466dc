"""The loop that does what is due, and the wire that tells who is watching."""
