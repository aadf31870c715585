"""Collecting: one spider and one spec a platform. The only package that speaks HTTP to platforms."""
