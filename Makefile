# scwkms. `make help` lists the targets. The others are helper targets, for one part of a target or for maintenance.

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),$(CARGO_BUILD_TARGET_DIR),target))
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
LIBRARY := $(TARGET)/release/libscwkms.a
SHARED := $(TARGET)/shared
COMMAND := $(TARGET)/release/scwkms
CAPI := go/internal/capi
TOOLS := $(TARGET)/tools
BENCH := $(TARGET)/bench

# Where the tests find what make builds.
export SCWKMS_EMULATOR := $(TARGET)/debug/scwkms-emulator
export SCWKMS_COMMAND := $(TARGET)/debug/scwkms
export SCWKMS_LIB_DIR := $(TARGET)/release
export SCWKMS_SHARED_DIR := $(SHARED)
export SCWKMS_INCLUDE_DIR := $(abspath include)
export SCWKMS_E2E_DIR := $(TARGET)/e2e
export SCWKMS_LINK_OTHER := $(TARGET)/debug/libother.a

##### Build

.PHONY: all need need-rust library shared header go command emulator

all: need shared go ## Builds the static and the shared library and the Go package (the default)

# The tools of a target are checked together, so that all missing ones are reported at once.
BUILD_TOOLS := cargo cc ar
GO_TOOLS := $(BUILD_TOOLS) go

need:
	@scripts/need $(GO_TOOLS)
	@scripts/build/check-native go

# The static library needs no Go.
need-rust:
	@scripts/need $(BUILD_TOOLS)
	@scripts/build/check-native

CARGO_LIBRARY := $(TARGET)/library/libscwkms.a
LOCKED := scripts/build/locked $(TARGET)/library.lock bash -euc
# Smaller limits for inlining than those of opt-level "s", 50 and 325, save more space than opt-level "z", without its loss of
# speed. The second limit is that of functions with the attribute `inline`.
SMALL_CODE := -C llvm-args=-inline-threshold=10 -C llvm-args=-inlinehint-threshold=100

# target/release/libscwkms.a
library: need-rust
	$(LOCKED) 'scripts/build/cargo-library $(CARGO_LIBRARY) scwkms wipe-memory $(SMALL_CODE) && \
		scripts/build/prelink $(CARGO_LIBRARY) $(TARGET)/release/libscwkms.a'

# target/shared/libscwkms.so, linked from the static library. It has a folder of its own, because a linker that finds both
# libraries prefers the shared one.
shared: library
	$(LOCKED) 'scripts/build/shared-library $(LIBRARY) $(SHARED) $(VERSION)'

# Generates include/scwkms.h from src/ffi.
header: need-rust
	SCWKMS_WRITE_HEADER=1 cargo test --quiet --workspace --test header

# The Go package links the copy of the library in its own folder.
go: need library
	@$(LOCKED) 'scripts/build/go-library $(LIBRARY)'
	cd go && go build ./...

# target/release/scwkms, the command
command: need-rust
	cargo build --release --package scwkms-command

# target/debug/scwkms-emulator
emulator: need-rust
	cargo build --package scwkms-emulator

##### Demo

.PHONY: demo need-demo

demo: need-demo go emulator ## Runs a step-ca that issues a certificate with a key in the emulator
	tests/e2e/demo.sh

need-demo:
	@scripts/need $(GO_TOOLS) openssl

##### Test

.PHONY: test need-test test-programs test-rust test-model test-sdk test-recordings test-c test-injection test-go
.PHONY: test-go-newest test-e2e test-examples need-examples test-envelope
.PHONY: need-sanitizers test-sanitizers test-address-sanitizer test-thread-sanitizer test-minimal

TESTS := test-rust test-sdk test-recordings test-e2e test-c test-model test-go test-address-sanitizer test-go-newest \
	test-fuzz test-thread-sanitizer test-envelope test-injection test-soak test-minimal test-bench \
	test-examples test-python-package

# The tests' programs and the library have different profiles, so cargo builds them in different folders, at the same time.
test: ## Runs all tests
	$(MAKE) --no-print-directory need-test
	@scripts/test/all test-programs go pkcs11
	@scripts/test/all $(TESTS)
	@echo "make test: all passed"

need-test:
	@scripts/need $(GO_TOOLS) go-for-sdk c++ clang cmake curl openssl openssl-headers valgrind pkg-config python3 \
		ssh-keygen systemd-analyze p11-kit-headers
	@scripts/build/check-native go

# The whole workspace in one build. Otherwise cargo would build shared crates again for each package's set of features.
test-programs: need-rust
	cargo build --workspace --all-targets

test-rust: need-test pkcs11 test-programs
	cargo test --workspace

# Structures that several threads use at a time, with many interleavings of the threads: src/sync.rs.
test-model: need-test test-programs
	cargo test --workspace --features scwkms/model-checking --lib model::

test-sdk: need-test test-programs
	cd tests/sdk && go vet ./... && go test -race -count=1 ./...

# Recordings of the real service are not part of the repository: REPLAY= names the script that replays them, RECORDINGS=
# their folders.
test-recordings: test-programs
	@scripts/test/replay-recordings "$(REPLAY)" $(RECORDINGS)

test-c: need-test shared test-programs
	python3 tests/c/run.py
	python3 tests/cpp/run.py
	python3 tests/python/run.py
	python3 tests/install/run.py
	python3 tests/build/run.py
	python3 tests/link/run.py
	python3 tests/abi/run.py
	python3 tests/readme/run.py

# Each call of the C library that can fail for a local reason: docs/local-failures.md
test-injection: need-test library test-programs
	python3 tests/injection/run.py

test-go: need-test go test-programs
	cd go && go vet ./... && go test -race -count=1 ./...
	cd tests/observability && go test -race -count=1 ./...
	cd go && CGO_ENABLED=0 go test -count=1 . ./internal/capi && go test -tags noscwkms -count=1 . ./internal/capi
	# With a garbage collection at each call of C, and with checks of all Go memory that C can reach.
	cd go && GOEXPERIMENT=cgocheck2 go test -short -tags scwkms_gc -count=1 .

# The Go package with the newest version of its only dependency.
test-go-newest: need-test go test-programs
	scripts/check/go-step-crypto

test-e2e: need-test go test-programs
	tests/e2e/build.sh all
	# Without a package name go test shows the output of the tests.
	cd tests/e2e && go vet ./... && go test -count=1 -timeout 30m

need-examples:
	@scripts/need javac mvn venv

test-examples: need-test need-examples shared go test-programs
	cd tests/examples && go vet ./...
	python3 tests/examples/run.py
	python3 tests/emulator_users/run.py

# Envelope encryption in each language, and an independent implementation of its format: docs/envelope.md
test-envelope: need-test go test-programs $(TARGET)/envelope/ready
	cd tests/envelope/go && go vet ./...
	SCWKMS_RUST_EXAMPLE=$(TARGET)/debug/examples/encrypt_file $(TARGET)/envelope/bin/python tests/envelope/run.py

$(TARGET)/envelope/ready: tests/envelope/requirements.txt
	@scripts/need python3 venv
	python3 -m venv $(TARGET)/envelope
	$(TARGET)/envelope/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# The Python package with the emulator, and its wheel: python/README.md
.PHONY: test-python-package
test-python-package: need-test shared test-programs $(TARGET)/python-package/ready
	scripts/test/python-package $(TARGET)/python-package

$(TARGET)/python-package/ready: python/tests/requirements.txt
	@scripts/need python3 venv
	python3 -m venv $(TARGET)/python-package
	$(TARGET)/python-package/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

need-sanitizers:
	@scripts/need $(BUILD_TOOLS) c++ clang openssl python3 llvm-symbolizer p11-kit-headers

# The tests of Rust, C and C++ with a sanitizer.
test-sanitizers: test-address-sanitizer test-thread-sanitizer

test-address-sanitizer test-thread-sanitizer: test-%-sanitizer: need-sanitizers test-programs
	tests/sanitizers/run $*

# The oldest dependencies and the oldest Go, the newest Go with ML-DSA, and each standard of C and C++.
test-minimal: need-test go test-programs
	@scripts/need python3 venv clang
	scripts/check/header-standards
	scripts/test/minimal-crates $(TARGET)/minimal
	scripts/test/minimal-go $(TOOLS)

##### Check

.PHONY: check check-rust check-go check-tree check-supply audit faults-docs

check: check-tree check-rust check-go check-supply ## Checks formatting, lints, exports, dependencies, and the sources' structure
	@echo "make check: all passed"

check-rust: library
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo test --quiet --workspace --test header
	cargo test --quiet --workspace --test service the_document_shows
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --package scwkms --features diagnosis
	scripts/check/static-library $(LIBRARY)

check-go: go
	test -z "$$(gofmt -l go tests examples | tee /dev/stderr)"
	cd go && go vet ./... && CGO_ENABLED=0 go vet ./... && go vet -tags noscwkms ./...
	cd tests/sdk && go vet ./...
	cd tests/observability && go vet ./...
	cd tests/e2e && go vet ./...
	cd tests/bench/go && go vet ./...
	cd examples/go && go vet ./...

# Needs no build.
check-tree:
	@scripts/need python3
	python3 scripts/check/test_checks.py
	scripts/check/unsafe-and-cgo
	scripts/check/import-cycles
	scripts/check/file-lengths
	scripts/check/function-lengths
	scripts/check/terminology
	scripts/check/security-claims

# Generates the tables of docs/faults.md and docs/local-failures.md, and the outputs of docs/doctor.md, from the tests.
faults-docs: need library test-programs
	SCWKMS_WRITE_FAULTS=1 cargo test --quiet --workspace --test service the_document_shows
	SCWKMS_WRITE_DOCTOR=1 cargo test --quiet --workspace --test command the_document_shows
	python3 tests/injection/run.py --write

# The tools are built once. Their versions are in their names. An optimised build would take longer than it saves.
CARGO_DENY := $(TOOLS)/installed/cargo-deny@0.20.2
CARGO_MACHETE := $(TOOLS)/installed/cargo-machete@0.9.2

$(TOOLS)/installed/%: | need
	@echo "make: building $(@F), once"
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --locked --quiet --root $(TOOLS) $(@F)
	@mkdir -p $(@D) && touch $@

# Licences, sources, duplicates and unused dependencies: docs/supply-chain.md
check-supply: need $(CARGO_DENY) $(CARGO_MACHETE)
	@scripts/need python3
	PATH="$(TOOLS)/bin:$$PATH" scripts/check/dependencies

# Known vulnerabilities of the dependencies. It downloads the databases, and fails if it cannot.
audit: go $(CARGO_DENY)
	PATH="$(TOOLS)/bin:$$PATH" scripts/check/vulnerabilities $(TOOLS)

##### Benchmarks

.PHONY: bench release-programs release-emulator need-bench bench-programs load-programs bench-docs
.PHONY: shared-only-programs bench-direct test-bench

bench: bench-programs $(BENCH)/venv/ready ## Compares with the SDK, libcurl and hyper: target/bench/, in 20 minutes
	tests/e2e/build.sh step-ca step-ca-noscwkms kms-plugin
	$(BENCH)/venv/bin/python $(BENCH_PY) --plots --out $(BENCH)

BENCH_PY := tests/bench/bench.py --target $(TARGET) --e2e $(SCWKMS_E2E_DIR)/bin

# Release builds, which the benchmarks and soak tests need. In one build, as test-programs.
release-programs: need-rust
	cargo build --release --package scwkms-emulator --package scwkms-bench-baseline

release-emulator: need-rust
	cargo build --release --package scwkms-emulator

need-bench:
	@scripts/need $(GO_TOOLS) go-for-sdk pkg-config python3 venv valgrind libcurl libjansson openssl-headers
	@scripts/build/check-native go

# The load programs. tests/bench/run-case runs one of them.
bench-programs: release-programs load-programs

BASELINE = $(TARGET)/release/scwkms-bench-baseline

load-programs: need-bench go
	@mkdir -p $(BENCH)/bin
	@cmp -s $(BASELINE) $(BENCH)/bin/baseline || cp $(BASELINE) $(BENCH)/bin/baseline
	cd tests/bench/go && CGO_ENABLED=1 go build -o $(BENCH)/bin/ ./ours ./sdk ./first-ours ./first-sdk
	$(MAKE) -C tests/bench/c OUT=$(BENCH)/bin LIBRARY=$(LIBRARY)

# Copies the results of make bench into docs/performance/.
bench-docs:
	install -m 644 $(BENCH)/*.svg $(wildcard $(BENCH)/direct.md) $(BENCH)/table.md docs/performance/

$(BENCH)/venv/ready: tests/bench/requirements.txt
	@scripts/need python3 venv
	python3 -m venv $(BENCH)/venv
	$(BENCH)/venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

SHARED_ONLY := $(BENCH)/shared-only

# The library without direct connections, and the load programs with it. Go finds it with pkg-config. The go command does
# not track changes of a library, so its checksum is a compiler flag.
shared-only-programs: bench-programs
	@mkdir -p $(SHARED_ONLY)/lib $(SHARED_ONLY)/bin
	$(LOCKED) 'scripts/build/cargo-library $(CARGO_LIBRARY) scwkms wipe-memory,shared-connections-only $(SMALL_CODE) && \
		scripts/build/prelink $(CARGO_LIBRARY) $(SHARED_ONLY)/lib/libscwkms.a'
	printf '%s\n' 'Name: scwkms' 'Description: without direct connections' 'Version: $(VERSION)' \
		'Cflags: -I$(SCWKMS_INCLUDE_DIR)' 'Libs: -L$(SHARED_ONLY)/lib -lscwkms -lpthread -ldl -lm' \
		> $(SHARED_ONLY)/lib/scwkms.pc
	cd tests/bench/go && CGO_ENABLED=1 PKG_CONFIG_PATH=$(SHARED_ONLY)/lib \
		CGO_CFLAGS="-O2 -g -DLIBRARY_CHECKSUM=$$(cksum < $(SHARED_ONLY)/lib/libscwkms.a | cut -d' ' -f1)" \
		go build -tags scwkms_system -o $(SHARED_ONLY)/bin/ ./ours
	$(MAKE) -C tests/bench/c OUT=$(SHARED_ONLY)/bin LIBRARY=$(SHARED_ONLY)/lib/libscwkms.a $(SHARED_ONLY)/bin/c-scwkms

# Measures the library with and without direct connections: target/bench/direct.md, in 10 minutes
bench-direct: shared-only-programs
	python3 tests/bench/direct.py --target $(TARGET) --without $(SHARED_ONLY)/bin --out $(BENCH)

# The tests of the benchmarks measure no speed. They use the programs of the other tests, because release builds take
# minutes.
test-bench: BASELINE = $(TARGET)/debug/scwkms-bench-baseline
test-bench: need-test test-programs load-programs
	python3 $(BENCH_PY) --small --emulator $(SCWKMS_EMULATOR) --out $(BENCH)/small
	python3 tests/bench/direct.py --target $(TARGET) --without $(BENCH)/bin --small --emulator $(SCWKMS_EMULATOR) \
		--out $(BENCH)/small
	python3 tests/bench/test_bench.py $(BENCH)/small

##### Fuzzing

.PHONY: fuzz test-fuzz

SECONDS ?= 60

fuzz: need # Fuzzes each target for SECONDS=60, or one with FUZZ=response: docs/fuzzing.md
	@scripts/need c++
	scripts/test/fuzz $(SECONDS)s $(FUZZ)

# Less optimisation than for a long run: compiling takes longer than the few runs.
test-fuzz: export CARGO_PROFILE_RELEASE_OPT_LEVEL := 1
test-fuzz: need
	@scripts/need c++
	scripts/test/fuzz 3000

##### Soak test

.PHONY: soak test-soak

DURATION ?= 10m
FAULTS ?= 1

soak test-soak: export SCWKMS_EMULATOR := $(TARGET)/release/scwkms-emulator

soak: need-test library release-emulator # Signs for DURATION=10m with FAULTS=1 per cent of faults, and looks for leaks
	python3 tests/soak/soak.py --duration $(DURATION) --faults $(FAULTS) --out $(TARGET)/soak

test-soak: need-test library release-emulator
	python3 tests/soak/test_soak.py

##### Install, clean, help

.PHONY: install install-command uninstall clean help

INSTALL := DESTDIR=$(DESTDIR) PREFIX=$(abspath $(PREFIX)) LIBDIR=$(abspath $(LIBDIR)) scripts/build/

# Both targets only copy, so they need neither cargo nor Go, and write nothing into this folder: root may run them.
install: ## Installs what make shared built: libraries, headers, Go sources: PREFIX=/usr/local LIBDIR= DESTDIR=
	@scripts/build/check-built $(LIBRARY) shared install
	@scripts/build/check-built $(SHARED) shared install
	$(INSTALL)install library scripts/build/stage-library $(LIBRARY) $(SHARED) $(VERSION)

install-command: ## Installs what make command built: scwkms, manual pages, completions: PREFIX=/usr/local DESTDIR=
	@scripts/build/check-built $(COMMAND) command install-command
	$(INSTALL)install command scripts/build/stage-command $(COMMAND)

uninstall: ## Removes what make install and make install-command installed: PREFIX=/usr/local DESTDIR=
	@$(INSTALL)uninstall

clean: # Removes all build results
	rm -rf $(TARGET) dist $(CAPI)/lib/*/*.a $(CAPI)/lib/*/*.h $(CAPI)/library.h

help: ## Lists these targets
	@echo "make targets of scwkms $(VERSION):"
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

include make/*.mk
