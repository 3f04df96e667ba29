"""`groundside crop`: from raw multispectral captures to reflectance, and on to what a field needs."""

from __future__ import annotations

import typer

from groundside.see.cli import (
    crop_analysis,
    crop_calibrating,
    crop_fields,
    crop_nitrogen,
    crop_prescribing,
    crop_staging,
)


def add_to(app: typer.Typer) -> None:
    """Add this family's commands; each module brings its own."""
    crop = typer.Typer(help="Reflectance, indices and rates of a crop, from its images.", no_args_is_help=True)
    for module in (crop_calibrating, crop_analysis, crop_nitrogen, crop_staging, crop_prescribing, crop_fields):
        module.add_to(crop)
    app.add_typer(crop, name="crop")
