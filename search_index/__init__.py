"""Whoosh at build time; a static index of our own for the browser."""
