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


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text("port: 1")
    with pytest.raises(BadSetting, match="cannot be read"):
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)


def test_every_setting_is_documented():
    reference = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    text = reference.read_text()
    assert [name for name in Settings.__dataclass_fields__ if f"`{name}`" not in text] == []
