"""Loads an export of Track Anything into DaVinci Resolve: Workspace, Console, Py3, or the Scripts folder.

Reads ``NAME.manifest.json`` beside the export: every sequence becomes a clip of a bin of its own, named after
its object, with its in and out. Call ``load(path_of_the_manifest)``.
"""

import json
import os
import re

NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


def clips(manifest_path):
    """What Resolve is to import, and the name of each clip."""
    with open(manifest_path, encoding="utf-8") as file:
        manifest = json.load(file)
    export = manifest_path[: -len(".manifest.json")]
    if not os.path.isdir(export):
        return manifest, [({"FilePath": export}, manifest["form"])]
    grouped = {}
    for name in sorted(manifest["files"]):
        numbered = NUMBERED.match(name)
        if numbered is not None:
            head, digits, suffix = numbered.groups()
            grouped.setdefault((head, len(digits), suffix), []).append(int(digits))
    found = []
    for (head, width, suffix), numbers in grouped.items():
        path = os.path.join(export, head + "%0" + str(width) + "d" + suffix)
        clip = {"FilePath": path, "StartIndex": min(numbers), "EndIndex": max(numbers)}
        number = os.path.basename(os.path.dirname(path)).split("-", 1)[0]
        found.append((clip, manifest["objects"].get(number.lstrip("0"), manifest["form"])))
    return manifest, found


def load(manifest_path, application=None):
    """Import them into a new bin; returns the clips."""
    resolve = application or app  # noqa: F821 - Resolve's console knows it
    pool = resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    manifest, found = clips(manifest_path)
    pool.SetCurrentFolder(pool.AddSubFolder(pool.GetRootFolder(), manifest["source"]["name"]))
    made = []
    for clip, name in found:
        for item in pool.ImportMedia([clip]) or []:
            item.SetClipProperty("Clip Name", name)
            made.append(item)
    return made
