//go:build cgo && !noscwkms && scwkms_system

package capi

/*
#cgo CFLAGS: -DSCWKMS_GO_SYSTEM
#cgo pkg-config: --static scwkms
*/
import "C"
