##### Go modules of a release: docs/go.md

.PHONY: test-go-modules dist-test-go-modules check-goproxy

TESTS += test-go-modules

# This machine's platform.
test-go-modules: need-test go test-programs
	@scripts/need musl-gcc
	tests/e2e/build.sh kms-plugin
	python3 tests/go_modules/run.py

# The platforms of the release.
dist-test: dist-test-go-modules
dist-test-go-modules: need-test go test-programs dist-artefacts
	@scripts/need qemu-aarch64 c++-aarch64
	tests/e2e/build.sh kms-plugin
	python3 tests/go_modules/run.py $(PLATFORMS)

check-go: check-goproxy
check-goproxy: need
	test -z "$$(gofmt -l scripts | tee /dev/stderr)"
	cd scripts/dist/goproxy && go vet .
