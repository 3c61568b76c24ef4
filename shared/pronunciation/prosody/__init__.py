"""Fluency and prosody: breaks, rate, rhythm, pitch, loudness, against native readers."""
