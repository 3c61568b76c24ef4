"""Transcript -> the JSON of each contract: pure functions."""
