"""Settings come from the environment alone, and a wrong one is said plainly."""

import pytest

from studio.errors import Invalid
from studio.settings import Settings


def test_nothing_set_means_a_studio_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({})
    assert settings.home == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/library.sqlite3"
    assert (settings.host, settings.port, settings.workers, settings.language) == ("127.0.0.1", 7860, 1, "en")


def test_everything_can_be_set(tmp_path):
    settings = Settings.read(
        {"STUDIO_HOME": str(tmp_path), "STUDIO_DATABASE_URL": "postgresql+psycopg:///x", "STUDIO_HOST": "::",
         "STUDIO_PORT": "7861", "STUDIO_WORKERS": "3", "LANG": "zh_CN.UTF-8"}
    )  # fmt: skip
    assert settings.database_url == "postgresql+psycopg:///x" and settings.home == tmp_path
    assert (settings.host, settings.port, settings.workers, settings.language) == ("::", 7861, 3, "zh")


def test_a_space_listens_to_the_world():
    assert Settings.read({"SPACE_ID": "someone/segue"}).host == "0.0.0.0"


@pytest.mark.parametrize("value", ["many", "-1", "0", "70000", "9" * 5000, "1.5", "0x10", " "])
def test_a_number_that_is_none(value):
    with pytest.raises(Invalid) as refused:
        Settings.read({"STUDIO_PORT": value})
    assert refused.value.code == "setting_refused"
