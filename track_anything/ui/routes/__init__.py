"""The editor's own HTTP routes, below ``/api``."""
