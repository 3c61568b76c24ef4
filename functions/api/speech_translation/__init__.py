"""Speech translation to text and speech: Sotto's own route."""
