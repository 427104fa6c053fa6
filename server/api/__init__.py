"""The server's HTTP interface under ``/v1``, for handhelds and programs (docs/protocol.md)."""
