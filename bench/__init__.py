"""Speed and memory, always as a ratio to the raw limit that the same run measured (docs/performance.md)."""
