"""
How the kernels' bindings are built; everything else is in pyproject.toml.

What Cython would write into each of them anew (views of memory: most of its text, and of the time it takes to compile)
stands once, in `groundside.native._shared`. Cython goes first and alone, since its compiler is not made for threads;
then as many C compilers run as there are processors.
"""

import os

from Cython.Build import cythonize
from setuptools import setup
from setuptools.command.build_ext import build_ext

SHARED = "groundside.native._shared"


class BuildKernels(build_ext):
    """Builds the extension modules of pyproject.toml."""

    def build_extensions(self) -> None:
        """Write C by Cython, then compile it, several files at a time."""
        made = cythonize(self.extensions, force=self.force, shared_utility_qualified_name=SHARED)
        sources = {extension.name: extension.sources for extension in made}
        for extension in self.extensions:
            extension.sources = sources[extension.name]
        self.parallel = self.parallel or os.cpu_count()
        super().build_extensions()


setup(cmdclass={"build_ext": BuildKernels})
