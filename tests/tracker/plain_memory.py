"""XMem's memory in its plainest form, to compare the bank with: whole tensors, concatenated at every turn.

It follows the published rules, late groups included (the values of a late group are the last columns of the
keys, whatever was removed in between), and shares no code with ``tracker``. Grid axes are flat.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor


def similarity(key: Tensor, shrinkage: Tensor, query: Tensor, selection: Tensor) -> Tensor:
    """(N, Q) of key (CK, N), shrinkage (N,), query and selection (CK, Q), term by term."""
    difference = key[:, :, None] - query[:, None, :]  # (CK, N, Q)
    distance = (selection[:, None, :] * difference**2).sum(0)
    return -distance * shrinkage[:, None] / math.sqrt(key.shape[0])


def softmax(scores: Tensor, top_k: int | None = None) -> Tensor:
    """(N, Q) weights over N; all but the strongest ``top_k`` are 0."""
    if top_k is not None and top_k < scores.shape[0]:
        weakest = scores.topk(top_k, dim=0).values[-1]
        scores = scores.masked_fill(scores < weakest, -torch.inf)
    return scores.softmax(0)


@dataclass
class Columns:
    """Keys with their properties, and the values of each group as the last columns."""

    key: Tensor
    shrinkage: Tensor
    selection: Tensor
    use: Tensor
    life: Tensor
    values: list[Tensor] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.key.shape[1]

    def select(self, chosen: Tensor) -> None:
        self.key, self.shrinkage = self.key[:, chosen], self.shrinkage[chosen]
        self.selection = self.selection[:, chosen]
        self.use, self.life = self.use[chosen], self.life[chosen]

    def extend(self, key: Tensor, shrinkage: Tensor, selection: Tensor) -> None:
        self.key = torch.cat((self.key, key), 1)
        self.shrinkage = torch.cat((self.shrinkage, shrinkage))
        self.selection = torch.cat((self.selection, selection), 1)
        self.use = torch.cat((self.use, torch.zeros(key.shape[1])))
        self.life = torch.cat((self.life, torch.full((key.shape[1],), 1e-7)))


def _empty(channels: int) -> Columns:
    return Columns(
        torch.zeros(channels, 0), torch.zeros(0), torch.zeros(channels, 0), torch.zeros(0), torch.zeros(0)
    )


class PlainMemory:
    """Working and long-term memory; groups are numbered in the order of their arrival."""

    def __init__(self, *, channels, cells, top_k, min_frames, max_frames, prototypes, max_long) -> None:
        self.cells, self.top_k = cells, top_k
        self.min_size, self.max_size = min_frames * cells, max_frames * cells
        self.prototypes, self.max_long = prototypes, max_long
        self.work, self.long = _empty(channels), _empty(channels)

    def read(self, query: Tensor, selection: Tensor) -> list[Tensor]:
        """Per group (K, CV, Q)."""
        work, long = self.work, self.long
        scores = similarity(
            torch.cat((long.key, work.key), 1), torch.cat((long.shrinkage, work.shrinkage)), query, selection
        )
        readouts = []
        for number, values in enumerate(work.values):
            rows = scores[-values.shape[-1] :]
            if number < len(long.values):
                old = long.values[number]
                rows = torch.cat((scores[long.size - old.shape[-1] : long.size], rows))
                values = torch.cat((old, values), -1)
            weights = softmax(rows, self.top_k)
            readouts.append(values @ weights)
            if number == 0:
                use = weights.sum(1)
                long.use, long.life = long.use + use[: long.size], long.life + 1
                work.use, work.life = work.use + use[long.size :], work.life + 1
        return readouts

    def write(self, key: Tensor, shrinkage: Tensor, selection: Tensor, values: list[Tensor]) -> None:
        """Values per group (K, CV, cells); one more than before = a group arrives."""
        self.work.extend(key, shrinkage, selection)
        known = len(self.work.values)
        joined = [torch.cat(pair, -1) for pair in zip(self.work.values, values[:known], strict=True)]
        self.work.values = joined + values[known:]
        if self.work.size >= self.max_size:
            self._evict()
            self._consolidate()

    def _evict(self) -> None:
        excess = self.long.size - (self.max_long - self.prototypes)
        if excess <= 0:
            return
        usage = self.long.use / self.long.life
        stays = usage > usage.sort().values[excess - 1]
        self.long.select(stays)
        self.long.values = [values[..., stays[-values.shape[-1] :]] for values in self.long.values]

    def _consolidate(self) -> None:
        work, cells = self.work, self.cells
        stop = work.size - self.min_size + cells
        candidates = torch.arange(cells, stop)
        values = [
            own[..., cells : own.shape[-1] - self.min_size + cells]
            if own.shape[-1] == work.size or own.shape[-1] > self.min_size + cells
            else None
            for own in work.values
        ]
        chosen = (work.use / work.life)[candidates].topk(self.prototypes).indices
        chosen = chosen.sort().values  # or those that a late group holds would not be its last columns
        key, shrinkage = work.key[:, candidates], work.shrinkage[candidates]
        scores = similarity(key, shrinkage, key[:, chosen], work.selection[:, candidates][:, chosen])
        self.long.extend(key[:, chosen], shrinkage @ softmax(scores), torch.zeros_like(key[:, chosen]))
        for number, own in enumerate(values):
            if own is None:
                continue
            first_valid = len(candidates) - own.shape[-1]
            weights = softmax(scores[first_valid:, chosen >= first_valid])
            if not weights.shape[1]:
                continue
            old = self.long.values[number : number + 1]
            self.long.values[number : number + 1] = [torch.cat((*old, own @ weights), -1)]

        stays = torch.ones(work.size, dtype=torch.bool)
        stays[candidates] = False
        work.select(stays)
        work.values = [
            torch.cat((own[..., :cells], own[..., own.shape[-1] - self.min_size + cells :]), -1)
            if own.shape[-1] >= self.min_size + cells
            else own
            for own in work.values
        ]
