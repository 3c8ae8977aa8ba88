package scwkms

import (
	"context"
	"errors"

	"go.step.sm/crypto/kms/apiv1"
)

// ErrClosed is the error of calls after Close. Test for it with errors.Is.
var ErrClosed = errors.New("the key manager is closed")

// Code is the class of an error. The numbers are those of the C interface. They are never reused.
type Code int32

// The classes of errors.
const (
	// CodeInvalidArgument means that an argument is invalid: a malformed key reference, for example, a
	// digest of the wrong length, or an argument that the service rejected.
	CodeInvalidArgument Code = iota + 1
	// CodeInvalidHandle means that the key manager is closed. Such an error is ErrClosed.
	CodeInvalidHandle
	// CodeConfiguration means that settings are missing or invalid.
	CodeConfiguration
	// CodeAuthentication means that the service does not know the credentials.
	CodeAuthentication
	// CodePermissionDenied means that the credentials lack a permission.
	CodePermissionDenied
	// CodeNotFound means that the key does not exist. Such an error is apiv1.NotFoundError.
	CodeNotFound
	// CodeAlreadyExists means that the name is in use. Such an error is apiv1.AlreadyExistsError.
	CodeAlreadyExists
	// CodeUnsupported means that the service, the key or this package does not support the request.
	// Such an error is apiv1.NotImplementedError.
	CodeUnsupported
	// CodeKeyState means that the key's state forbids the operation. The key is disabled, scheduled
	// for deletion, without key material, protected or locked.
	CodeKeyState
	// CodeRateLimited means that there were too many requests, or that a quota is exhausted.
	CodeRateLimited
	// CodeUnavailable means that the service failed (HTTP 5xx).
	CodeUnavailable
	// CodeTimeout means that the deadline passed: the client's timeout=, or the deadline of the
	// caller's context. Such an error is context.DeadlineExceeded.
	CodeTimeout
	// CodeNetwork means that DNS, TCP, TLS or a proxy failed, or that a connection broke.
	CodeNetwork
	// CodeProtocol means that the service's response is malformed.
	CodeProtocol
	// CodeIntegrity means that a signature or a key id does not match the request, or that an encrypted
	// message was modified or truncated.
	CodeIntegrity
	// CodeCancelled means that the caller's context was cancelled. Such an error is context.Canceled.
	CodeCancelled
	// CodeInternal means a defect of this package or of the way it was built.
	CodeInternal
)

// Error is the error of all methods. It implements net.Error.
//
// To test for a class, call errors.Is(err, &Error{Code: CodeTimeout}). errors.Is also matches the
// errors of other packages that mean the same as a class: apiv1.NotFoundError,
// apiv1.AlreadyExistsError, apiv1.NotImplementedError, context.DeadlineExceeded and
// context.Canceled. errors.As finds apiv1's types. If the caller's context was cancelled or its
// deadline passed, the error may wrap the context's cause; after a cancellation, it does.
type Error struct {
	// Code is the class of the error.
	Code Code
	// HTTPStatus is the status of the service's response, or 0 if there was no response.
	HTTPStatus int
	// RequestID is the service's X-Request-Id, which its support asks for. It may be empty.
	RequestID string
	// Message describes the error in one line. It holds no credential and no plaintext.
	Message string

	cause error
}

// Error implements the error interface.
func (e *Error) Error() string {
	return "scwkms: " + e.Message
}

// Timeout reports whether the deadline of the operation passed. It is part of net.Error.
func (e *Error) Timeout() bool {
	return e.Code == CodeTimeout
}

// Temporary is equal to Timeout. It is part of net.Error, where it is deprecated.
func (e *Error) Temporary() bool {
	return e.Timeout()
}

// Unwrap returns the cause with which the caller's context was cancelled, or nil.
func (e *Error) Unwrap() error {
	return e.cause
}

// Is reports whether the target means the same as the error's class. It serves errors.Is.
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
	}
	switch target {
	case ErrClosed:
		return e.Code == CodeInvalidHandle
	case context.DeadlineExceeded:
		return e.Code == CodeTimeout
	case context.Canceled:
		return e.Code == CodeCancelled
	}
	return false
}

// As sets the target if it is a pointer to the error of apiv1 that means the same as the error's
// class. It serves errors.As.
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
