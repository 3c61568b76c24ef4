"""Language identification of segments, from the engine's posteriors."""
