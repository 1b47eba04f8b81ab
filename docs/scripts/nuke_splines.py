"""Loads the splines of Track Anything into Nuke: run it in the Script Editor, or put it into ~/.nuke.

Reads what ``--format splines`` wrote: a Roto node for every object, with a shape for each of its pieces.
Holes are a Roto node of their own that a Merge takes away. The project's format has to be that of the video.
"""

import json

import nuke
import nuke.rotopaint


def load(path, first=1):
    """Make the nodes; returns the last one of every object.

    path: of the JSON file.
    first: frame of the script that shows the first exported frame.
    """
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    made = []
    for number, name in told["objects"].items():
        shapes = [shape for shape in told["shapes"] if str(shape["object"]) == number]
        node = None
        for depth in sorted({shape["depth"] for shape in shapes}):
            level = [shape for shape in shapes if shape["depth"] == depth]
            drawn = roto(
                told, level, first, name if depth == 0 else name + " (inside, level " + str(depth) + ")"
            )
            node = drawn if node is None else merged(node, drawn, "stencil" if depth % 2 else "max")
        if node is not None:
            made.append(node)
    return made


def roto(told, shapes, first, label):
    """A Roto node of some shapes."""
    node = nuke.createNode("Roto", inpanel=False)
    node.setInput(0, None)
    node["label"].setValue(label)
    curves = node["curves"]
    shift = first - told["frames"][0]
    for count, shape in enumerate(shapes, start=1):
        made = nuke.rotopaint.Shape(curves)
        made.name = "Shape" + str(count)
        keys = sorted((int(frame), points) for frame, points in shape["keys"].items())
        for at in range(len(keys[0][1])):
            point = nuke.rotopaint.ShapeControlPoint()
            for frame, points in keys:
                left_x, left_y, x, y, right_x, right_y = points[at]
                # here y goes up, and handles are told from their point
                place = (x, told["height"] - y)
                point.center.addPositionKey(frame + shift, place)  # codespell:ignore center
                point.leftTangent.addPositionKey(frame + shift, (left_x - x, y - left_y))
                point.rightTangent.addPositionKey(frame + shift, (right_x - x, y - right_y))
            made.append(point)
        for frame, is_visible in (
            (shape["first"] - 1, False),
            (shape["first"], True),
            (shape["stop"] - 1, True),
            (shape["stop"], False),
        ):
            made.setVisible(frame + shift, is_visible)
        curves.rootLayer.append(made)
    curves.changed()
    return node


def merged(below, above, operation):
    """A Merge node of two others."""
    node = nuke.createNode("Merge2", inpanel=False)
    node["operation"].setValue(operation)
    node.setInput(0, below)
    node.setInput(1, above)
    return node


if __name__ == "__main__" and nuke.GUI:
    chosen = nuke.getFilename("Splines of Track Anything", "*.json")
    if chosen:
        load(chosen)
