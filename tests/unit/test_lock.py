"""The lock holds all that the package asks for, for whoever installs from it without looking for more."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY


def test_the_lock_holds_every_requirement_in_a_version_that_is_asked_for():
    lock = (REPOSITORY / "requirements.lock").read_text()
    locked = {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.M)}
    told = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    lists = [told["project"]["dependencies"], *told["project"]["optional-dependencies"].values()]
    asked = [
        Requirement(each) for each in (*told["build-system"]["requires"], *(one for each in lists for one in each))
    ]
    assert len(asked) > 50
    wanted = [each for each in asked if each.marker is None or each.marker.evaluate()]
    missing = [each.name for each in wanted if canonicalize_name(each.name) not in locked]
    assert missing == []
    assert [
        str(each)
        for each in wanted
        if not each.specifier.contains(locked[canonicalize_name(each.name)], prereleases=True)
    ] == []
