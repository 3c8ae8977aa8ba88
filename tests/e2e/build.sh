#!/usr/bin/env bash
# Builds what the end-to-end tests and the demo run, into
# ${SCWKMS_E2E_DIR:-target/e2e}/bin, from the published modules of step-ca and
# step-kms-plugin, unmodified but for one added file that imports scwkms.
#
#   build.sh [all | step-ca | step-ca-nocgo | step-ca-noscwkms | kms-plugin | demo]...
#
# What is built already from the same inputs is left alone.
set -euo pipefail

step_ca=github.com/smallstep/certificates@v0.30.2
kms_plugin=github.com/smallstep/step-kms-plugin@v0.17.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../.." && pwd)
out=${SCWKMS_E2E_DIR:-target/e2e}
case $out in /*) ;; *) out=$clone/$out ;; esac
mkdir -p "$out/bin" "$out/src" "$out/stamps"
# One at a time: they share the copied sources.
if command -v flock >/dev/null; then
  exec 9>"$out/lock"
  flock 9
fi

# A module of its own: neither a workspace around the clone nor one around the
# copied sources has a say.
export GOWORK=off
# noyubikey: no smart card reader is needed, so neither are PC/SC's headers.
tags=noyubikey

say() { printf 'e2e: %s\n' "$*"; }
fail() { printf 'e2e: %s\n' "$*" >&2; exit 1; }

command -v go >/dev/null || fail "go is needed: install Go 1.25 or newer (https://go.dev/dl), or 'apt-get install golang'"
library="$clone/go/internal/capi/lib/$(go env GOOS)_$(go env GOARCH)/libscwkms.a"
[ -f "$library" ] || fail "$library is missing: run 'make' first"

# macOS has no sha256sum.
digest() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# inputs PATH...: a hash of what programs are made from. Go does not see the
# content of a static library: what was linked with an older one would be taken
# as current.
inputs() {
  { go version
    cd "$clone"
    find go include tests/e2e/build.sh "$@" -type f ! -name '*_test.go' \
      \( -name '*.go' -o -name 'go.*' -o -name '*.h' -o -name '*.a' -o -name build.sh \) \
      | LC_ALL=C sort | while IFS= read -r file; do digest "$file"; done
  } | digest | cut -d' ' -f1
}
upstream=$(inputs tests/e2e/kmstool)
own=$(inputs tests/e2e)

# build NAME STAMP COMMAND...: runs the command, which is to make bin/NAME,
# unless that was made from the same inputs.
build() {
  local name=$1 stamp=$2; shift 2
  if [ -x "$out/bin/$name" ] && [ "$(cat "$out/stamps/$name" 2>/dev/null)" = "$stamp" ]; then
    say "$name is up to date"
    return
  fi
  local started=$SECONDS
  rm -f "$out/bin/$name" "$out/stamps/$name"
  "$@"
  echo "$stamp" >"$out/stamps/$name"
  say "$name is built ($((SECONDS - started)) s)"
}

# download MODULE@VERSION: prints the folder of the module's sources.
download() {
  local answer
  answer=$(cd "$out" && go mod download -json "$1") || {
    printf '%s\n' "$answer" | sed -n '/^\t"Error": /{s///; s/",*$//; s/^"//; s/\\n\\t/ /g; p;}' >&2
    return 1
  }
  printf '%s\n' "$answer" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p'
}

# sources MODULE@VERSION FOLDER: copies a module to src/ and adds scwkms to the
# program in its FOLDER. Prints the copy's path.
sources() {
  local module=$1 folder=$2 from copy
  from=$(download "$module") || return 1
  copy="$out/src/$(basename "${module%@*}")"
  chmod -R u+w "$copy" 2>/dev/null || true
  rm -rf "$copy"
  cp -R "$from" "$copy"
  chmod -R u+w "$copy"
  cp "$here/kmstool/scwkms.go" "$copy/$folder/scwkms.go"
  (cd "$copy" && go mod edit \
    -require=github.com/scwkms/scwkms/go@v0.0.0 \
    -replace=github.com/scwkms/scwkms/go="$clone/go")
  printf '%s\n' "$copy"
}

# go_build FOLDER OUTPUT PACKAGE [TAGS]: builds a program of copied sources,
# whose go.sum is completed on the way.
go_build() {
  (cd "$1" && GOFLAGS="$(go env GOFLAGS) -mod=mod" go build -tags "$tags${4:+,$4}" -o "$out/bin/$2" "$3")
}

# go_build_own OUTPUT PACKAGE: builds a program of this module.
go_build_own() {
  (cd "$here" && CGO_ENABLED=1 go build -tags "$tags" -o "$out/bin/$1" "$2")
}

build_step_ca() {
  local name=$1 cgo=$2 extra=${3:-} copy
  say "building $name from $step_ca with one added file (the first time takes minutes)"
  copy=$(sources "$step_ca" cmd/step-ca) || fail "the sources of step-ca could not be fetched: is the Go module proxy reachable?"
  CGO_ENABLED=$cgo go_build "$copy" "$name" ./cmd/step-ca "$extra"
}

# A refusal of the module proxy is remembered, so that it is asked once a
# version and not at every run.
build_kms_plugin() {
  local refused="$out/stamps/refused-$(basename "${kms_plugin}")" copy
  if [ ! -f "$refused" ]; then
    say "building kms-plugin from $kms_plugin with one added file"
    if copy=$(sources "$kms_plugin" .); then
      CGO_ENABLED=1 go_build "$copy" kms-plugin .
      return
    fi
    touch "$refused"
  fi
  say "$kms_plugin cannot be fetched from the Go module proxy (remembered in $refused: remove it to try again)"
  say "building kms-plugin from tests/e2e/kmstool instead, which makes the same calls"
  go_build_own kms-plugin ./kmstool
}

target() {
  case $1 in
    step-ca) build step-ca "$upstream" build_step_ca step-ca 1 ;;
    step-ca-nocgo) build step-ca-nocgo "$upstream" build_step_ca step-ca-nocgo 0 ;;
    step-ca-noscwkms) build step-ca-noscwkms "$upstream" build_step_ca step-ca-noscwkms 1 noscwkms ;;
    kms-plugin) build kms-plugin "$upstream" build_kms_plugin ;;
    demo) build demo "$own" go_build_own demo ./demo ;;
    all) for each in step-ca step-ca-nocgo step-ca-noscwkms kms-plugin; do target "$each"; done ;;
    *) fail "no such target: $1" ;;
  esac
}

[ $# -gt 0 ] || set -- all
for each; do target "$each"; done
