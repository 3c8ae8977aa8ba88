//go:build !cgo && !noscwkms

package capi

const missingMessage = "the scwkms static library is not in this program: it was built without cgo; build it with " +
	"CGO_ENABLED=1, a C compiler and the scwkms static library (`make` builds it)"
