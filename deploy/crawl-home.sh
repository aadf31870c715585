#!/bin/sh
# Crawls some platforms on this machine and hands the runs to the CI workflow, for platforms that block its runners.
#   deploy/crawl-home.sh REPOSITORY PLATFORM...       REPOSITORY: address to push to, for example git@host:me/banding
# The branch crawl-inbox always holds one commit: the newest crawls.
set -eu
cd "$(dirname "$0")/.."
BANDING=${BANDING:-.venv/bin/banding}
VAR=${BANDING_VAR_DIR:-var}
KEEP=7 # nights whose raw answers stay on this machine
[ $# -ge 2 ] || { echo "usage: $0 REPOSITORY PLATFORM..." >&2; exit 2; }
repository=$1
shift
night=$(TZ=Asia/Jakarta date +%F)
for platform in "$@"; do
    # Run again on the same night it asks only for what failed: a good crawl must not give way to a bad one.
    grep -q '"finish_reason": "finished"' "$VAR/runs/home-$night/$platform/report.json" 2>/dev/null && continue
    # 1 and 3 are answers too: the report says what went wrong, and the gate judges it.
    "$BANDING" crawl "$platform" --run "home-$night" --date "$night" --var "$VAR" || true
done
for old in $(cd "$VAR/runs" && ls -d home-????-??-?? | sort | head -n "-$KEEP"); do
    rm -rf "$VAR/runs/$old"
done
inbox=$(mktemp -d)
trap 'rm -rf "$inbox"' EXIT
mkdir "$inbox/$night"
cd "$VAR/runs/home-$night"
find . \( -name listings.jsonl -o -name report.json \) -exec cp --parents {} "$inbox/$night/" \;
cd "$inbox"
git init --quiet
git add .
git -c user.name=banding -c user.email=banding@localhost commit --quiet -m "Crawls of $night"
git push --quiet --force "$repository" HEAD:refs/heads/crawl-inbox
