"""
Families of verbs, loaded when one of their verbs is first used: most processes need few of them.

`from groundside.archive.on_demand import looking` gives a stand-in for the module `groundside.archive.looking`, to be
named in the body of a class: `flights = looking.flights`.
"""

from __future__ import annotations

from importlib import import_module


class Verb:
    """Stands in a class for a function of a family; gives way to it at its first use."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def __set_name__(self, owner: type, attribute: str) -> None:
        """Learn where it stands."""
        self._owner, self._attribute = owner, attribute

    def __get__(self, instance: object, owner: type) -> object:
        """Give what the function itself would, and leave the place to it."""
        function = getattr(import_module(self._module), self._name)
        setattr(self._owner, self._attribute, function)
        return function.__get__(instance, owner)


class Family:
    """Stands for a module of verbs; each of its attributes is one."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Verb:
        return Verb(self._module, name)


def __getattr__(name: str) -> Family:
    if name.startswith("_"):
        what = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(what)
    return Family(f"groundside.archive.{name}")
