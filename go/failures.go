//go:build cgo && !noscwkms

package scwkms

import (
	"fmt"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// fromC converts a failure of the library. It keeps a nil from becoming an error that is not nil.
func fromC(failure *capi.Error) error {
	if failure == nil {
		return nil
	}
	if Code(failure.Code) == CodeInvalidHandle {
		// The library only knows that the number is not one of its clients.
		return closedError()
	}
	return &Error{
		Code:       Code(failure.Code),
		HTTPStatus: failure.HTTPStatus,
		RequestID:  failure.RequestID,
		Message:    failure.Message,
	}
}

func closedError() error {
	return &Error{Code: CodeInvalidHandle, Message: ErrClosed.Error()}
}

func invalidf(format string, args ...any) error {
	return &Error{Code: CodeInvalidArgument, Message: fmt.Sprintf(format, args...)}
}

func unsupportedf(format string, args ...any) error {
	return &Error{Code: CodeUnsupported, Message: fmt.Sprintf(format, args...)}
}
