"""Random numbers that do not depend on what was asked before: a stream of its own for each question."""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Small = NDArray[np.int8]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def dice(seed: int, question: str, *more: int) -> np.random.Generator:
    """The generator of one question: the same seed, question and numbers give the same draws, whatever was drawn elsewhere."""
    keys = [seed, crc32(question.encode()), *more]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([key & 0xFFFFFFFF for key in keys])))


def shared_out(total: int, weights: NDArray[np.floating]) -> NDArray[np.int64]:
    """``total`` units shared out by weight, largest remainders first; they sum to ``total``."""
    exact = np.asarray(weights, float) / np.sum(weights) * total
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """start, start + 1, … for each range, one after the other."""
    ends = np.cumsum(lengths)
    if not len(ends) or not ends[-1]:
        return np.empty(0, np.int64)
    found: NDArray[np.int64] = np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
    return found
