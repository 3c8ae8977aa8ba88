# The PKCS#11 module: docs/pkcs11.md

.PHONY: pkcs11

PKCS11 := $(TARGET)/pkcs11
CARGO_PKCS11 := $(TARGET)/library/libscwkms_pkcs11.a

# Where the tests find the module.
export SCWKMS_PKCS11_MODULE := $(PKCS11)/libscwkms-pkcs11.so

# target/pkcs11/libscwkms-pkcs11.so
pkcs11: need-rust ## Builds the PKCS#11 module: target/pkcs11/libscwkms-pkcs11.so
	rm -f $(CARGO_PKCS11)
	cargo rustc --profile library --package scwkms-pkcs11 --lib --crate-type staticlib --features wipe-memory
	scripts/build/pkcs11-module $(CARGO_PKCS11) $(PKCS11)
