#!/usr/bin/env bash
# Installs what only benchmarks compare with: Debian's GDAL programs when we are root, and rioxarray with dask in a venv
# of its own. Without them their rows are left out, and benchmarks/crop.py says so.
set -u
if ! command -v gdal_calc.py >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends gdal-bin python3-gdal; } >/dev/null ||
            echo "could not install gdal-bin and python3-gdal: gdal_calc.py will be left out"
    else
        echo "missing: gdal-bin python3-gdal (install them, or run as root): gdal_calc.py will be left out"
    fi
fi
peer=$(dirname "$0")/peers/rioxarray
[ -x "$peer/.venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$peer/.venv" &&
    "$peer/.venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$peer/requirements.txt" ||
    echo "no rioxarray: its comparison will be left out"
exit 0
