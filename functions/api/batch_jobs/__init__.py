"""Batch transcription over REST: one module for each part of a request and its answer."""
