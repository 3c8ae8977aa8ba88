// Package sdk proves from outside that scwkms-emulator behaves as Scaleway Key Manager does.
//
// Its tests drive the emulator with Scaleway's official Go SDK, through every operation and every
// algorithm that the SDK knows, and check what comes back with the openssl command and with Go's own
// cryptography: nothing of scwkms takes part in the judgement.
//
// They need openssl, and the emulator's path in the environment variable SCWKMS_EMULATOR. Run them with
// -count=1: `go test` does not see that an emulator outside this module has changed.
package sdk
