//go:build noscwkms

package scwkms_test

// stub is the reason for which this build has no scwkms.
const stub = "noscwkms"
