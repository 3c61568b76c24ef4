"""Benchmarks of Sotto against its rivals: same weights, cores, audio; clip by clip."""
