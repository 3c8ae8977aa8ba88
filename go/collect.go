//go:build cgo && !noscwkms && !scwkms_gc

package scwkms

func collect() {}
