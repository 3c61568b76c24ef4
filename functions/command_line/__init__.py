"""`sotto`: the command line, as `python -m functions.command_line`."""
