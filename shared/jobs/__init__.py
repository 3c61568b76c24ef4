"""Jobs: what is to be transcribed, how far it is, and when all of it has to be gone."""
