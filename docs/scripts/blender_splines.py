"""Loads the splines of Track Anything as Blender's masks: open it in the Text Editor, set SPLINES, run.

Reads what ``--format splines`` wrote: a mask for every object, with a layer for each of its shapes. Layers
are blended by difference, so that holes are holes. The area that the script runs in shows the last mask.
"""

import json

import bpy

SPLINES = ""  # path of the JSON file


def load(path, first=1):
    """Make the masks; returns them.

    path: of the JSON file.
    first: frame of the scene that shows the first exported frame.
    """
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    start, stop = told["frames"]
    shift = first - start
    made = []
    for number, name in told["objects"].items():
        shapes = [shape for shape in told["shapes"] if str(shape["object"]) == number]
        mask = bpy.data.masks.new(name)
        mask.frame_start, mask.frame_end = first, stop - 1 + shift
        layers = [new_layer(mask, shape, place, shift) for place, shape in enumerate(shapes, start=1)]
        show(mask)
        for frame in sorted({int(key) for shape in shapes for key in shape["keys"]}):
            bpy.context.scene.frame_set(frame + shift)
            for shape, layer in zip(shapes, layers, strict=True):
                if shape["first"] <= frame < shape["stop"]:
                    place_points(layer.splines[0], points_on(shape, frame), told)
            bpy.ops.mask.shape_key_insert()  # of all layers of the mask that is shown
        made.append(mask)
    return made


def new_layer(mask, shape, place, shift):
    """A layer with a closed spline, which is there as long as its shape is."""
    layer = mask.layers.new(name="Shape " + str(place))
    layer.blend = "DIFFERENCE"
    for frame, alpha in (
        (shape["first"] - 1, 0.0),
        (shape["first"], 1.0),
        (shape["stop"] - 1, 1.0),
        (shape["stop"], 0.0),
    ):
        layer.alpha = alpha
        layer.keyframe_insert("alpha", frame=frame + shift)
    spline = layer.splines.new()
    spline.use_cyclic = True
    count = len(next(iter(shape["keys"].values())))
    spline.points.add(count - len(spline.points))
    for point in spline.points:
        point.handle_type = "FREE"
    return layer


def points_on(shape, frame):
    """The points on a frame: those of its key, or on their way from one to the next."""
    frames = [int(key) for key in shape["keys"]]
    before = max(key for key in frames if key <= frame)
    after = min(key for key in frames if key >= frame)
    share = (frame - before) / max(after - before, 1)
    pairs = zip(shape["keys"][str(before)], shape["keys"][str(after)], strict=True)
    return [[(1 - share) * one + share * other for one, other in zip(*pair, strict=True)] for pair in pairs]


def place_points(spline, points, told):
    """Move a spline: the longer side of the picture goes from 0 to 1, y goes up, and the middle is 0.5."""
    longer = max(told["width"], told["height"])

    def placed(x, y):
        return (x - told["width"] / 2) / longer + 0.5, (told["height"] / 2 - y) / longer + 0.5

    for point, (left_x, left_y, x, y, right_x, right_y) in zip(spline.points, points, strict=True):
        point.co = placed(x, y)
        point.handle_left = placed(left_x, left_y)
        point.handle_right = placed(right_x, right_y)


def show(mask):
    """Show a mask in the area that the script runs in: keys are set of the mask that is seen."""
    area = bpy.context.area
    area.type = "IMAGE_EDITOR"
    area.spaces.active.mode = "MASK"
    area.spaces.active.mask = mask


if __name__ == "__main__" and SPLINES:
    load(SPLINES)
