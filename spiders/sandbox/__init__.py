"""Replicas of the nine sources on loopback, filled with an invented catalog, for the demo and the tests."""
