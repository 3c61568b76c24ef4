"""Which language each segment is in, from what the engine says of it."""
