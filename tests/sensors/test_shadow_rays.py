"""Shadow rays that are left out are those whose answer the neighbours know."""

# mypy: allow-untyped-calls

import numpy as np

from renderers.kernels.shadow_rays import (
    BLOCKED,
    FREE,
    IDLE,
    MIXED,
    UNASKED,
    choose_scouts,
    count_questions,
    dim_faint,
    doubt,
    judge,
    list_questions,
    settle,
    unasked,
)
from renderers.shadows import HALVES, SCOUTS

ONE = np.zeros((1, 2), np.int64)
QUESTION = np.zeros(1, np.int32)


def left_to_ask(
    answers: np.ndarray, range_m: np.ndarray | None = None, placement: np.ndarray | None = None
) -> list[int]:
    """What `settle` leaves of one tile's lanes; it answers the others in place."""
    rays = np.empty(64, np.int32)
    far = np.full(64, 10.0, np.float32) if range_m is None else range_m
    things = np.zeros(64, np.int32) if placement is None else placement
    count = settle(QUESTION, ONE, far, things, answers, rays)
    return sorted(rays[:count].tolist())


def every_other(shadow: np.ndarray) -> np.ndarray:
    """(64,) answers where every other lane has been asked about `shadow` (8, 8)."""
    rays = np.empty(64, np.int32)
    answers = np.zeros(64, np.uint8)
    count = unasked(QUESTION, answers, True, rays)
    assert count == 32
    answers[rays[:count]] = np.where(shadow.reshape(-1)[rays[:count]], BLOCKED, FREE)
    return answers


def test_only_lanes_at_the_edge_of_a_shadow_are_asked_in_the_end() -> None:
    column = np.arange(64) % 8
    shadow = (column >= 3).reshape(8, 8)
    answers = every_other(shadow)
    asked = left_to_ask(answers)
    assert set(column[asked]) == {2, 3}
    told = np.delete(np.arange(64), asked)
    assert (answers[told] == np.where(shadow.reshape(-1)[told], BLOCKED, FREE)).all()


def test_the_shadow_of_a_wire_one_pixel_wide_is_kept() -> None:
    for wire in (np.arange(64) % 8 == 4, np.arange(64) // 8 == 2):
        answers = every_other(wire.reshape(8, 8))
        asked = left_to_ask(answers)
        told = np.delete(np.arange(64), asked)
        assert (answers[told] == np.where(wire[told], BLOCKED, FREE)).all()


def test_a_thing_before_others_is_asked_for_itself() -> None:
    answers = every_other(np.zeros((8, 8), bool))
    assert left_to_ask(answers.copy()) == []
    odd = int(np.flatnonzero(answers == UNASKED)[12])
    placement, range_m = np.zeros(64, np.int32), np.full(64, 10.0, np.float32)
    placement[odd] = 7
    assert left_to_ask(answers.copy(), placement=placement) == [odd]
    range_m[odd] = 9.0
    assert left_to_ask(answers.copy(), range_m=range_m) == [odd]


def test_scouts_that_disagree_with_the_next_tile_call_the_others() -> None:
    # Two rows of three tiles, each with two lights; the shadow of light 5 covers the right column.
    asked = np.array([(tile, rank) for tile in range(6) for rank in range(2)])
    lights = np.array([[5, 8], [8, 5], [5, 8], [5, 8], [5, 8], [5, 8]], np.int16)
    answers = np.full((12, 64), UNASKED, np.uint8)
    answers[:, HALVES[0]] = FREE
    for q, (tile, rank) in enumerate(asked):
        if lights[tile, rank] == 5 and tile % 3 == 2:
            answers[q, HALVES[0]] = BLOCKED
    answers[0, HALVES[0]] = IDLE  # light 5 of the first tile: nothing to ask yet
    state = np.zeros((6, 2), np.uint8)
    judge(np.arange(12, dtype=np.int32), asked, answers.reshape(-1), state)
    assert (state[2, 0], state[5, 0], state[0, 0], state[1, 0]) == (BLOCKED, BLOCKED, IDLE, FREE)
    doubtful = np.empty(12, np.bool_)
    doubt(0, 12, asked, state, lights, 3, doubtful)
    called = {(int(tile), int(lights[tile, rank])) for tile, rank in asked[doubtful]}
    assert called == {(0, 5), (1, 5), (2, 5), (4, 5), (5, 5)}
    answers[3, HALVES[1][0]] = BLOCKED
    judge(np.arange(12, dtype=np.int32), asked, answers.reshape(-1), state)
    assert state[1, 1] == MIXED


def test_both_halves_of_the_scouts_are_one_in_each_row_and_column() -> None:
    assert sorted(HALVES.reshape(-1).tolist()) == sorted(SCOUTS.tolist())
    assert sorted((SCOUTS // 8).tolist()) == sorted((SCOUTS % 8).tolist()) == list(range(8))


def test_faint_lamps_are_dimmed_by_what_the_tiles_around_see_of_them() -> None:
    rng = np.random.default_rng(7)
    down, across, ranks = 6, 7, 4
    chosen = np.array([rng.permutation(ranks + 1)[:ranks] for _ in range(down * across)], np.int16)
    chosen[:, -1] = -1
    sharp = rng.integers(0, 2, down * across).astype(np.uint8)
    answers = rng.choice(np.array([UNASKED, FREE, BLOCKED, IDLE], np.uint8), chosen.shape)
    dim = np.zeros(chosen.shape, np.float32)
    dim_faint(0, len(chosen), chosen, sharp, answers, int(chosen.max()) + 1, across, dim)
    for tile, rank in np.ndindex(*chosen.shape):
        y, x = divmod(tile, across)
        heard = [
            answers[v * across + u, q]
            for v in range(max(y - 1, 0), min(y + 2, down))
            for u in range(max(x - 1, 0), min(x + 2, across))
            for q in range(ranks)
            if (u + v) % 2 == 0 and chosen[v * across + u, q] == chosen[tile, rank]
        ]
        free, blocked = heard.count(FREE), heard.count(BLOCKED)
        asked = chosen[tile, rank] >= 0 and rank >= sharp[tile] and free + blocked > 0
        np.testing.assert_allclose(dim[tile, rank], free / (free + blocked) if asked else 1.0, rtol=1e-6)


def test_questions_of_a_lamp_stand_together_within_their_block_of_tiles() -> None:
    rng = np.random.default_rng(4)
    tiles, ranks, lamps, block = 300, 12, 40, 128
    chosen = np.full((tiles, ranks), -1, np.int16)
    for row in chosen:
        count = int(rng.integers(0, ranks + 1))
        row[:count] = rng.permutation(lamps)[:count]
    sharp = np.minimum((chosen >= 0).sum(axis=1), rng.integers(0, 6, tiles)).astype(np.uint8)
    across = 23
    counts = np.full((3, 3), -1)
    for start, stop in ((0, 2 * block), (2 * block, tiles)):
        count_questions(start, stop, block, chosen, sharp, across, counts)
    assert counts[:, 2].sum() == (chosen >= 0).sum()
    white = (np.arange(tiles) // across + np.arange(tiles) % across) % 2 == 0
    by_lamp = (np.arange(tiles) // block * lamps)[:, None] + chosen
    for strong in (0, 1):
        which = (np.arange(ranks) < sharp[:, None]) == bool(strong)
        if not strong:  # of fainter lamps every other tile asks, as on a chess board
            which &= white[:, None]
        tile, rank = np.nonzero(which & (chosen >= 0))
        order = np.argsort(by_lamp[tile, rank], kind="stable")
        listed = np.full((len(order), 2), -1)
        first = np.cumsum(counts[:, 1 - strong]) - counts[:, 1 - strong]
        list_questions(0, 3, block, chosen, sharp, strong, lamps, across, first, listed)
        assert (listed == np.stack([tile[order], rank[order]], axis=-1)).all()


def test_tiles_take_turns_with_their_scouts() -> None:
    asked = np.stack([np.arange(12), np.zeros(12, int)], axis=-1)
    questions = np.array([0, 1, 5, 11], np.int32)
    rays = np.empty((2, 4, 4), np.int32)
    for other in (0, 1):
        choose_scouts(questions, asked, 3, HALVES, other, rays[other].reshape(-1))
    odd = (questions // 3 + questions % 3) % 2
    assert (rays[0] == questions[:, None] * 64 + HALVES[odd]).all()
    assert (rays[1] == questions[:, None] * 64 + HALVES[1 - odd]).all()
