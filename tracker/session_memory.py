"""What a session remembers: per object its conditioning frames, and the tracked ones it can look back to."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.familiar import Familiar
from tracker.session_network import SessionNetwork
from tracker.snapshot import read_snapshot, write_snapshot

_CONDITIONING, _TRACKED = "cond_frame_outputs", "non_cond_frame_outputs"
_KEPT = ("maskmem_features", "maskmem_pos_enc", "object_pointer", "object_score_logits")
"""What later frames ask for; masks are not."""


class SessionMemory:
    """A session with a clock of its own; frames are not kept once the next one comes.

    Args:
        network: whose session it is.

    Attributes:
        object_ids: in the order in which they came.
    """

    def __init__(self, network: SessionNetwork) -> None:
        self._network = network
        self._session = network.session()
        self._time = -1
        self._familiar = Familiar()

    @property
    def object_ids(self) -> list[int]:
        """The objects, in the order in which they came."""
        return list(self._session._obj_id_to_idx)

    def advance(self) -> None:
        """A new frame comes: what is too far back is dropped."""
        self._time += 1
        oldest = self._time - self._network.reach
        for outputs in self._session.output_dict_per_obj.values():
            for kind in (_CONDITIONING, _TRACKED):
                for output in outputs[kind].values():
                    for name in [name for name in output if name not in _KEPT]:
                        del output[name]
            for time in [time for time in outputs[_TRACKED] if time < oldest]:
                del outputs[_TRACKED][time]
        for tracked in self._session.frames_tracked_per_obj.values():
            tracked.clear()
        for inputs in self._session.mask_inputs_per_obj.values():
            inputs.clear()
        self._session.processed_frames = None

    def give(
        self, pixels: torch.Tensor, masks: Mapping[int, NDArray[np.bool_]], *, is_conditioning: bool
    ) -> None:
        """Take (H, W) masks of objects for what they are on this frame.

        Args:
            pixels: (1, 3, S, S), the frame.
            masks: by object; the others keep what this frame says about them.
            is_conditioning: whether the frame is kept for good; the first one of an object always is.
        """
        session = self._session
        kept = self._others(masks)
        for object_id, mask in masks.items():
            place = session.obj_id_to_idx(object_id)
            outputs = session.output_dict_per_obj[place]
            is_first = not {*outputs[_CONDITIONING]} - {self._time}
            for kind in (_CONDITIONING, _TRACKED):
                outputs[kind].pop(self._time, None)
            if is_conditioning or is_first:
                session.frames_tracked_per_obj[place].pop(self._time, None)
            else:
                session.frames_tracked_per_obj[place][self._time] = {"reverse": False}
            session.add_mask_inputs(place, self._time, self._network.mask(mask))
        session.obj_with_new_inputs = list(masks)
        self._run(pixels)
        for place, outputs in kept.items():
            session.output_dict_per_obj[place] = outputs

    def track(self, pixels: torch.Tensor) -> torch.Tensor:
        """(K, h, w) logits of the objects' masks on this frame, in the order in which they came."""
        self._session.obj_with_new_inputs = []
        logits: torch.Tensor = self._run(pixels).pred_masks  # (K, 1, h, w)
        return logits[:, 0]

    def drop_frame(self) -> None:
        """Forget what was tracked on this frame."""
        for outputs in self._session.output_dict_per_obj.values():
            outputs[_TRACKED].pop(self._time, None)

    def note_familiar(self) -> None:
        """This frame is what a person vouches for."""
        self._familiar.note(self._planes())

    def familiarity(self, size: tuple[int, int]) -> torch.Tensor:
        """(H, W) of this frame, see ``Propagated``."""
        return self._familiar.familiarity(self._planes(), size)

    def forget(self, object_id: int) -> None:
        """Drop an object."""
        session = self._session
        outputs = {o: session.output_dict_per_obj[i] for o, i in session._obj_id_to_idx.items()}
        del outputs[object_id]
        self._restore(outputs)

    def save(self, path: Path) -> None:
        """Write what is remembered; see ``Propagator``."""
        arrays: dict[str, NDArray[Any]] = {
            "time": np.array(self._time),
            "objects": np.array(self.object_ids, np.int64),
        }
        for number, cells in enumerate(self._familiar.known):
            arrays[f"familiar.{number:04}"] = cells.cpu().numpy()
        for object_id, place in self._session._obj_id_to_idx.items():
            for kind in (_CONDITIONING, _TRACKED):
                for time, output in self._session.output_dict_per_obj[place][kind].items():
                    for name in (name for name in _KEPT if name in output):
                        tensor = output[name].cpu()
                        is_half = tensor.dtype == torch.bfloat16
                        bits = tensor.view(torch.int16) if is_half else tensor
                        arrays[f"output.{object_id}.{kind}.{time}.{name}"] = bits.numpy()
        write_snapshot(path, self._network.name, arrays)

    def load(self, path: Path) -> None:
        """Read what ``save`` wrote; see ``Propagator``."""
        arrays: dict[str, NDArray[Any]] = dict(read_snapshot(path, self._network.name))
        self._time = int(arrays.pop("time"))
        found: dict[int, Any] = {
            int(object_id): {_CONDITIONING: {}, _TRACKED: {}} for object_id in arrays.pop("objects")
        }
        for key in sorted(arrays):
            tensor = torch.from_numpy(arrays[key]).to(self._network.device)
            if key.startswith("familiar."):
                self._familiar.known.append(tensor)
                continue
            _, object_id, kind, time, name = key.split(".")
            whole = tensor.view(torch.bfloat16) if tensor.dtype == torch.int16 else tensor
            found[int(object_id)][kind].setdefault(int(time), {})[name] = whole
        for outputs in found.values():  # the order of frames is that of the session
            for kind in (_CONDITIONING, _TRACKED):
                outputs[kind] = dict(sorted(outputs[kind].items()))
        self._restore(found)

    def _run(self, pixels: torch.Tensor) -> Any:  # noqa: ANN401 - the library's own
        return self._network.model(self._session, frame=pixels, frame_idx=self._time)

    def _others(self, masks: Mapping[int, object]) -> dict[int, Any]:
        """What is remembered of the objects that nothing is given of, which the session would track again."""
        return {
            place: {kind: dict(outputs) for kind, outputs in self._session.output_dict_per_obj[place].items()}
            for object_id, place in self._session._obj_id_to_idx.items()
            if object_id not in masks
        }

    def _planes(self) -> torch.Tensor:
        """(1, C, h, w) features of this frame."""
        features = self._session.cache.get_vision_features(self._time)["vision_feats"][-1]  # (h * w, 1, C)
        side = round(features.shape[0] ** 0.5)
        planes: torch.Tensor = features[:, 0].T.reshape(1, -1, side, side)
        return planes

    def _restore(self, outputs: Mapping[int, Any]) -> None:
        """Make a session of these objects and what is remembered of each."""
        session = self._session
        session.reset_tracking_data()
        session._obj_id_to_idx, session._obj_idx_to_id = OrderedDict(), OrderedDict()
        for object_id, own in outputs.items():
            session.output_dict_per_obj[session.obj_id_to_idx(object_id)] = own
