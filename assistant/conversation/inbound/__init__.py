"""What customers and their apps send: messages, events, and what is done with buttons."""
