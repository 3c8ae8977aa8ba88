# scwkms: `make help` lists what there is to make.

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PREFIX ?= /usr/local
DESTDIR ?=

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
PLATFORM = $(shell go env GOOS)_$(shell go env GOARCH)
LIBRARY := $(TARGET)/release/libscwkms.a
CAPI := go/internal/capi
EMULATOR := $(TARGET)/debug/scwkms-emulator
LINK_OTHER := $(TARGET)/debug/libother.a

# What the tests look for.
export SCWKMS_EMULATOR := $(EMULATOR)
export SCWKMS_LIB_DIR := $(TARGET)/release
export SCWKMS_INCLUDE_DIR := $(abspath include)
export SCWKMS_E2E_DIR := $(TARGET)/e2e
export SCWKMS_LINK_OTHER := $(LINK_OTHER)

.PHONY: all library header faults-docs go emulator
.PHONY: need-sanitizers test-sanitizers
.PHONY: test test-programs test-rust test-sdk test-recordings test-c test-go test-e2e
.PHONY: fuzz test-fuzz
.PHONY: release-programs need-bench bench-programs bench bench-docs test-bench
.PHONY: soak test-soak
.PHONY: check-supply audit test-minimal
.PHONY: demo check install clean help need need-test

all: library go ## The static library, its header and the Go package (the default)

need:
	@scripts/need cargo go cc ar openssl

need-test: need
	@scripts/need c++ clang openssl openssl-headers valgrind pkg-config python3 ssh-keygen

library: need ## The static library alone: target/release/libscwkms.a
	cargo rustc --profile library --package scwkms --lib --crate-type staticlib --features wipe-memory
	scripts/prelink $(TARGET)/library/libscwkms.a $(TARGET)/release/libscwkms.a

header: need ## include/scwkms.h, anew from src/ffi
	SCWKMS_WRITE_HEADER=1 cargo test --quiet --workspace --test header

faults-docs: need ## The table of docs/faults.md, anew from the tests of faults
	SCWKMS_WRITE_FAULTS=1 cargo test --quiet --workspace --test service the_document_shows

go: library ## The Go package, with the library where it looks for it
	@mkdir -p $(CAPI)/lib/$(PLATFORM)
	@cmp -s $(LIBRARY) $(CAPI)/lib/$(PLATFORM)/libscwkms.a || cp $(LIBRARY) $(CAPI)/lib/$(PLATFORM)/
	@scripts/library-header $(LIBRARY) > $(CAPI)/library.h.new
	@cmp -s $(CAPI)/library.h.new $(CAPI)/library.h && rm $(CAPI)/library.h.new || mv $(CAPI)/library.h.new $(CAPI)/library.h
	cd go && go build ./...

emulator: need ## The emulator of Key Manager: target/debug/scwkms-emulator
	cargo build --package scwkms-emulator

test: test-rust test-sdk test-recordings test-c test-go test-e2e test-fuzz test-sanitizers test-soak \
	test-bench test-minimal check-supply ## Every test
	@echo "make test: all passed"

# All of the workspace at once: one package after the other, cargo would build what they share with each one's choice of
# features.
test-programs: need
	cargo build --workspace --all-targets

test-rust: need-test test-programs
	cargo test --workspace

test-sdk: need-test test-programs
	cd tests/sdk && go vet ./... && go test -race -count=1 ./...

# Recordings of the real service are not part of the repository; whoever has some says where.
test-recordings: test-programs
	@scripts/replay-recordings "$(REPLAY)" "$(RECORDINGS)"

test-c: need-test library test-programs
	$(MAKE) -C tests/c test
	$(MAKE) -C tests/cpp test
	$(MAKE) -C tests/python test
	$(MAKE) -C tests/install test
	$(MAKE) -C tests/link test
	$(MAKE) -C tests/readme test

test-go: need-test go test-programs
	cd go && go vet ./... && go test -race -count=1 ./...
	cd go && CGO_ENABLED=0 go test -count=1 . && go test -tags noscwkms -count=1 .
	# With garbage collected at each crossing, and all that C could see of Go's memory checked. All but what needs
	# hundreds of calls at once, each of which would collect garbage.
	cd go && GOEXPERIMENT=cgocheck2 go test -tags scwkms_gc -count=1 -skip TestWaitingTakesNoThreads .

test-e2e: need-test go test-programs
	tests/e2e/build.sh all
	# Without a package's name go test shows what the tests print.
	cd tests/e2e && go vet ./... && go test -count=1 -timeout 30m

SECONDS ?= 60

fuzz: need ## Fuzzes each target for SECONDS=60, or FUZZ=answer alone: docs/fuzzing.md
	@scripts/need c++
	scripts/fuzz $(SECONDS)s $(FUZZ)

test-fuzz: need
	@scripts/need c++
	scripts/fuzz 3000

need-sanitizers: need
	@scripts/need c++ clang openssl python3 llvm-symbolizer

test-sanitizers: need-sanitizers test-programs ## The tests of Rust, C and C++ with the address and the thread sanitizer
	tests/sanitizers/run address
	tests/sanitizers/run thread

# What is fast enough to measure and to load the library with. In one go, as test-programs.
release-programs: need
	cargo build --release --package scwkms-emulator --package scwkms-bench-floor

BENCH := $(TARGET)/bench

need-bench: need
	@scripts/need pkg-config python3 valgrind libcurl libjansson openssl-headers

# tests/bench/run-case runs one case of them.
bench-programs: need-bench go release-programs
	@mkdir -p $(BENCH)/bin
	@cmp -s $(TARGET)/release/scwkms-bench-floor $(BENCH)/bin/floor \
		|| cp $(TARGET)/release/scwkms-bench-floor $(BENCH)/bin/floor
	cd tests/bench/go && CGO_ENABLED=1 go build -o $(BENCH)/bin/ ./ours ./sdk ./first-ours ./first-sdk
	$(MAKE) -C tests/bench/c OUT=$(BENCH)/bin LIBRARY=$(LIBRARY)

BENCH_PY := tests/bench/bench.py --target $(TARGET) --e2e $(SCWKMS_E2E_DIR)/bin

bench: bench-programs $(BENCH)/venv/ready ## Compares with the SDK, libcurl and bare hyper: target/bench/, in 15 minutes
	tests/e2e/build.sh step-ca step-ca-noscwkms kms-plugin
	$(BENCH)/venv/bin/python $(BENCH_PY) --plots --out $(BENCH)

bench-docs: ## Takes over into docs/performance/ what make bench has written
	install -m 644 $(BENCH)/*.svg $(BENCH)/table.md docs/performance/

$(BENCH)/venv/ready: tests/bench/requirements.txt
	@scripts/need python3 venv
	python3 -m venv $(BENCH)/venv
	$(BENCH)/venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

test-bench: need-test bench-programs
	python3 $(BENCH_PY) --small --out $(BENCH)/small
	python3 tests/bench/test_bench.py $(BENCH)/small

DURATION ?= 10m
FAULTS ?= 1

soak test-soak: export SCWKMS_EMULATOR := $(TARGET)/release/scwkms-emulator

soak: need-test library release-programs ## Signs and decrypts for DURATION=10m with FAULTS=1 per cent of faults, and looks for leaks
	python3 tests/soak/soak.py --duration $(DURATION) --faults $(FAULTS) --out $(TARGET)/soak

test-soak: need-test library release-programs
	python3 tests/soak/test_soak.py

demo: need go emulator ## A step-ca that issues a certificate with a key it cannot see, on the emulator
	@scripts/need openssl
	tests/e2e/demo.sh

check: need go ## Formatting, lints, and whether header, docs/faults.md and exports are up to date
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo test --quiet --workspace --test header
	cargo test --quiet --workspace --test service the_document_shows
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --package scwkms
	scripts/check-boundaries
	scripts/check-promises
	scripts/check-library $(LIBRARY)
	test -z "$$(gofmt -l go tests | tee /dev/stderr)"
	cd go && go vet ./... && CGO_ENABLED=0 go vet . && go vet -tags noscwkms .
	cd tests/sdk && go vet ./...
	cd tests/e2e && go vet ./...
	cd tests/bench/go && go vet ./...

# Built once; their versions are in their names. Optimised, they would take longer to build than they save.
TOOLS := $(TARGET)/tools
CARGO_DENY := $(TOOLS)/installed/cargo-deny@0.20.2
CARGO_MACHETE := $(TOOLS)/installed/cargo-machete@0.9.2

$(TOOLS)/installed/%: | need
	@echo "make: building $(@F), once"
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --locked --quiet --root $(TOOLS) $(@F)
	@mkdir -p $(@D) && touch $@

check-supply: need $(CARGO_DENY) $(CARGO_MACHETE) ## Licences, sources, duplicates and unused ones of the dependencies
	@scripts/need python3
	PATH="$(TOOLS)/bin:$$PATH" scripts/check-supply

test-minimal: go ## The oldest dependencies and Go that are promised, the newest Go, and each standard of C and C++
	@scripts/need python3 venv clang
	scripts/check-headers
	scripts/test-minimal-crates $(TARGET)/minimal
	scripts/test-minimal-go $(TOOLS)

audit: go $(CARGO_DENY) ## Known vulnerabilities of the dependencies: needs the databases, and says if it cannot reach them
	PATH="$(TOOLS)/bin:$$PATH" scripts/audit $(TOOLS)

install: library ## Installs library, headers, pkg-config file and Go sources: PREFIX=/usr/local DESTDIR=
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/libscwkms.a
	install -m 644 include/scwkms.h include/scwkms.hpp include/scwkms_types.hpp $(DESTDIR)$(PREFIX)/include/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' packaging/scwkms.pc.in \
		> $(DESTDIR)$(PREFIX)/lib/pkgconfig/scwkms.pc
	scripts/install-go $(LIBRARY) $(DESTDIR)$(PREFIX)/share/gocode/src/github.com/scwkms/scwkms/go

clean: ## Removes all that was built
	rm -rf $(TARGET) $(CAPI)/lib $(CAPI)/library.h

help: ## This list
	@echo "make targets of scwkms $(VERSION):"
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
