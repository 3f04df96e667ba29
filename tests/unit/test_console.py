"""Tables for people: on a narrow terminal long text is shortened, and nothing that the next command needs."""

from groundside.see.cli.console import GAP, SHORTEST, _widths

HEADS = ["id", "place", "airborne"]


def test_what_fits_is_given_its_natural_width():
    assert _widths(HEADS, [8, 40, 8], 200) == [8, 40, 8]


def test_only_columns_of_long_text_give_way():
    widths = _widths(HEADS, [8, 60, 8], 60)
    assert (widths[0], widths[2]) == (8, 8)
    assert sum(widths) + 2 * GAP == 60


def test_long_text_keeps_enough_to_be_told_apart_even_where_the_terminal_is_too_narrow():
    assert _widths(HEADS, [8, 60, 8], 10) == [8, SHORTEST, 8]


def test_short_text_is_never_made_wider():
    assert _widths(HEADS, [8, 5, 8], 10) == [8, 5, 8]
