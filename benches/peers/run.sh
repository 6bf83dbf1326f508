#!/usr/bin/env bash
# Builds and runs every rival on a folder of CDE's files, checks that their answers are equal, and prints medians as JSON.
#
#     benches/peers/run.sh FOLDER [RUNS]
#
# COPIES=1,10 takes evaluation alone for these multiples of the state, not for all.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
data=${1:?usage: run.sh FOLDER [RUNS]}
runs=${2:-5}
target=$root/target/peers
venv=$target/venv
skip=()
options=()

loud() { echo "==> $*" >&2; }

if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" >&2 || { loud "SKIPPED: duckdb and polars, no virtual environment"; skip+=(duckdb polars); }
fi
if [ ${#skip[@]} -eq 0 ]; then
  while read -r package; do
    name=${package%%==*}
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package" >&2 || { loud "SKIPPED: $package could not be installed"; skip+=("$name"); }
  done <"$here/requirements.txt"
  options+=(--python "$venv/bin/python")
fi

for name in limit regorus; do
  if cargo build --release --locked --quiet --manifest-path "$here/$name/Cargo.toml" --target-dir "$target" >&2; then
    options+=("--$name" "$target/release/enact-$name")
  else
    loud "SKIPPED: $name could not be built"
    skip+=("$name")
  fi
done

[ -z "${COPIES:-}" ] || options+=(--copies "$COPIES")

# Enact itself, where it has been built.
if [ -x "$root/target/release/enact" ]; then
  options+=(--enact "$root/target/release/enact")
else
  loud "SKIPPED: Enact is not built (cargo build --release)"
  skip+=(enact)
fi

python3 "$here/measure.py" "$data" --runs "$runs" --work "$target/lists" --skip "${skip[*]-}" "${options[@]}"
