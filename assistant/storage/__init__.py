"""Tables, SQL and migrations: the only place with SQL."""
