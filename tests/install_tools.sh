#!/usr/bin/env bash
# Installs what the tests need beyond Python and Node: Debian packages when we are root, and the peers.
# Otherwise says what is missing; the tests that need it then skip and say why.
set -u
cd "$(dirname "$0")/peers" || exit 1
python=${PYTHON:-python3}

debian() {
    local need=()
    command -v chromium >/dev/null || need+=(chromium)
    fc-list 2>/dev/null | grep -q . || need+=(fonts-dejavu-core fontconfig)
    [ -x /usr/lib/postgresql/15/bin/postgres ] || need+=(postgresql-15)
    [ -e /usr/share/postgresql/15/extension/postgis.control ] || need+=(postgresql-15-postgis-3)
    command -v clang >/dev/null || need+=(clang libclang-rt-14-dev)
    [ ${#need[@]} -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${need[@]}"; } >/dev/null ||
            echo "could not install ${need[*]}: tests that need them will be skipped"
    else
        echo "missing: ${need[*]} (install them, or run as root): tests that need them will be skipped"
    fi
}

npm_peers() {
    local name
    for name in dji-log-parser exiftool age-vectors; do
        [ -f "$name/package.json" ] && (cd "$name" && npm ci --silent) || echo "no $name: its comparison will be skipped"
    done
}

# In venvs of their own: the GPL of one, the hundred megabytes of another are nobody else's. Run as other programs only;
# of scikit-image only the files are used, real pictures with faces. The first has pip, which installs into all: their
# requirements are complete, so nothing else is looked for, and modules are compiled when they are first imported.
python_peers() {
    local name pip="pymerkle/.venv/bin/python"
    for name in pymerkle case-utils geopandas scikit-image; do
        local without=--without-pip
        [ "$name" = pymerkle ] && without=
        { [ -x "$name/.venv/bin/python" ] || "$python" -m venv $without "$name/.venv"; } &&
            "$pip" -m pip --python "$name/.venv/bin/python" install -q --disable-pip-version-check --no-deps \
                --no-compile --require-hashes -r "$name/requirements.txt" ||
            echo "no $name: what is compared with it will be skipped"
    done
}

# Fetching and unpacking, side by side; what each says is kept together.
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
debian >"$said/debian" 2>&1 &
npm_peers >"$said/npm" 2>&1 &
python_peers >"$said/python" 2>&1 &
wait
cat "$said/debian" "$said/npm" "$said/python" >&2
exit 0
