#!/usr/bin/env bash
# Builds the programs of the end-to-end tests and the demo into
# ${SCWKMS_E2E_DIR:-target/e2e}/bin, from the published modules of step-ca, step
# and step-kms-plugin. step-ca and step-kms-plugin get one additional file, which
# imports scwkms.
#
#   build.sh [all | step-ca | step-ca-newest | step-ca-nocgo | step-ca-noscwkms | step-ca-published | step | kms-plugin |
#     demo]...
#
# step-ca-published has no additional file. It uses scwkms by PKCS#11, and is not
# part of all.
#
# The versions are those of go.mod: the oldest go.step.sm/crypto that scwkms
# supports. step-ca-newest has the versions of newest.mod: the newest
# go.step.sm/crypto with which step-ca compiles. To update newest.mod, run in
# this folder:
#
#   go get -modfile=newest.mod go.step.sm/crypto@VERSION && go mod tidy -modfile=newest.mod
#
# A program whose inputs have not changed is not built again.
set -euo pipefail

step_ca=github.com/smallstep/certificates
step=github.com/smallstep/cli
kms_plugin=github.com/smallstep/step-kms-plugin@v0.17.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../.." && pwd)
out=${SCWKMS_E2E_DIR:-target/e2e}
case $out in /*) ;; *) out=$clone/$out ;; esac
mkdir -p "$out/bin" "$out/src" "$out/stamps"
# One run at a time: the runs share the copied sources.
if command -v flock >/dev/null; then
  exec 9>"$out/lock"
  flock 9
fi

# Ignores a workspace around the clone or the copied sources.
export GOWORK=off
# noyubikey: without support for smart cards, PC/SC's headers are not needed.
tags=noyubikey

say() { printf 'e2e: %s\n' "$*"; }
fail() { printf 'e2e: %s\n' "$*" >&2; exit 1; }

command -v go >/dev/null || fail "go is needed: install Go 1.25 or newer (https://go.dev/dl), or 'apt-get install golang'"
library="$clone/go/internal/capi/lib/$(go env GOOS)_$(go env GOARCH)/libscwkms.a"
[ -f "$library" ] || fail "$library is missing: run 'make' first"

# macOS has no sha256sum.
digest() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# inputs PATH...: prints a hash of the sources of programs. The go command does
# not notice a change of the static library.
inputs() {
  { go version
    cd "$clone"
    find go include tests/e2e/build.sh "$@" -type f ! -name '*_test.go' \
      \( -name '*.go' -o -name '*.mod' -o -name '*.sum' -o -name '*.h' -o -name '*.a' -o -name build.sh \) \
      | LC_ALL=C sort | while IFS= read -r file; do digest "$file"; done
  } | digest | cut -d' ' -f1
}
upstream=$(inputs tests/e2e/kmstool tests/e2e/{go,newest}.{mod,sum})
own=$(inputs tests/e2e)
published=$({ go version; digest "$here"/go.{mod,sum} "$here/build.sh"; } | digest | cut -d' ' -f1)

# build NAME STAMP COMMAND...: runs the command, which builds bin/NAME, unless
# bin/NAME was built from the same inputs.
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

# download FOLDER MODULE[@VERSION] [FLAGS]: prints the folder of a module's
# sources. FOLDER and FLAGS select the go.mod and go.sum.
download() {
  local result
  result=$(cd "$1" && go mod download ${3:+"$3"} -json "$2") || {
    printf '%s\n' "$result" | sed -n '/^\t"Error": /{s///; s/",*$//; s/^"//; s/\\n\\t/ /g; p;}' >&2
    return 1
  }
  printf '%s\n' "$result" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p'
}

# add_scwkms FROM COPY FOLDER: copies the sources of a module, and adds scwkms to
# the program in its FOLDER.
add_scwkms() {
  chmod -R u+w "$2" 2>/dev/null || true
  rm -rf "$2"
  mkdir -p "$(dirname "$2")"
  cp -R "$1" "$2"
  chmod -R u+w "$2"
  cp "$here/kmstool/scwkms.go" "$2/$3/scwkms.go"
}

# go_build OUTPUT PACKAGE [FLAGS...]: builds a program in this module.
go_build() {
  (cd "$here" && go build -o "$out/bin/$1" "${@:3}" "$2")
}

# build_step_ca NAME VERSIONS CGO [TAG]: builds step-ca with the versions of
# VERSIONS.mod and VERSIONS.sum.
build_step_ca() {
  local name=$1 versions=$2 cgo=$3 tag=${4:-} from copy
  say "building $name with one added file (the first time takes minutes)"
  from=$(download "$here" "$step_ca" "-modfile=$versions.mod") ||
    fail "the sources of step-ca cannot be downloaded: is the Go module proxy reachable?"
  copy="$out/src/$versions/certificates"
  add_scwkms "$from" "$copy" cmd/step-ca
  cp "$here/$versions.mod" "$here/$versions.sum" "$out/src/$versions/"
  go mod edit -replace="$step_ca=$copy" "$out/src/$versions/$versions.mod"
  CGO_ENABLED=$cgo go_build "$name" "$step_ca/cmd/step-ca" -modfile="$out/src/$versions/$versions.mod" -tags "$tags${tag:+,$tag}"
}

build_published() {
  say "building step-ca-published (the first time takes minutes)"
  CGO_ENABLED=1 go_build step-ca-published "$step_ca/cmd/step-ca" -tags "$tags"
}

build_step() {
  say "building step"
  CGO_ENABLED=1 go_build step "$step/cmd/step" -tags "$tags"
}

build_demo() {
  CGO_ENABLED=1 go_build demo ./demo -tags "$tags"
}

# build_kms_plugin builds step-kms-plugin, or kmstool if the module cannot be
# downloaded. A failed download is recorded, so that later runs do not repeat it.
build_kms_plugin() {
  local failed="$out/stamps/failed-$(basename "$kms_plugin")" from copy="$out/src/step-kms-plugin"
  if [ ! -f "$failed" ]; then
    say "building kms-plugin from $kms_plugin with one added file"
    if from=$(download "$out" "$kms_plugin"); then
      add_scwkms "$from" "$copy" .
      (cd "$copy" &&
        go mod edit -require=github.com/scwkms/scwkms/go@v0.0.0 -replace=github.com/scwkms/scwkms/go="$clone/go" &&
        CGO_ENABLED=1 GOFLAGS="$(go env GOFLAGS) -mod=mod" go build -tags "$tags" -o "$out/bin/kms-plugin" .)
      return
    fi
    touch "$failed"
  fi
  say "$kms_plugin cannot be downloaded from the Go module proxy (to try again, remove $failed)"
  say "building kms-plugin from tests/e2e/kmstool instead, which makes the same calls"
  CGO_ENABLED=1 go_build kms-plugin ./kmstool -tags "$tags"
}

target() {
  case $1 in
    step-ca) build step-ca "$upstream" build_step_ca step-ca go 1 ;;
    step-ca-newest) build step-ca-newest "$upstream" build_step_ca step-ca-newest newest 1 ;;
    step-ca-nocgo) build step-ca-nocgo "$upstream" build_step_ca step-ca-nocgo go 0 ;;
    step-ca-noscwkms) build step-ca-noscwkms "$upstream" build_step_ca step-ca-noscwkms go 1 noscwkms ;;
    step-ca-published) build step-ca-published "$published" build_published ;;
    step) build step "$upstream" build_step ;;
    kms-plugin) build kms-plugin "$upstream" build_kms_plugin ;;
    demo) build demo "$own" build_demo ;;
    all) for each in step-ca step-ca-newest step-ca-nocgo step-ca-noscwkms step kms-plugin; do target "$each"; done ;;
    *) fail "no such target: $1" ;;
  esac
}

[ $# -gt 0 ] || set -- all
for each; do target "$each"; done
