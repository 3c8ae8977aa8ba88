# Documentation, packages of the crate, and releases.

##### Tests

.PHONY: test-package test-man-pages

# The crate as it would be published: docs/rust.md
test-package: need-test test-programs
	python3 tests/package/run.py

# scwkms(1), scwkms(3) and scwkms-emulator(1): scripts/build/man-pages
test-man-pages: need-test test-programs
	@scripts/need mandoc man
	python3 tests/man/run.py
