"""One shape for every plug-in point: a file in a folder, or an entry point, that ends in one constant."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import TypeVar

T = TypeVar("T")


def found(package: str, constant: str, kind: type[T]) -> tuple[T, ...]:
    """
    Load every plug-in of one kind: the modules of a package, then the entry points of the group of the same name.

    Args:
        package: dotted name of the plural folder, for example "groundside.decode.formats".
        constant: the name each module ends in, for example "FORMAT".
        kind: the class of that constant.

    Returns:
        In order of module name, those of entry points last. Modules that begin with an underscore are passed over.

    Raises:
        TypeError: a module there does not end in such a constant; a defect of the plug-in.
    """
    folder = import_module(package)
    names = sorted(m.name for m in iter_modules(folder.__path__) if not m.name.startswith("_"))
    own = [(f"{package}.{n}", getattr(import_module(f"{package}.{n}"), constant, None)) for n in names]
    group = package.replace(".decode.formats", ".formats").replace(".see.exports.formats", ".exports")
    others = [(e.value, e.load()) for e in entry_points(group=group)]
    return tuple(_checked(name, plugin, constant, kind) for name, plugin in own + others)


def _checked(name: str, plugin: object, constant: str, kind: type[T]) -> T:
    if not isinstance(plugin, kind):
        what = f"{name} must end in {constant} = {kind.__name__}(...)"
        raise TypeError(what)
    return plugin
