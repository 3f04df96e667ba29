"""Ctrl-C during long work."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from groundside.model.progress import Step
from groundside.see.cli.progress import shown_progress


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    """A job in the background starts with SIGINT ignored; Python installs its handler in a terminal only."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_python_lost_in_a_finaliser_ends_the_work_at_the_next_step():
    with pytest.raises(KeyboardInterrupt), shown_progress() as progress:
        with suppress(KeyboardInterrupt):  # as Python does while it runs the finaliser of an object
            signal.raise_signal(signal.SIGINT)
        progress(Step(0, 1, 0, 1, "a"))


def test_after_the_work_ctrl_c_is_what_it_was_before():
    with shown_progress() as progress:
        progress(Step(0, 1, 0, 1, "a"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_whoever_handles_ctrl_c_otherwise_goes_on_to():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with shown_progress() as progress:
        progress(Step(0, 1, 0, 1, "a"))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
