"""Tools of the business: read from YAML, recognized in messages, called over HTTP."""
