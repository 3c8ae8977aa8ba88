//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// AlgorithmName returns the service's name of an algorithm, or "" for AlgorithmUnspecified and for a
// number that is not an algorithm's.
func AlgorithmName(algorithm uint32) string {
	name := C.scwkms_algorithm_name(C.uint32_t(algorithm))
	if name == nil {
		return ""
	}
	return C.GoString(name)
}

// Version returns the library's version, such as "0.1.0".
func Version() string {
	return C.GoString(C.scwkms_version())
}

// ABIVersions returns the versions of the binary interface of the header that this package was
// compiled with, and of the library that it was linked with. Other functions may only be called if
// the two are equal.
func ABIVersions() (header, library uint32) {
	return C.SCWKMS_ABI_VERSION, uint32(C.scwkms_abi_version())
}
