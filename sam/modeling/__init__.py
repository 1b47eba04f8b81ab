"""The networks of Segment Anything; parameter names and shapes are those of the published checkpoints."""
