"""Loads an export of Track Anything into Blender's compositor: open it in the Text Editor, set MANIFEST, run.

Reads ``NAME.manifest.json`` beside the export: an Image node for every sequence, labelled with its object and
set to its in and out; layers of OpenEXR files are outputs of the node, a Cryptomatte gets its own node.
"""

import json
import os
import re

import bpy

MANIFEST = ""  # path of NAME.manifest.json
NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


def sequences(manifest_path):
    """First file, first number and count of every sequence that the export holds."""
    with open(manifest_path, encoding="utf-8") as file:
        manifest = json.load(file)
    export = manifest_path[: -len(".manifest.json")]
    if not os.path.isdir(export):
        start, stop = manifest["frames"]
        return manifest, [(export, 1, stop - start)]
    grouped = {}
    for name in sorted(manifest["files"]):
        numbered = NUMBERED.match(name)
        if numbered is not None:
            head, digits, suffix = numbered.groups()
            grouped.setdefault((head, suffix), []).append((int(digits), name))
    return manifest, [
        (os.path.join(export, files[0][1]), files[0][0], len(files)) for files in grouped.values()
    ]


def load(manifest_path, scene=None):
    """Make the nodes; returns them."""
    manifest, found = sequences(manifest_path)
    scene = scene or bpy.context.scene
    scene.use_nodes = True
    tree, nodes = scene.node_tree, []
    for place, (path, first, count) in enumerate(found):
        image = bpy.data.images.load(path)
        image.source = "MOVIE" if path.endswith((".mov", ".mp4", ".mkv", ".webm")) else "SEQUENCE"
        is_crypto = manifest["form"] == "cryptomatte"
        node = tree.nodes.new("CompositorNodeCryptomatteV2" if is_crypto else "CompositorNodeImage")
        if is_crypto:
            node.source = "IMAGE"
        node.image = image
        node.frame_start, node.frame_duration, node.frame_offset = first, count, first - 1
        node.label = label(manifest, path)
        node.location = (0, -320 * place)
        nodes.append(node)
    if found:
        scene.frame_start = found[0][1]
        scene.frame_end = found[0][1] + found[0][2] - 1
    return nodes


def label(manifest, path):
    """The name of the object whose folder it is, or the form."""
    number = os.path.basename(os.path.dirname(path)).split("-", 1)[0]
    return manifest["objects"].get(number.lstrip("0"), manifest["form"])


if __name__ == "__main__" and MANIFEST:
    load(MANIFEST)
