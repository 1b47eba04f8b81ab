"""Networks as static graphs that OpenVINO compiles, once per size, and that are kept in the cache folder."""
