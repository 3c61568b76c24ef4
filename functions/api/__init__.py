"""The ASGI app: one router per contract, and what they share."""
