"""The stores of a transaction; synchronous, see store.py."""
