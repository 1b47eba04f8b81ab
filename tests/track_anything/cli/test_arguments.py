"""Words of the command line become prompts, frames and objects."""

import argparse
from pathlib import Path

import pytest

from track_anything.cli.arguments import (
    ObjectRequest,
    parse_box,
    parse_count,
    parse_point,
    parse_positive,
    parse_range,
    with_negative_values,
)
from track_anything.errors import InputError


def test_options_become_a_prompt() -> None:
    request = ObjectRequest()
    for option, value in [
        ("click", (3.0, 4.0)),
        ("frame", 7),
        ("negative", (1.0, 2.0)),
        ("box", (0.0, 0.0, 9.0, 9.0)),
        ("click", (5.0, 6.0)),
    ]:
        request = request.with_option(option, value)
    prompt = request.prompt()
    assert request.frame == 7
    assert prompt.points.tolist() == [[3, 4], [5, 6], [1, 2]]
    assert prompt.labels.tolist() == [1, 1, 0]
    assert prompt.box is not None
    assert prompt.box.tolist() == [0, 0, 9, 9]


def test_a_box_alone_is_a_prompt() -> None:
    prompt = ObjectRequest(box=(1, 2, 3, 4)).prompt()
    assert len(prompt.points) == 0


def test_a_mask_file_is_taken_in() -> None:
    assert ObjectRequest().with_option("mask", Path("mask.png")).mask == Path("mask.png")


@pytest.mark.parametrize("request_", [ObjectRequest(), ObjectRequest(negative=((1, 1),))])
def test_no_click_at_all_is_an_error(request_: ObjectRequest) -> None:
    with pytest.raises(InputError, match="no object was pointed at: give --click X,Y"):
        request_.prompt()


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "nan,1", "inf,2", "1;2"])
def test_points_that_are_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a click is X,Y in pixels"):
        parse_point(text)


def test_points_and_boxes() -> None:
    assert parse_point("12,34.5") == (12, 34.5)
    assert parse_box("1,2,3,4") == (1, 2, 3, 4)
    with pytest.raises(argparse.ArgumentTypeError, match="a box is X0,Y0,X1,Y1"):
        parse_box("1,2")


def test_a_range_of_frames_includes_both_ends() -> None:
    assert parse_range("10-20") == range(10, 21)
    assert list(parse_range("5-5")) == [5]


@pytest.mark.parametrize("text", ["", "5", "-5", "20-10", "a-b", "1-2-3", "1.5-2"])
def test_ranges_that_are_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="frames are FIRST-LAST, for example 10-200"):
        parse_range(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0", "1e9", "", "four", "1,2"])
def test_fault_33_a_limit_is_a_number_above_0(text: str) -> None:
    for parse in (parse_positive, parse_count):
        with pytest.raises(argparse.ArgumentTypeError, match="give"):
            parse(text)


def test_limits_are_numbers_and_counts_are_whole() -> None:
    assert parse_positive("0.5") == 0.5
    assert parse_count("8") == 8
    with pytest.raises(argparse.ArgumentTypeError, match="no whole number"):
        parse_count("2.5")


def test_a_click_left_of_the_picture_is_told_from_an_option() -> None:
    given = [
        "track",
        "x.mp4",
        "--click",
        "-5,10",
        "--box",
        "-1,-2,3,4",
        "--frame",
        "3",
        "--negative",
        "--mask",
    ]
    expected = ["track", "x.mp4", "--click=-5,10", "--box=-1,-2,3,4", "--frame", "3", "--negative", "--mask"]
    assert with_negative_values(given) == expected
