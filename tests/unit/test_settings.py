"""Settings: a file, then the environment; an unknown name is refused."""

from pathlib import Path

import pytest

from groundside.errors import BadSetting
from groundside.settings import Settings, load


def test_without_file_or_environment_the_defaults_hold(tmp_path: Path):
    assert load({}, tmp_path) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text('port = 9000\nwatch_seconds = 5\narchive = "/a"\n')
    found = load({"GROUNDSIDE_CONFIG": str(config), "GROUNDSIDE_PORT": "9001"}, tmp_path)
    assert (found.port, found.watch_seconds, found.archive) == (9001, 5.0, Path("/a"))


def test_the_file_in_the_home_folder_is_read_without_being_named(tmp_path: Path):
    folder = tmp_path / ".config" / "groundside"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("max_file_bytes = 12\n")
    assert load({}, tmp_path).max_file_bytes == 12


def test_an_unknown_name_is_refused_with_the_nearest_spelling(tmp_path: Path):
    with pytest.raises(BadSetting, match=r"no setting 'max_file_byte' .*GROUNDSIDE_MAX_FILE_BYTE") as caught:
        load({"GROUNDSIDE_MAX_FILE_BYTE": "1"}, tmp_path)
    assert "'max_file_bytes'" in caught.value.try_this


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_an_impossible_value_is_refused_and_named(value: str, tmp_path: Path):
    with pytest.raises(BadSetting, match="'port'"):
        load({"GROUNDSIDE_PORT": value}, tmp_path)


def test_the_url_of_a_catalogue_is_text_and_never_shown(tmp_path: Path):
    found = load({"GROUNDSIDE_CATALOGUE": "postgresql://gs:hunter2@db/fleet"}, tmp_path)
    assert found.catalogue == "postgresql://gs:hunter2@db/fleet"
    assert "hunter2" not in repr(found)
    config = tmp_path / "settings.toml"
    for wrong in ('[catalogue]\npassword = "hunter2"', 'catalogue = ["hunter2"]', "catalogue = 5"):
        config.write_text(wrong)
        with pytest.raises(BadSetting, match="'catalogue'") as caught:
            load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql://gs:hunter2@db/fleet", True),
        ("postgresql://gs:hun@ter@db/fleet", True),
        ("postgresql://gs@db/fleet?password=hunter2", True),
        ("postgresql://gs@db/fleet?sslmode=verify-full&sslpassword=hunter2", True),
        ("postgresql://gs@db:5432/fleet?host=/a:b@c", False),
        ("postgresql://gs@/fleet?host=/run/postgresql", False),
    ],
)
def test_a_url_with_a_password_is_a_secret_too(url: str, secret: bool, tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text(f'catalogue = "{url}"\n')
    config.chmod(0o644)
    if not secret:
        assert load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path).catalogue == url
        return
    with pytest.raises(BadSetting, match="others than its owner") as caught:
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)
    assert "hun" not in str(caught.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text("port: 1")
    with pytest.raises(BadSetting, match="cannot be read"):
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)


def test_a_secret_is_taken_from_a_file_only_where_nobody_else_can_read_that(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text('storage_secret = "hush"\n')
    config.chmod(0o640)
    with pytest.raises(BadSetting, match="others than its owner") as caught:
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)
    assert "chmod 600" in caught.value.try_this
    config.chmod(0o600)
    found = load({"GROUNDSIDE_CONFIG": str(config), "GROUNDSIDE_STORAGE_KEY_ID": "me"}, tmp_path)
    assert (found.storage_secret, found.storage_key_id) == ("hush", "me")
    assert "hush" not in repr(found)


def test_a_secret_of_the_wrong_kind_is_refused_without_being_shown(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.touch(0o600)
    config.write_text("storage_secret = 4711\n")
    with pytest.raises(BadSetting, match="'storage_secret'") as caught:
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(("text", "is_set"), [("true", True), ("YES", True), ("1", True), ("no", False), ("0", False)])
def test_yes_or_no_is_understood_as_people_write_it(text: str, is_set: bool, tmp_path: Path):
    assert load({"GROUNDSIDE_STORAGE_PLAIN_HTTP": text}, tmp_path).storage_plain_http is is_set


def test_what_is_neither_yes_nor_no_is_refused(tmp_path: Path):
    with pytest.raises(BadSetting, match="'storage_plain_http'"):
        load({"GROUNDSIDE_STORAGE_PLAIN_HTTP": "maybe"}, tmp_path)


def test_every_setting_is_documented():
    reference = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    text = reference.read_text()
    assert [name for name in Settings.__dataclass_fields__ if f"`{name}`" not in text] == []
