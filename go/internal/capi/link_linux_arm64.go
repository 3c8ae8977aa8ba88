//go:build cgo && !noscwkms && !scwkms_system

package capi

/*
#cgo CFLAGS: -I${SRCDIR}/lib/linux_arm64
#cgo LDFLAGS: ${SRCDIR}/lib/linux_arm64/libscwkms.a -lm -ldl -lpthread
*/
import "C"

import _ "github.com/scwkms/scwkms/go/internal/capi/lib/linux_arm64"
