"""`doctor`: the state of an installation, check by check, with the commands that mend it.

A check is a function from `Surroundings` to findings. Checks read: they create no folder, write no
file, and send nothing, except that they list a page of configured storage. With `--online` they ask
configured services as well.
"""
