"""Everything that turns text into vectors or answers; the only package that knows model vendors."""
