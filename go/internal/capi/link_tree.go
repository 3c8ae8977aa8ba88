//go:build cgo && !noscwkms && !scwkms_system

package capi

/*
#cgo CFLAGS: -I${SRCDIR}/../../../include
#cgo linux,amd64 LDFLAGS: ${SRCDIR}/lib/linux_amd64/libscwkms.a
#cgo linux,arm64 LDFLAGS: ${SRCDIR}/lib/linux_arm64/libscwkms.a
#cgo darwin,amd64 LDFLAGS: ${SRCDIR}/lib/darwin_amd64/libscwkms.a
#cgo darwin,arm64 LDFLAGS: ${SRCDIR}/lib/darwin_arm64/libscwkms.a
#cgo linux LDFLAGS: -lm -ldl -lpthread
#cgo darwin LDFLAGS: -framework Security -framework CoreFoundation -liconv
#if !__has_include("library.h")
#error libscwkms.a is not built: run make in the root of the repository, or install it and build with -tags scwkms_system
#endif
*/
import "C"
