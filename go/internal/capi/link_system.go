//go:build cgo && !noscwkms && scwkms_system

package capi

/*
#cgo pkg-config: --static scwkms
*/
import "C"
