"""Settings: their schema, the shipped defaults, and a loader that knows where each value came from."""
