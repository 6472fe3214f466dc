"""The sample shop's own system: orders in SQLite behind the contract of docs/actions.md."""
