#!/usr/bin/env bash
# Sets up a virtual environment and runs every check and test. The README's second command.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# Debian packages: a browser for pages, Java for the ontology's reasoner. Elsewhere, say what to do.
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || [ -n "${CHROMIUM:-}" ] || missing+=(chromium fonts-dejavu-core fonts-wqy-microhei)
command -v java >/dev/null || missing+=(default-jre-headless)
if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Missing: ${missing[*]}. On Debian or Ubuntu run: sudo apt-get install ${missing[*]}" >&2
    echo "Elsewhere install Chromium (or set CHROMIUM to a browser's path) and a Java runtime." >&2
    exit 1
  fi
fi

say "setting up .venv-test"
python3 -m venv .venv-test
. .venv-test/bin/activate
python -m pip install --quiet --disable-pip-version-check --editable '.[test]'

say "ruff, mypy, import-linter"
ruff check .
ruff format --check .
mypy
lint-imports

say "pytest"
python -m pytest -n "${PYTEST_WORKERS:-auto}" "$@"
