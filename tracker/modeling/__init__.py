"""The XMem network, one module per part (Cheng and Schwing, ECCV 2022)."""
