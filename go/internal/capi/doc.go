// Package capi is the boundary to the scwkms static library. It is the only package with cgo, and
// has one Go function for each C function that the Go package needs. It copies what C returns to Go
// and frees it before a function returns, so no C memory reaches its callers.
//
// Operations are asynchronous: a function whose name ends in Async starts one, the library writes
// to a pipe when it has ended (see Slot), and one of the Wait functions takes its result. Sign and
// Decrypt also exist as functions that block; they hold an operating system thread meanwhile.
//
// All functions may be called by any goroutine at any time. A failure is an *Error, which is nil on
// success and is not an error value.
//
// The library is expected in the folder lib/GOOS_GOARCH beside these files, where `make` puts it.
// With the build tag scwkms_system, pkg-config finds it under the name scwkms. If the compiler does
// not find library.h, or the linker does not find libscwkms.a, the library is missing: run `make` in
// the root of the repository, or install the library and build with `-tags scwkms_system`.
package capi
