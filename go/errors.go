package scwkms

import (
	"errors"

	"go.step.sm/crypto/kms/apiv1"
)

// ErrClosed is in the chain of errors of calls after Close.
var ErrClosed = errors.New("the key manager is closed")

// Code is the class of an error. The numbers are those of the C interface and are never reused.
type Code int32

// The classes of errors.
const (
	// CodeInvalidArgument is for what can never be right: a malformed key reference, a digest of
	// the wrong length.
	CodeInvalidArgument Code = iota + 1
	// CodeInvalidHandle is for calls after Close.
	CodeInvalidHandle
	// CodeConfiguration is for settings that cannot be used.
	CodeConfiguration
	// CodeAuthentication is for credentials that the service does not know.
	CodeAuthentication
	// CodePermissionDenied is for credentials that may not do this.
	CodePermissionDenied
	// CodeNotFound is for keys that do not exist.
	CodeNotFound
	// CodeAlreadyExists is for names that are taken.
	CodeAlreadyExists
	// CodeUnsupported is for what the service, the key or this package does not offer.
	CodeUnsupported
	// CodeKeyState is for keys that are disabled, scheduled for deletion, without material,
	// protected or locked.
	CodeKeyState
	// CodeRateLimited is for too many requests, or a quota that is used up.
	CodeRateLimited
	// CodeUnavailable is for failures of the service.
	CodeUnavailable
	// CodeTimeout is for deadlines that passed.
	CodeTimeout
	// CodeNetwork is for DNS, TCP, TLS and broken connections.
	CodeNetwork
	// CodeProtocol is for answers that make no sense.
	CodeProtocol
	// CodeIntegrity is for signatures and key ids that do not match the request.
	CodeIntegrity
	// CodeCancelled is for operations given up on request.
	CodeCancelled
	// CodeInternal is for defects of this package.
	CodeInternal
)

// Error is the error of every operation.
//
// errors.Is(err, &Error{Code: CodeTimeout}) asks for a class. Where apiv1 has a type for a class
// (NotFoundError, AlreadyExistsError, NotImplementedError), errors.Is and errors.As find it too.
type Error struct {
	// Code is the class.
	Code Code
	// HTTPStatus is that of the service's answer, 0 where none came.
	HTTPStatus int
	// RequestID is the service's X-Request-Id, to quote to its support.
	RequestID string
	// Message is for people. It never holds a credential or a plaintext.
	Message string
}

// Error implements the error interface.
func (e *Error) Error() string {
	return "scwkms: " + e.Message
}

// Is reports whether the target is of the same class.
func (e *Error) Is(target error) bool {
	switch t := target.(type) {
	case *Error:
		return t.Code == e.Code
	case apiv1.NotFoundError:
		return e.Code == CodeNotFound
	case apiv1.AlreadyExistsError:
		return e.Code == CodeAlreadyExists
	case apiv1.NotImplementedError:
		return e.Code == CodeUnsupported
	default:
		return target == ErrClosed && e.Code == CodeInvalidHandle
	}
}

// As sets one of apiv1's errors where the class has one.
func (e *Error) As(target any) bool {
	switch t := target.(type) {
	case *apiv1.NotFoundError:
		if e.Code == CodeNotFound {
			t.Message = e.Error()
			return true
		}
	case *apiv1.AlreadyExistsError:
		if e.Code == CodeAlreadyExists {
			t.Message = e.Error()
			return true
		}
	case *apiv1.NotImplementedError:
		if e.Code == CodeUnsupported {
			t.Message = e.Error()
			return true
		}
	}
	return false
}
