#!/bin/sh
# One night: build, then send the site to every target of BANDING_DEPLOY (separated by spaces).
#   deploy/nightly.sh [options of `banding nightly`]
# Exit code: that of the night (0 good, 3 done but a platform is held or an alarm is on), or of a deploy that failed;
# one target that fails does not keep the site from the others.
set -euf
cd "$(dirname "$0")/.."
BANDING=${BANDING:-.venv/bin/banding}
VAR=${BANDING_VAR_DIR:-var}
PUBLIC=${BANDING_PUBLIC_DIR:-public}

code=0
"$BANDING" nightly --log plain --var "$VAR" --public "$PUBLIC" "$@" || code=$?
case $code in
    0 | 3) ;;
    *) exit "$code" ;; # nothing new was published: readers keep yesterday's site
esac
failed=0
for target in ${BANDING_DEPLOY:-}; do
    # BANDING_DEPLOY_FLAGS: --allow-sample for a rehearsal with replicas, --endpoint for S3-compatible storage
    # shellcheck disable=SC2086
    "$BANDING" deploy "$target" --var "$VAR" --public "$PUBLIC" ${BANDING_DEPLOY_FLAGS:-} || failed=$?
done
[ "$failed" -eq 0 ] || exit "$failed"
exit "$code"
