"""Vector indexes: Chroma, embedded or as a server, with brute force as the fallback."""
