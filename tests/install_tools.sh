#!/usr/bin/env bash
# Installs what the tests need beyond Python and Node: Debian packages when we are root, and the npm peer.
# Otherwise says what is missing; the tests that need it then skip and say why.
set -u
need=()
command -v chromium >/dev/null || need+=(chromium)
fc-list 2>/dev/null | grep -q . || need+=(fonts-dejavu-core fontconfig)
[ -x /usr/lib/postgresql/15/bin/postgres ] || need+=(postgresql-15)
[ -e /usr/share/postgresql/15/extension/postgis.control ] || need+=(postgresql-15-postgis-3)
command -v clang >/dev/null || need+=(clang libclang-rt-14-dev)
if [ ${#need[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${need[@]}"; } >/dev/null ||
            echo "could not install ${need[*]}: tests that need them will be skipped"
    else
        echo "missing: ${need[*]} (install them, or run as root): tests that need them will be skipped"
    fi
fi
for name in dji-log-parser exiftool age-vectors; do
    peer=$(dirname "$0")/peers/$name
    [ -f "$peer/package.json" ] && (cd "$peer" && npm ci --silent) || echo "no $name: its comparison will be skipped"
done
# In venvs of their own: the GPL of one, the hundred megabytes of the other are nobody else's. Run as other programs only.
for name in pymerkle case-utils geopandas; do
    peer=$(dirname "$0")/peers/$name
    [ -x "$peer/.venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$peer/.venv" &&
        "$peer/.venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$peer/requirements.txt" ||
        echo "no $name: its comparison will be skipped"
done
# Real pictures with faces, for the tests of redaction: only the files of the wheel, nothing of it is ever run.
faces=$(dirname "$0")/peers/scikit-image
[ -x "$faces/.venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$faces/.venv" &&
    "$faces/.venv/bin/pip" install -q --disable-pip-version-check --no-deps --require-hashes -r "$faces/requirements.txt" ||
    echo "no pictures with faces: what finding them was measured on will be skipped"
exit 0
