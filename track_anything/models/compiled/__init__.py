"""Networks as graphs that OpenVINO compiles, and that are kept in the cache folder."""
