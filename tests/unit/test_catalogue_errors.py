"""What PostgreSQL says is told as errors that a person can act on."""

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from groundside.errors import BadSetting, Conflict, GroundsideError, NoSpace, Tampered, Unreachable
from groundside.keep.postgres import database_errors


class OperationalError(Exception):
    """As psycopg's, with what matters of it."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


class ProgrammingError(OperationalError):
    """As psycopg's."""


def told(error: Exception, **more: bool) -> GroundsideError:
    with pytest.raises(GroundsideError) as caught, database_errors():
        raise DBAPIError("SELECT 1", {}, error, **more)  # type: ignore[arg-type]
    assert caught.value.try_this
    return caught.value


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", NoSpace),
        ("53300", Conflict),
        ("55P03", Conflict),
        ("40P01", Conflict),
        ("40001", Conflict),
        ("57014", Conflict),
        ("57P01", Unreachable),
        ("08006", Unreachable),
        ("42501", Unreachable),
        ("25006", Unreachable),
        ("58030", Unreachable),
        ("XX000", Unreachable),
        ("XX001", Tampered),
        ("42P01", Tampered),
    ],
)
def test_each_state_has_its_error(state: str, kind: type[GroundsideError]):
    assert type(told(OperationalError("reason", state))) is kind


def test_a_connection_that_broke_may_have_done_its_work():
    found = told(OperationalError("server closed the connection unexpectedly"), connection_invalidated=True)
    assert isinstance(found, Unreachable)
    assert "may or may not" in found.what


def test_the_reason_is_told_without_paths():
    text = 'connection to server on socket "/run/x/.s.PGSQL.5432" failed: FATAL:  no room for "/var/lib/x/y.crt".\nMore'
    found = told(OperationalError(text))
    assert 'no room for "y.crt".' in found.what
    assert "/" not in found.what
    assert "More" not in found.what


def test_an_option_that_there_is_not_is_a_bad_setting():
    assert isinstance(told(ProgrammingError('invalid connection option "foo"\n')), BadSetting)


def test_waiting_for_a_connection_in_vain_is_a_conflict():
    with pytest.raises(Conflict), database_errors():
        raise PoolTimeout("QueuePool limit")


def test_a_defect_of_ours_passes_through():
    for defect in (IntegrityError("INSERT", {}, OperationalError("twice", "23505")), ValueError("no")):
        with pytest.raises(type(defect)), database_errors():
            raise defect
