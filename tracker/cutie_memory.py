"""What Cutie remembers: its package's memory, with objects that can be dropped, saved and loaded."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.cutie_network import CutieNetwork, FrameFeatures

_OF_BUCKETS = ("k", "s", "e", "use_cnt", "life_cnt")


class CutieMemory:
    """The package's ``MemoryManager`` around the objects in the order in which they came.

    Args:
        network: whose memory it is.

    Attributes:
        object_ids: in the order in which they came.
        sensory: (1, C, h, w) of each object: what was seen last.
    """

    def __init__(self, network: CutieNetwork) -> None:
        from cutie.inference.memory_manager import MemoryManager

        self._network = network
        self.object_ids: list[int] = []
        places = SimpleNamespace(find_tmp_by_id=lambda object_id: self.object_ids.index(object_id) + 1)
        self._manager = MemoryManager(cfg=network.config, object_manager=places)

    @property
    def sensory(self) -> dict[int, torch.Tensor]:
        """By object; a copy, whose tensors nobody changes."""
        return dict(self._manager.sensory)

    @sensory.setter
    def sensory(self, sensory: Mapping[int, torch.Tensor]) -> None:
        self._manager.sensory = dict(sensory)

    def read(self, seen: FrameFeatures, masks: torch.Tensor, *, is_deep: bool) -> torch.Tensor:
        """(K + 1, H', W') probabilities of the next frame, background first.

        Args:
            seen: the frame.
            masks: (K, H', W') probabilities of the one before.
            is_deep: whether what was seen last is brought up to date.
        """
        manager, model = self._manager, self._network.model
        fewest = min(manager.work_mem.size(bucket) for bucket in manager.work_mem.buckets)
        manager.top_k = min(self._network.config.top_k, fewest)  # small frames have fewer elements
        found = manager.read(seen.pixels, seen.key, seen.selection, masks[None], model)
        readout = torch.stack([found[object_id] for object_id in self.object_ids], dim=1)
        before = manager.get_sensory(self.object_ids)
        sensory, _, probabilities = model.segment(seen.stages, readout, before, update_sensory=is_deep)
        if is_deep:
            manager.update_sensory(sensory, self.object_ids)
        whole: torch.Tensor = probabilities[0]
        return whole

    def write(
        self, image: torch.Tensor, seen: FrameFeatures, masks: torch.Tensor, *, is_permanent: bool
    ) -> None:
        """Remember a frame with the (K, H', W') probabilities of its objects."""
        manager, model = self._manager, self._network.model
        manager.initialize_sensory_if_needed(seen.key, self.object_ids)
        before = manager.get_sensory(self.object_ids)
        values, sensory, summaries, _ = model.encode_mask(image, seen.pixels, before, masks[None])
        manager.add_memory(
            seen.key,
            seen.shrinkage,
            values,
            summaries,
            self.object_ids,
            selection=seen.selection,
            as_permanent="all" if is_permanent else "first",
        )
        manager.update_sensory(sensory, self.object_ids)

    def forget(self, object_id: int) -> None:
        """Drop an object; the package's own way fails where all that is known of it is kept for good."""
        manager = self._manager
        self.object_ids.remove(object_id)
        manager.sensory.pop(object_id, None)
        manager.obj_v.pop(object_id, None)
        for store in (manager.work_mem, manager.long_mem):
            store.v.pop(object_id, None)
            for bucket, object_ids in list(store.buckets.items()):
                store.buckets[bucket] = [each for each in object_ids if each != object_id]
                if not store.buckets[bucket]:
                    del store.buckets[bucket]
                    store.perm_end_pt.pop(bucket, None)
                    for name in _OF_BUCKETS:
                        getattr(store, name, {}).pop(bucket, None)
        manager.engaged = manager.work_mem.engaged()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it."""
        manager = self._manager
        told: dict[str, NDArray[Any]] = {"objects": np.array(self.object_ids, np.int64)}
        told |= {f"sensory.{o}": tensor.cpu().numpy() for o, tensor in manager.sensory.items()}
        told |= {f"summary.{o}": tensor.cpu().numpy() for o, tensor in manager.obj_v.items()}
        for kind, store in (("work", manager.work_mem), ("long", manager.long_mem)):
            told[f"{kind}.next"] = np.array(store.global_bucket_id)
            told |= {f"{kind}.bucket.{b}": np.array(own, np.int64) for b, own in store.buckets.items()}
            told |= {f"{kind}.kept.{b}": np.array(end) for b, end in store.perm_end_pt.items()}
            told |= {f"{kind}.v.{o}": tensor.cpu().numpy() for o, tensor in store.v.items()}
            for name in _OF_BUCKETS:
                told |= {f"{kind}.{name}.{b}": t.cpu().numpy() for b, t in getattr(store, name, {}).items()}
        return told

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Become what ``arrays`` told."""
        manager = self._manager
        self.object_ids = [int(each) for each in arrays["objects"]]
        stores = {"work": manager.work_mem, "long": manager.long_mem}
        for key, array in arrays.items():
            kind, _, rest = key.partition(".")
            name, _, place = rest.rpartition(".")
            if kind in ("sensory", "summary"):
                own = manager.sensory if kind == "sensory" else manager.obj_v
                own[int(rest)] = self._tensor(array)
            elif kind in stores and rest == "next":
                stores[kind].global_bucket_id = int(array)
            elif kind in stores and name == "bucket":
                stores[kind].buckets[int(place)] = [int(each) for each in array]
            elif kind in stores and name == "kept":
                stores[kind].perm_end_pt[int(place)] = int(array)
            elif kind in stores:
                getattr(stores[kind], name)[int(place)] = self._tensor(array)
        values = list(manager.work_mem.v.values())
        manager.engaged = bool(values)
        manager.CV = values[0].shape[1] if values else None

    def _tensor(self, array: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(array.copy()).to(self._network.device)
