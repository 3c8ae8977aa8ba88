##### Release artefacts: docs/dist.md

.PHONY: dist dist-artefacts dist-check dist-test dist-test-files

DIST := $(abspath dist)
PLATFORMS ?= linux-amd64-gnu linux-arm64-gnu linux-amd64-musl linux-arm64-musl
export SCWKMS_DIST_DIR := $(TARGET)/dist

dist: ## Builds all files of a release into dist/, from a clean tree, with PLATFORMS="linux-amd64-gnu ..."
	scripts/dist/clean-tree
	$(MAKE) --no-print-directory dist-artefacts

# Also with changes that are not committed.
dist-artefacts: need-rust
	scripts/dist/all $(DIST) $(PLATFORMS)

dist-check: dist # Builds dist/ a second time, elsewhere, and compares the bytes
	scripts/dist/compare $(DIST) $(PLATFORMS)

# Builds dist/ and tests the files in it, with PLATFORMS="linux-amd64-gnu ...": also the packages and the Go modules.
dist-test: dist-test-files

# Uses the files in dist/ without Rust, also those for other platforms.
dist-test-files: dist-artefacts
	scripts/test/dist $(DIST) $(PLATFORMS)
