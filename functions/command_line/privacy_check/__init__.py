"""`privacy-check`: the evidence of a traced server that nothing of its callers is left behind.

The tests in `tests/privacy` trace with the same modules.
"""
