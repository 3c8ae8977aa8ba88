//go:build !cgo && !noscwkms

package capi

const missingMessage = "the scwkms static library is not in this program: it was built without cgo; build it with " +
	"CGO_ENABLED=1 and a C compiler (in a clone of scwkms, `make` must have built the static library)"
