"""Curve of memory over mixed requests: what its figures count from."""

from benchmarks.mixed_memory import MemoryCurve


def test_the_most_is_counted_from_the_first_hundred_requests_on():
    """The samples before, in which pools of threads fill, are neither its base nor its most."""
    resident = [900, 500, 520, 540, 600, 610, 640, 620]
    curve = MemoryCurve(n_done=list(range(20, 180, 20)), resident_bytes=resident)
    assert (curve.first_bytes, curve.most_bytes) == (600, 640)


def test_of_fewer_requests_the_last_sample_counts():
    curve = MemoryCurve(n_done=[20, 40], resident_bytes=[500, 520])
    assert (curve.first_bytes, curve.most_bytes) == (520, 520)
