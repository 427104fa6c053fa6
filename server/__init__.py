"""The central server: takes in events, keeps the one ledger, serves the replica and the office's pages."""
