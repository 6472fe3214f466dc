"""Who follows a conversation is told: within a process and between processes."""
