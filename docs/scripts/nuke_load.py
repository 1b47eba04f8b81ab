"""Loads an export of Track Anything into Nuke: run it in the Script Editor, or put it into ~/.nuke.

Reads ``NAME.manifest.json`` beside the export: a Read node for every sequence or movie, with its name and in
and out, for ``exr-layers`` a Shuffle for every object, for ``cryptomatte`` a Cryptomatte node.
"""

import json
import os
import re

import nuke

NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


def sequences(manifest_path):
    """Path pattern, first and last frame of everything that the export holds."""
    with open(manifest_path, encoding="utf-8") as file:
        manifest = json.load(file)
    export = manifest_path[: -len(".manifest.json")]
    found = {}
    for name in manifest["files"]:
        path = export if os.path.isfile(export) else "/".join((export, name))
        folder, last = os.path.split(path)
        numbered = NUMBERED.match(last) if os.path.isdir(export) else None
        if numbered is None:
            start, stop = manifest["frames"]
            found[path.replace(os.sep, "/")] = (1, stop - start)
            continue
        head, digits, suffix = numbered.groups()
        pattern = "/".join((folder.replace(os.sep, "/"), head + "%0" + str(len(digits)) + "d" + suffix))
        first, end = found.get(pattern, (int(digits), int(digits)))
        found[pattern] = (min(first, int(digits)), max(end, int(digits)))
    return manifest, found


def load(manifest_path):
    """Make the nodes; returns the Read nodes."""
    manifest, found = sequences(manifest_path)
    reads = []
    for pattern, (first, last) in sorted(found.items()):
        read = nuke.createNode("Read", inpanel=False)
        read["file"].setValue(pattern)
        for knob, value in (("first", first), ("last", last), ("origfirst", first), ("origlast", last)):
            read[knob].setValue(value)
        read["label"].setValue(label(manifest, pattern))
        if manifest["form"].startswith("exr") or manifest["form"] == "cryptomatte":
            read["colorspace"].setValue("linear")
        for layer in manifest.get("layers", {}):
            shuffle = nuke.createNode("Shuffle", inpanel=False)
            shuffle.setInput(0, read)
            shuffle["in"].setValue(layer)
            shuffle["label"].setValue(manifest["layers"][layer])
        if manifest["form"] == "cryptomatte":
            picker = nuke.createNode("Cryptomatte", inpanel=False)
            picker.setInput(0, read)
        reads.append(read)
    return reads


def label(manifest, pattern):
    """The name of the object whose folder it is, or the form."""
    folder = os.path.basename(os.path.dirname(pattern))
    number = folder.split("-", 1)[0]
    return manifest["objects"].get(number.lstrip("0"), manifest["form"])


if __name__ == "__main__" and nuke.GUI:
    chosen = nuke.getFilename("Manifest of the export", "*.manifest.json")
    if chosen:
        load(chosen)
