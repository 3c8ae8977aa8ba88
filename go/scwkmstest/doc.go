// Package scwkmstest starts scwkms-emulator, an emulator of Scaleway Key Manager on loopback, for
// tests.
//
// It is to Key Manager what net/http/httptest is to HTTP servers: the emulator runs as a process of
// its own, responds with real cryptography, and ends with the test or the program that started it.
// The environment variable SCWKMS_EMULATOR names its binary, which `make emulator` builds as
// target/debug/scwkms-emulator.
//
// In a test:
//
//	emulator := scwkmstest.New(t)
//	manager, err := scwkms.New(ctx, apiv1.Options{URI: emulator.FullURI()})
//
// In TestMain, or in a program without tests, use [Start] and [Emulator.Stop].
//
// An Emulator can count requests ([Emulator.Stats]), list them ([Emulator.Requests]), and make them
// fail ([Emulator.Fail]). These methods return errors; [Emulator.In] gives the same methods for a
// test, where an error fails the test and faults end with the test.
//
// The emulator has no rate limit, so that tests run at full speed. Key Manager accepts 50 requests per
// second: New(t, "--rate-limit", "50") starts an emulator with this limit.
//
// The package uses neither cgo nor scwkms itself.
package scwkmstest
