# The PKCS#11 module: docs/pkcs11.md

.PHONY: pkcs11

PKCS11 := $(TARGET)/pkcs11
CARGO_PKCS11 := $(TARGET)/library/libscwkms_pkcs11.a

# Where the tests find the module.
export SCWKMS_PKCS11_MODULE := $(PKCS11)/libscwkms-pkcs11.so

# target/pkcs11/libscwkms-pkcs11.so
pkcs11: need-rust ## Builds the PKCS#11 module: target/pkcs11/libscwkms-pkcs11.so
	$(LOCKED) 'scripts/build/cargo-library $(CARGO_PKCS11) scwkms-pkcs11 wipe-memory && \
		scripts/build/pkcs11-module $(CARGO_PKCS11) $(PKCS11)'

.PHONY: install-pkcs11 test-pkcs11-interface

install-pkcs11: # Installs what make pkcs11 built: the PKCS#11 module, and p11-kit's file: PREFIX=/usr/local LIBDIR= DESTDIR=
	@scripts/build/check-built $(SCWKMS_PKCS11_MODULE) pkcs11 install-pkcs11
	$(INSTALL)install pkcs11 scripts/build/stage-pkcs11 $(PKCS11)

# make install installs the module too, if it was built.
ifneq ($(wildcard $(SCWKMS_PKCS11_MODULE)),)
install: install-pkcs11
endif

TESTS += test-pkcs11-interface
# The test client loads the module, and the tests of `make install` install it.
test-rust test-c: pkcs11

# Each function of the module, with an emulator.
test-pkcs11-interface: need-test pkcs11 test-programs
	python3 pkcs11/tests/run.py

# Compares C_Sign with scwkms_sign: target/bench/pkcs11.md, in two minutes
.PHONY: bench-pkcs11
bench-pkcs11: bench-programs pkcs11
	python3 tests/bench/pkcs11.py --module $(SCWKMS_PKCS11_MODULE) --bin $(BENCH)/bin \
		--emulator $(TARGET)/release/scwkms-emulator --out $(BENCH)
