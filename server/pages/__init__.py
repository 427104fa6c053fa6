"""The office's pages: rendered on the server, no scripts, nothing loaded from elsewhere."""
