"""How work arrives and how answers leave. No speech logic."""
