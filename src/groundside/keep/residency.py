"""In which country things lie, as the owner declares it, and the rule that forbids others."""

from __future__ import annotations

import re

from groundside.errors import BadSetting, Refused
from groundside.settings import Settings

_COUNTRY = re.compile(r"[A-Z]{2}")


def refuse_abroad(settings: Settings, *, cluster: bool = False) -> None:
    """
    Refuse to go on where anything that is kept would lie in a country that the setting `residency` does not name.

    What counts is what the owner declares; nothing here measures where a server stands.

    Args:
        cluster: files are about to be sent to the workers of a cluster, which then count too.

    Raises:
        Refused: a place lies elsewhere, or its country is not said.
        BadSetting: a country is not two capital letters.
    """
    places = _places(settings, cluster=cluster)
    for name, country in [("residency", each) for each in settings.residency] + places:
        if country is not None and not _COUNTRY.fullmatch(country):
            what = f"The setting {name!r} says {country[:20]!r}, which is no country."
            raise BadSetting(what, try_this="write two capital letters of ISO 3166-1, like DE")
    for name, country in places if settings.residency else []:
        if country not in settings.residency:
            _refuse(name, country, settings)


def _places(settings: Settings, *, cluster: bool) -> list[tuple[str, str | None]]:
    if cluster:
        return [("workers_country", settings.workers_country)]
    found = [("archive_country", settings.archive_country)]
    if settings.catalogue:
        found.append(("catalogue_country", settings.catalogue_country))
    if settings.storage:
        found.append(("storage_country", settings.storage_country))
    return found


def _refuse(name: str, country: str | None, settings: Settings) -> None:
    rule = ", ".join(settings.residency)
    place = name.removesuffix("_country")
    if country is None:
        what = f"Nobody said in which country the {place} is, and the setting 'residency' allows only {rule}."
        raise Refused(what, try_this=f'{name} = "{settings.residency[0]}" in the settings file, if that is so')
    what = f"The {place} is in {country}, and the setting 'residency' allows only {rule}."
    raise Refused(what, try_this=f"name a place in {rule}, or add {country} to residency (docs/how-to/outbound.md)")
