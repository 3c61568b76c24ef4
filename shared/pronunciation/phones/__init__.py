"""Phones in the audio: posteriors, forced alignment, goodness, calibration, times."""
