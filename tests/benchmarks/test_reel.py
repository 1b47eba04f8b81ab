"""The moving picture is one file that any browser plays, with a pointer where the mouse is."""

from pathlib import Path

import PIL.Image
import PIL.ImageChops

from benchmarks.reel import draw_pointer, save_animation


def test_pictures_are_shown_as_long_as_was_said(tmp_path: Path) -> None:
    colours, durations = ((250, 20, 20), (20, 250, 20), (20, 20, 250)), (1500, 140, 300)
    path = tmp_path / "reel.webp"
    save_animation(path, [PIL.Image.new("RGB", (64, 40), colour) for colour in colours], durations)
    shown = []
    with PIL.Image.open(path) as picture:
        assert picture.n_frames == len(colours)
        assert picture.info["loop"] == 0
        for place in range(len(colours)):
            picture.seek(place)
            picture.load()
            red, green, blue = picture.convert("RGB").getpixel((5, 5))
            shown.append((picture.info["duration"], max("rgb", key={"r": red, "g": green, "b": blue}.get)))
    assert shown == [(1500, "r"), (140, "g"), (300, "b")]


def test_the_tip_of_the_pointer_is_where_the_mouse_is() -> None:
    picture = PIL.Image.new("RGB", (64, 40), (20, 120, 20))
    draw_pointer(picture, 30, 10)
    left, top, right, bottom = PIL.ImageChops.difference(
        picture, PIL.Image.new("RGB", (64, 40), (20, 120, 20))
    ).getbbox()
    assert (left, top) == (30, 10)
    assert right <= 44
    assert bottom <= 31
