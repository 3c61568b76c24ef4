"""Speech to phrases: the pipeline, the engine port and its adapters."""
