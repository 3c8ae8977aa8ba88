package scwkms

import (
	"context"
	"errors"
	"fmt"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// newError converts a failure of the library. It returns a nil error for no failure: a nil
// *capi.Error in an error would not be nil.
func newError(failure *capi.Error) error {
	if failure == nil {
		return nil
	}
	if failure.Code == capi.ErrorInvalidHandle {
		// The library only knows that the number is not the handle of an open client.
		return closedError()
	}
	return &Error{
		Code:       Code(failure.Code),
		HTTPStatus: failure.HTTPStatus,
		RequestID:  failure.RequestID,
		Message:    failure.Message,
	}
}

// cancelledError is the error of an operation that was cancelled because its context is done.
func cancelledError(ctx context.Context, failure *capi.Error) error {
	cause := context.Cause(ctx)
	code := CodeCancelled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		code = CodeTimeout
	}
	return &Error{Code: code, Message: failure.Message + ": " + cause.Error(), cause: cause}
}

func closedError() error {
	return errorf(CodeInvalidHandle, "%v", ErrClosed)
}

func errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalidf(format string, args ...any) error {
	return errorf(CodeInvalidArgument, format, args...)
}

func unsupportedf(format string, args ...any) error {
	return errorf(CodeUnsupported, format, args...)
}
