"""Whatever the segmenter says: a click only adds, or only takes, and it is obeyed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.project.clean_up import without_specks
from track_anything.prompting.correction import Correction
from track_anything.types import Mask

SIZE = (14, 18)
IMAGE = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)

masks = arrays.arrays(np.bool_, SIZE)
pixels = st.tuples(st.integers(0, SIZE[1] - 1), st.integers(0, SIZE[0] - 1))
clicks = st.lists(st.tuples(pixels, st.booleans()), min_size=1, max_size=4)


def correction(mask: Mask, said: list[tuple[tuple[int, int], bool]], others: Mask) -> Correction:
    points = np.array([point for point, _ in said], np.float32)
    labels = np.array([label for _, label in said], np.int64)
    return Correction(IMAGE, mask, np.where(mask, 0.8, 0.2).astype(np.float32), points, labels, others)


def answering(answers: list[Mask], prompts: list[Prompt] | None = None):
    def ask(prompt: Prompt) -> Candidates:
        if prompts is not None:
            prompts.append(prompt)
        found = np.stack(answers if prompt.is_ambiguous else answers[:1])
        scores = np.linspace(0.9, 0.7, len(found)).astype(np.float32)
        return Candidates(found, scores, scores, np.zeros((len(found), 256, 256), np.float32))

    return ask


@settings(max_examples=150, deadline=None)
@given(masks, masks, clicks, st.lists(masks, min_size=3, max_size=3))
def test_answers_are_held_to_the_mask(
    mask: Mask, held: Mask, said: list[tuple[tuple[int, int], bool]], answers: list[Mask]
) -> None:
    others = held & ~mask
    mended = correction(mask, said, others)
    row, column = mended.pixel
    may_be_clicked = not (mended.is_adding and others[row, column])
    found = mended.answers(answering(answers))
    spots = np.zeros_like(mask)
    for (x, y), _ in said:
        spots[y, x] = True
    start = without_specks(mask, spots) & ~(others & ~mask)
    for place, one in enumerate(found.masks):
        assert not (one & others).any()
        if mended.is_adding and place > 0 and one[row, column] and may_be_clicked:
            whole = without_specks(answers[-1] & ~others, spots)  # the clicks alone, to be chosen
            if np.array_equal(one, whole):
                continue
        if mended.is_adding:
            assert may_be_clicked is False or one[row, column]
            assert not (start & ~one & without_specks(start | one, spots)).any()
        else:
            assert not one[row, column]
            assert not (one & ~start).any()
    assert found.best == 0
    again = correction(mask, said, others).answers(answering(answers))
    np.testing.assert_array_equal(found.masks, again.masks)


def test_what_is_trusted_goes_with_the_click() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:50, 10:50] = True
    prompts: list[Prompt] = []
    image = np.zeros((60, 80, 3), np.uint8)
    points, labels = np.array([[62, 30]], np.float32), np.ones(1, np.int64)
    mended = Correction(image, mask, mask * np.float32(0.9), points, labels, mask & False)
    mended.answers(answering([mask] * 3, prompts))
    about_the_mask = [prompt for prompt in prompts if prompt.logits is not None]
    assert len(about_the_mask) == len(prompts) - 1  # one asks what the clicks mean by themselves
    for prompt in about_the_mask:
        assert prompt.logits is not None
        assert prompt.logits.max() > 0
        assert prompt.box is not None
        assert prompt.box[0] <= 10
        assert prompt.box[2] > 62  # it is widened to the click
        *implied, own = prompt.points.tolist()
        assert own == [62, 30]
        assert all(mask[int(y), int(x)] for x, y in implied)
        assert len(implied) > 0
    assert any(prompt.wants_all for prompt in prompts)


def test_an_answer_that_loses_what_is_trusted_is_not_believed() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:50, 10:50] = True
    patch = np.zeros_like(mask)
    patch[10:20, 42:50] = True
    image = np.zeros((60, 80, 3), np.uint8)
    image[mask] = 120
    image[patch] = 250
    points, labels = np.array([[46, 15]], np.float32), np.zeros(1, np.int64)
    sure = np.where(mask, 0.9, 0.1).astype(np.float32)
    mended = Correction(image, mask, sure, points, labels, mask & False)
    found = mended.answers(answering([patch] * 3))  # the segmenter has taken hold of the patch itself
    assert not found.masks[0][15, 46]
    assert np.count_nonzero(mask & ~patch & ~found.masks[0]) < 10


def test_a_click_far_from_a_mask_that_holds_a_part_is_not_confined_to_its_box() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:20, 10:20] = True
    prompts: list[Prompt] = []
    image = np.zeros((60, 80, 3), np.uint8)
    sure = np.where(mask, 0.9, 0.1).astype(np.float32)
    for x in (22, 60):
        mended = Correction(
            image, mask, sure, np.array([[x, 15]], np.float32), np.ones(1, np.int64), mask & False
        )
        mended.answers(answering([mask] * 3, prompts))
    about_the_mask = [prompt for prompt in prompts if prompt.logits is not None]
    assert [prompt.box is None for prompt in about_the_mask] == [False, False, True, True]


def test_what_the_tracker_was_surer_of_than_at_the_click_stays() -> None:
    """A beam over a gap: whoever clicks the beam does not mean what is seen through the gap."""
    hull, beam, gap = (np.zeros((120, 160), np.bool_) for _ in range(3))
    hull[70:100, 20:140] = True
    beam[30:34, 20:140] = True
    gap[34:70, 20:140] = True
    probability = np.where(hull, 0.98, np.where(beam, 0.4, 0.01)).astype(np.float32)
    image = np.zeros((120, 160, 3), np.uint8)
    points, labels = np.array([[80, 32]], np.float32), np.ones(1, np.int64)
    mended = Correction(image, hull, probability, points, labels, hull & False)
    found = mended.answers(answering([hull | beam | gap] * 3)).masks[0]
    assert found[beam].all()
    assert not found[gap].any()


def test_a_click_on_one_thing_takes_no_ropes_elsewhere() -> None:
    body, rope, wrong = (np.zeros((480, 640), np.bool_) for _ in range(3))
    body[200:400, 200:400] = True
    rope[20:200, 300:306] = True
    wrong[250:300, 400:450] = True
    mask = body | rope | wrong
    probability = np.where(body, 0.98, np.where(mask, 0.75, 0.02)).astype(np.float32)
    image = np.zeros((480, 640, 3), np.uint8)
    points, labels = np.array([[425, 275]], np.float32), np.zeros(1, np.int64)
    mended = Correction(image, mask, probability, points, labels, mask & False)
    found = mended.answers(answering([body] * 3)).masks[0]
    assert not found[wrong].any()
    assert found[rope].mean() > 0.9
    assert found[body].all()


def letting_go(
    mask: Mask, whole: Mask, *said: tuple[tuple[int, int], bool], held: Mask | None = None
) -> Mask:
    """The first answer where the segmenter clings to a mask and, without it, sees a whole."""
    image = np.zeros((*mask.shape, 3), np.uint8)
    points = np.array([point for point, _ in said], np.float32)
    labels = np.array([label for _, label in said], np.int64)
    sure = np.where(mask, 0.97, 0.02).astype(np.float32)

    def ask(prompt: Prompt) -> Candidates:
        return answering([whole if prompt.logits is None else mask if held is None else held] * 3)(prompt)

    return Correction(image, mask, sure, points, labels, mask & False).answers(ask).masks[0]


DANCER, SKIRT, TAIL, WALL = (np.zeros((120, 160), np.bool_) for _ in range(4))
DANCER[10:110, 60:100] = True
SKIRT[60:80, 60:100] = True
TAIL[20:40, 100:110] = True
WALL[:, 100:] = True


def test_a_mask_of_a_part_gives_way_to_the_whole_that_is_clicked() -> None:
    np.testing.assert_array_equal(letting_go(SKIRT, DANCER, ((80, 30), True)), DANCER)


def test_a_mask_beside_the_object_does_not_keep_the_click_from_it() -> None:
    beside = np.roll(SKIRT, 30, axis=1)
    np.testing.assert_array_equal(letting_go(beside, DANCER, ((70, 30), True)), DANCER | beside)


def test_a_mask_is_held_to_where_what_is_clicked_is_smaller_or_says_the_same() -> None:
    assert not (letting_go(DANCER, TAIL, ((106, 30), True)) & ~DANCER & ~TAIL).any()
    lower = DANCER & (np.arange(120) >= 60)[:, None]
    np.testing.assert_array_equal(letting_go(lower, DANCER | TAIL, ((80, 20), True), held=DANCER), DANCER)


def test_the_whole_counts_for_nothing_where_it_is_about_something_else() -> None:
    aside = letting_go(SKIRT, WALL, ((130, 30), True), held=SKIRT | TAIL | WALL & (np.arange(160) < 135))
    assert not (aside & WALL)[:, 140:].any()
    disobedient = letting_go(SKIRT, DANCER, ((80, 100), False), ((80, 30), True))
    assert not disobedient[100, 80]


def test_a_click_on_something_thin_reaches_no_farther_than_a_hand() -> None:
    """A rope that leads to a sail: whoever clicks the rope gets it, and not what hangs at its other end."""
    hull, rope, sail, stern = (np.zeros((480, 640), np.bool_) for _ in range(4))
    hull[300:400, 100:300] = True
    rope[200:300, 198:201] = True
    sail[100:200, 150:250] = True
    stern[340:380, 300:320] = True  # the answers agree on it, and the tracker was in doubt
    probability = np.where(hull, 0.98, np.where(stern, 0.4, 0.3)).astype(np.float32)
    image = np.zeros((480, 640, 3), np.uint8)
    points, labels = np.array([[199, 285]], np.float32), np.ones(1, np.int64)
    mended = Correction(image, hull, probability, points, labels, hull & False)
    found = mended.answers(answering([hull | rope | sail | stern] * 3)).masks[0]
    assert found[rope][-30 * 3 :].all()
    assert not found[sail].any()
    assert not found[stern].any()
    chosen = mended.answers(answering([hull | rope | sail | stern] * 3)).masks[1]
    assert chosen[sail].all()  # it is one of the others


def test_elsewhere_nothing_comes_of_which_the_tracker_was_fairly_sure_that_it_is_background() -> None:
    body, wrong, far = (np.zeros((480, 640), np.bool_) for _ in range(3))
    body[200:400, 200:400] = True
    wrong[200:300, 400:440] = True
    far[420:460, 220:380] = True
    image = np.zeros((480, 640, 3), np.uint8)
    points, labels = np.array([[420, 250]], np.float32), np.ones(1, np.int64)
    for doubt, comes in ((0.3, True), (0.13, False)):
        probability = np.where(body, 0.98, np.where(far, doubt, 0.05)).astype(np.float32)
        mended = Correction(image, body, probability, points, labels, body & False)
        found = mended.answers(answering([body | wrong | far] * 3)).masks[0]
        assert found[wrong].all()
        assert found[far].all() == comes
