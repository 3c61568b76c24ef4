"""Speech from text: voices, SSML, and the engines that speak."""
