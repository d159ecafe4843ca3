#!/usr/bin/env bash
# Builds the wheel, installs it in a fresh environment, and does the main job from another folder.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$root" && realpath --no-symlinks "${PYTHON:-python3}")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$root"
"$python" -m build --quiet --wheel --no-isolation --outdir "$tmp/dist" .
"$python" -m venv "$tmp/venv"
"$tmp/venv/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/run.txt
"$tmp/venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps "$tmp"/dist/*.whl
mkdir "$tmp/elsewhere"
cd "$tmp/elsewhere"
export THREAD_FINDER_STATE="$tmp/state" THREAD_FINDER_CONFIG="$tmp/none.toml"
"$tmp/venv/bin/thread-finder" --version
"$tmp/venv/bin/thread-finder" --help >/dev/null
"$tmp/venv/bin/thread-finder" demo >"$tmp/demo.txt"
grep -q "In-Reply-To" "$tmp/demo.txt"
echo "smoke: the built wheel ran the demo from another folder"
