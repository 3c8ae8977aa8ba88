//go:build noscwkms

package capi

const missingMessage = "the scwkms static library is not in this program: it was left out by the build tag noscwkms; " +
	"build it without that tag"
