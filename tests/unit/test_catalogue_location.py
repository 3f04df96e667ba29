"""The URL of a catalogue: what is one, what may be shown of it, and how far it may go without TLS."""

import traceback

import pytest

from groundside.errors import BadSetting, Refused
from groundside.keep.location import parse, place, refuse_open_network, shown

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://gs:{SECRET}@db.example:5433/fleet",
        f"postgres://gs:{SECRET}@db.example:5433/fleet",
        f"postgresql+psycopg://gs:{SECRET}@db.example:5433/fleet",
        f"postgresql://gs@db.example:5433/fleet?password={SECRET}",
        f"postgresql://gs@db.example:5433/fleet?sslpassword={SECRET}&sslkey=/{SECRET}&passfile=/{SECRET}",
    ],
)
def test_a_url_is_shown_without_passwords_wherever_they_stand(text: str):
    url = parse(text)
    assert url.drivername == "postgresql+psycopg"
    for told in (shown(url), place(url), repr(url)) if "?" not in text else (shown(url), place(url)):
        assert SECRET not in told
        assert "gs" in told
        assert "db.example:5433/fleet" in told
    assert place(url) == "postgresql://gs@db.example:5433/fleet"


def test_a_socket_is_shown_with_its_folder():
    url = parse("postgresql://gs@/fleet?host=/run/postgresql&application_name=x")
    assert place(url) == "postgresql://gs@/fleet?host=/run/postgresql"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"postgresql:{SECRET}",
        f"postgresql://gs:{SECRET}@db.example:port/fleet",
        f"postgresql://gs:{SECRET}@db.example/",
        f"postgresql+psycopg2://gs:{SECRET}@db.example/fleet",
        f"mysql://gs:{SECRET}@db.example/fleet",
        f"sqlite:///{SECRET}",
    ],
)
def test_what_is_no_url_of_a_postgresql_database_is_refused_without_being_repeated(text: str):
    with pytest.raises(BadSetting, match="'catalogue'") as caught:
        parse(text)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert "postgresql://" in caught.value.try_this


HERE = [
    "postgresql://gs@/fleet",
    "postgresql://gs@/fleet?host=/run/postgresql",
    "postgresql://gs@/fleet?host=@abstract",
    "postgresql://gs@localhost/fleet",
    "postgresql://gs@127.0.0.1/fleet",
    "postgresql://gs@[::1]/fleet",
    "postgresql://gs@db.example/fleet?hostaddr=127.0.0.1",
    "postgresql://gs@/fleet?host=localhost,127.0.0.1",
]
ELSEWHERE = [
    "postgresql://gs@db.example/fleet",
    "postgresql://gs@192.0.2.7/fleet",
    "postgresql://gs@localhost.example/fleet",
    "postgresql://gs@localhost/fleet?hostaddr=192.0.2.7",
    "postgresql://gs@/fleet?host=localhost,db.example",
    "postgresql://gs@/fleet?host=db.example,db.example&hostaddr=127.0.0.1,",
    "postgresql://gs@0.0.0.0/fleet",
]


def with_mode(text: str, mode: str) -> str:
    return f"{text}{'&' if '?' in text else '?'}sslmode={mode}"


@pytest.mark.parametrize("text", HERE)
def test_on_this_machine_nothing_is_asked_of_the_network(text: str):
    refuse_open_network(parse(text), {"sslmode": "prefer"})


@pytest.mark.parametrize("text", ELSEWHERE)
def test_beyond_this_machine_tls_must_be_asked_for_and_the_message_says_how(text: str):
    for silent in (text, with_mode(text, "prefer"), with_mode(text, "allow")):
        with pytest.raises(Refused, match="another machine") as caught:
            refuse_open_network(parse(silent), {"sslmode": "prefer"})
        assert "sslmode=verify-full" in caught.value.try_this
    for said in ("verify-full", "verify-ca", "require", "disable"):
        refuse_open_network(parse(with_mode(text, said)), {"sslmode": "prefer"})


def test_what_the_environment_says_counts_where_it_makes_the_network_wider_or_tls_stricter():
    silent = parse("postgresql://gs@/fleet")
    for default in ({"host": "db.example"}, {"hostaddr": "192.0.2.7"}, {"host": "db.example", "sslmode": "disable"}):
        with pytest.raises(Refused):
            refuse_open_network(silent, default)
    refuse_open_network(silent, {"host": "db.example", "sslmode": "verify-full"})
    refuse_open_network(parse("postgresql://gs@localhost/fleet"), {"host": "db.example"})


def test_a_service_file_that_hides_the_host_is_refused():
    with pytest.raises(BadSetting, match="service"):
        refuse_open_network(parse("postgresql://gs@/fleet?service=far"), {})
