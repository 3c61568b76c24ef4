"""Speech in, text and voice of other languages out: Sotto's own route."""
