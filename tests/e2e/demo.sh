#!/usr/bin/env bash
# Builds the demo and its programs, and runs it. SCWKMS_EMULATOR names the
# emulator's binary; `make demo` sets it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/build.sh" step-ca kms-plugin demo
out=${SCWKMS_E2E_DIR:-target/e2e}
case $out in /*) ;; *) out=$here/../../$out ;; esac
exec "$out/bin/demo"
