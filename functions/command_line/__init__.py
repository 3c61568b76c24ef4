"""The command line: `.venv/bin/sotto`, or `python -m functions.command_line` in the project."""
