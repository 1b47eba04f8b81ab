"""MurmurHash3 for 32 bits (Austin Appleby, public domain), by which Cryptomatte turns names into ids."""

_C1, _C2 = 0xCC9E2D51, 0x1B873593
_WHOLE = 0xFFFFFFFF


def murmur3_32(data: bytes, seed: int = 0) -> int:
    """The hash, 0 to 2^32 - 1."""
    state = seed
    whole = len(data) // 4 * 4
    for place in range(0, whole, 4):
        state ^= _scrambled(int.from_bytes(data[place : place + 4], "little"))
        state = (_rotated(state, 13) * 5 + 0xE6546B64) & _WHOLE
    if tail := data[whole:]:
        state ^= _scrambled(int.from_bytes(tail, "little"))
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & _WHOLE
    state = (state ^ state >> 13) * 0xC2B2AE35 & _WHOLE
    return state ^ state >> 16


def _scrambled(block: int) -> int:
    return _rotated(block * _C1 & _WHOLE, 15) * _C2 & _WHOLE


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _WHOLE
