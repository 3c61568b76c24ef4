"""Prometheus metrics of the container host and of `sotto worker`: numbers and times, no content.

Most of them count the log lines, whose fields are on an allow-list; the others read the state of
the process when they are asked for. `table.py` declares each metric with every value of its labels.
"""
