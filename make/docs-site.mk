# Documentation, packages of the crate, and releases.

##### Tests

.PHONY: test-package

# The crate as it would be published: docs/rust.md
test-package: need-test test-programs
	python3 tests/package/run.py
