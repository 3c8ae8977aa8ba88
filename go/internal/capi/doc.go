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
// The library and its header are expected in the folder lib/GOOS_GOARCH, where `make` puts them. In a
// release the folder lib does not exist: modules of their own have the libraries, and prebuilt.h is the
// header (docs/go.md). With the build tag scwkms_system, pkg-config finds them under the name scwkms. Without cgo and with the
// build tag noscwkms, missing.go takes the place of the files with cgo: every call fails.
package capi
