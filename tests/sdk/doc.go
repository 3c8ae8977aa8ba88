// Package sdk tests scwkms-emulator with Scaleway's official Go SDK.
//
// The tests call every operation and use every algorithm of the SDK, without changes to the SDK. They
// check that the SDK parses each response and each error, and verify signatures, ciphertexts and public
// keys with the openssl command and with Go's cryptography. Nothing of scwkms takes part in these checks.
//
// The tests whose names contain LibraryAndSDK compare the library with the SDK: each reads the keys, ciphertexts and
// signatures of the other. They call the library with the program in tests/interop. Other tests compare the library's
// fields and docs/service-operations.md with the SDK.
//
// TestSettings checks that the SDK reads settings as the tables in the folder settings state. The library's own tests
// check the library with the same tables.
//
// The tests in tests/emulator cover everything that needs raw HTTP: exact responses, invalid requests,
// faults of connections, the data directory.
//
// The tests need openssl, and the emulator's path in the environment variable SCWKMS_EMULATOR. scwkms-interop must be in
// the same folder. Run them with -count=1: `go test` does not detect that these programs changed.
package sdk
