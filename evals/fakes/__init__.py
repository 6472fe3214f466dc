"""Stand-ins for what is outside: a model's server, a hostile site."""
