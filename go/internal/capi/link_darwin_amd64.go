//go:build cgo && !noscwkms && !scwkms_system

package capi

/*
#cgo CFLAGS: -I${SRCDIR}/lib/darwin_amd64
#cgo LDFLAGS: ${SRCDIR}/lib/darwin_amd64/libscwkms.a -framework Security -framework CoreFoundation -liconv
*/
import "C"

import _ "github.com/scwkms/scwkms/go/internal/capi/lib/darwin_amd64"
