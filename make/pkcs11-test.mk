##### Programs that load the PKCS#11 module: docs/pkcs11-programs.md

.PHONY: test-pkcs11 need-pkcs11-programs

export SCWKMS_P11TEST_DIR := $(TARGET)/p11test
TESTS += test-pkcs11

need-pkcs11-programs:
	@scripts/need cc javac openssl openssl-headers pkg-config python3 ssh-keygen pkcs11-tool p11tool p11-kit p11-kit-proxy \
		p11-kit-headers softhsm2-util openssl-engine nginx sshd PyKCS11 osslsigncode cmocka dpkg-source

test-pkcs11: need-test need-pkcs11-programs go pkcs11 test-programs
	cd tests/e2e && go vet -tags pkcs11 .
	python3 tests/pkcs11/run.py
