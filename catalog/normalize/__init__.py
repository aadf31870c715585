"""Readers: one module a field, each a total function from text to a value or None."""
