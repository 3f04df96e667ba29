"""Build the compiled kernels in place: python tools/build_native.py [NAME...]; all of them where none is named."""

import sys
import tomllib
from pathlib import Path

from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent.parent


def main(names: list[str]) -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["ext-modules"]
    wanted = [each for each in told if not names or each["name"].rpartition("._")[2] in {"shared", *names}]
    built = Distribution({"name": "groundside-kernels", "package_dir": {"": "src"}, "packages": []})
    built.ext_modules = [
        Extension(e["name"], e["sources"], extra_compile_args=e.get("extra-compile-args", [])) for e in wanted
    ]
    command = build_ext(built)
    command.inplace = True
    command.shared_utility_qualified_name = "groundside.native._shared"  # as setup.py has it
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    main(sys.argv[1:])
