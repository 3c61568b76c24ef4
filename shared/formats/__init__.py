"""Transcript -> result of each contract: pure functions."""
