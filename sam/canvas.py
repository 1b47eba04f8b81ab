"""The square canvas that every encoder sees, and how much of it an image takes."""

CANVAS_SIZE = 1024  # side in pixels
GRID_STRIDE = 16  # canvas pixels per cell of the embedding
GRID_SIZE = CANVAS_SIZE // GRID_STRIDE
LOGITS_SIZE = CANVAS_SIZE // 4  # side of the low-resolution mask logits


def fit_canvas(height: int, width: int) -> tuple[int, int]:
    """Rows and columns that an image of (height, width) takes on the canvas; at least one each."""
    scale = CANVAS_SIZE / max(height, width)
    return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))
