"""Fakes of external systems: a model server, a hostile site."""
