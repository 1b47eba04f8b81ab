import unicodedata

import pytest

from track_anything.names import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left hand-2.b_c", "left hand-2.b_c"),
        ('a/b\\c:d*?"<>|\n', "a_b_c_d_______"),
        ("röte Kugel 犬", "röte Kugel 犬"),
        (unicodedata.normalize("NFD", "ö"), unicodedata.normalize("NFD", "ö")),
        ("हिन्दी", "हिन्दी"),
        ("🐕", "_"),
    ],
)
def test_words_of_any_script_stay_and_all_else_is_replaced(text: str, expected: str) -> None:
    assert plain(text) == expected
