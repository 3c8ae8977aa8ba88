##### Documentation site, releases, and the crate as it is published: docs/releasing.md

.PHONY: docs need-docs check-documents check-version check-tools check-workflows test-package test-man-pages test-release

# mdBook without its web server
MDBOOK := $(TOOLS)/installed/mdbook@0.5.4
ACTIONLINT := $(TOOLS)/installed/actionlint@v1.7.12

$(MDBOOK): | need-rust
	@echo "make: building $(@F), once"
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --locked --quiet --root $(TOOLS) --no-default-features \
		--features search $(@F)
	@mkdir -p $(@D) && touch $@

# A folder without a go.mod, so that the module's own requirements apply.
$(ACTIONLINT): | need
	@mkdir -p $(TOOLS)
	cd $(TOOLS) && GOFLAGS= GOBIN=$(TOOLS)/bin go install github.com/rhysd/actionlint/cmd/$(@F)
	@mkdir -p $(@D) && touch $@

need-docs:
	@scripts/need $(GO_TOOLS) openssl python3 doxygen mandoc

docs: need-docs go test-programs $(MDBOOK) ## Builds the documentation site: target/site/index.html
	PATH="$(TOOLS)/bin:$$PATH" scripts/docs/build $(TARGET)/site
	scripts/docs/check-links $(TARGET)/site

check: check-documents check-version check-tools check-workflows

# Links from a document to a file. `make docs` checks all links.
check-documents:
	@scripts/need python3
	python3 scripts/docs/test_docs.py
	scripts/docs/book-sources $(TARGET)/docs

check-version:
	@scripts/need python3
	scripts/check/version
	scripts/check/changelog

# The tools of builds and tests: docs/supply-chain.md
check-tools:
	scripts/check/tools

check-workflows: $(ACTIONLINT)
	PATH="$(TOOLS)/bin:$$PATH" scripts/check/workflows

TESTS += test-package test-man-pages test-release

# The crate as it would be published: docs/rust.md
test-package: need-test test-programs
	python3 tests/package/run.py

# scwkms(1), scwkms(3) and scwkms-emulator(1): scripts/build/man-pages
test-man-pages: need-test test-programs
	@scripts/need mandoc man
	python3 tests/man/run.py

# The script of a release, with a stub of make dist-check.
test-release:
	@scripts/need python3 minisign
	python3 tests/release/run.py
