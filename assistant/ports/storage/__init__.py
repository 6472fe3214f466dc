"""What a transaction offers; synchronous, see store.py."""
