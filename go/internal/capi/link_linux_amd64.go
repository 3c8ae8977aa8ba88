//go:build cgo && !noscwkms && !scwkms_system

package capi

/*
#cgo CFLAGS: -I${SRCDIR}/lib/linux_amd64
#cgo LDFLAGS: ${SRCDIR}/lib/linux_amd64/libscwkms.a -lm -ldl -lpthread
*/
import "C"

import _ "github.com/scwkms/scwkms/go/internal/capi/lib/linux_amd64"
