"""One turn of the assistant: gather, think, reply."""
