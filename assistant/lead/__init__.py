"""What support leads do: write articles, change settings, look after the team's accounts."""
