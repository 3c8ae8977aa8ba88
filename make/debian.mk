##### Debian packages

.PHONY: dist-debian need-debian test-debian dist-test-debian

DEBIAN := $(TARGET)/debian

need-debian:
	@scripts/need dpkg-buildpackage dh ar

# target/debian/*.deb, for this machine: docs/packages.md
dist-debian: need-debian shared pkcs11 command release-emulator
	rm -rf $(DEBIAN)
	scripts/dist/debian $(DEBIAN) "" $(TARGET)

# Installs, uses and removes the packages. It needs root.
test-debian: export SCWKMS_DEBIAN_PACKAGES := $(DEBIAN)
test-debian: export SCWKMS_DEBIAN_ROOT := $(TARGET)/debian-root.tar
test-debian: dist-debian $(TARGET)/debian-root.tar
	@scripts/need lintian openssl python3 p11-kit pkcs11-tool
	python3 tests/debian/run.py

# The packages of a release
dist-test: dist-test-debian
dist-test-debian: export SCWKMS_DEBIAN_PACKAGES = $(DIST)
dist-test-debian: export SCWKMS_DEBIAN_ROOT = $(TARGET)/debian-root.tar
dist-test-debian: need-test test-programs dist-artefacts $(TARGET)/debian-root.tar
	@scripts/need lintian openssl python3 p11-kit pkcs11-tool
	python3 tests/debian/run.py

# Without the file, the test installs the packages on this machine.
$(TARGET)/debian-root.tar: scripts/test/debian-root
	@scripts/need mmdebstrap
	scripts/test/debian-root $@ || echo "make: there is no root file system for the test of the Debian packages" >&2
