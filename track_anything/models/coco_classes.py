"""The 80 classes of the COCO data set, which the bundled detector knows."""

from collections.abc import Mapping
from types import MappingProxyType

_NAMES = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant - stop_sign "
    "parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe - backpack umbrella - - "
    "handbag tie suitcase frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard "
    "surfboard tennis_racket bottle - wine_glass cup fork knife spoon bowl banana apple sandwich orange "
    "broccoli carrot hot_dog pizza donut cake chair couch potted_plant bed - dining_table - - toilet - tv "
    "laptop mouse remote keyboard cell_phone microwave oven toaster sink refrigerator - book clock vase "
    "scissors teddy_bear hair_drier toothbrush"
)

COCO_CLASSES: Mapping[str, int] = MappingProxyType(
    {name.replace("_", " "): place for place, name in enumerate(_NAMES.split(), start=1) if name != "-"}
)
"""Name to category id (1 to 90, with gaps), in the order in which detectors count them."""
