"""The ASGI app: one router per contract, and their common parts."""
