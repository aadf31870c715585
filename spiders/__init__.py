"""Collecting: one spider and one spec a platform. The only package that speaks HTTP to platforms."""

from pathlib import Path

SPECS = Path(__file__).with_name("platforms")
"""The folder of the platform specs (<platform>.toml)."""
