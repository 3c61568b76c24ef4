"""Models: the catalogue, the sources of weights, the model folder."""
