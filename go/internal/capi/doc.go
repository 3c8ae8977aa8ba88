// Package capi is the boundary to the scwkms static library: one Go function for each C function,
// and nothing else. It is the only package with cgo; everything that C allocates is freed before a
// function returns, and everything that goes back is plain Go.
//
// The library is looked for in the folder lib/GOOS_GOARCH beside these files, where `make` puts it,
// or, with the build tag scwkms_system, by pkg-config under the name scwkms. A compiler that cannot
// find library.h or a linker that cannot find libscwkms.a means that neither is there: run `make` in
// the root of the repository, or install the library and build with `-tags scwkms_system`.
package capi
