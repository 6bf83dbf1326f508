#!/usr/bin/env bash
# One state on this machine: Enact step by step, and beside it the same work by DuckDB, Polars, regorus and by hand.
#
#     benches/run.sh [FOLDER] [RUNS]
#
# Without a folder a made-up state is written to target/state first. Figures go to target/bench/*.json. With SCALE=40 the state
# is forty times California (15 GB on disk); needs Rust and Python 3, and the registries of both.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
scale=${SCALE:-1}
folder=${1:-$root/target/state/$scale}
runs=${2:-5}
mkdir -p target/bench

cargo build --release --quiet
if [ ! -e "$folder/manifest.toml" ]; then
  cargo run --release --quiet --example synth -- --out "$folder" --scale "$scale" --years 2022,2023,2024,2025 --assistance
fi
[ "$scale" = 1 ] && cargo bench --quiet --bench state -- "$folder" --json target/bench/state.json
benches/peers/run.sh "$folder" "$runs" | tee "target/bench/peers-$scale.json"
[ "$scale" != 1 ] || python3 benches/peers/table.py target/bench/peers-1.json target/bench/state.json
