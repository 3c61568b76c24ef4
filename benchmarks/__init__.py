"""Sotto beside its rivals: same weights, same cores, same audio, clip by clip in one run."""
