"""The editor's page in real Chromium, driven by tests and benchmarks."""
