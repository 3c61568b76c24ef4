"""The declared flow of data: for each feature what it touches, where it goes, how long it stays.

`features.py` has the table. Tests hold it against every route, trigger and command, and
`scripts/data_flow.py` writes it into `docs/privacy.md`.
"""
