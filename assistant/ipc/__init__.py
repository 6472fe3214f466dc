"""Two processes of one service: calls between them, and keeping process and tasks alive."""
