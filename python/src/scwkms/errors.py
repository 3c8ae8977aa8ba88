"""The exceptions of the package: one class for each code of the C library."""

from __future__ import annotations

import builtins
from typing import Any

from .enums import ErrorCode


class Error(Exception):
    """A failure of an operation. Each code has a subclass; newer codes of the C library are of this class.

    The message is one line for people. It contains no credential and no plaintext. Its wording may change.
    """

    code: int
    """One of :class:`ErrorCode`, or a newer number."""
    message: str
    """What failed, the explanation of the service, and what to do next."""
    status: int | None
    """The HTTP status of the response that caused the error; None if there was no response."""
    request_id: str | None
    """The X-Request-Id of that response, for which the support of the service asks."""
    operation: str | None
    """The name of the function in C without its prefix, for example `sign`."""
    key: str | None
    """The key reference of the call; None if the operation has no key."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        operation: str | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.operation = operation
        self.key = key

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Makes the error picklable, for example for multiprocessing."""
        return (_restore, (type(self), self.code, self.message), dict(self.__dict__))


class InvalidArgumentError(Error, ValueError):
    """An invalid argument: a malformed key reference, a digest of the wrong length, or one that the service rejected."""


class InvalidHandleError(Error):
    """The client is closed."""


class ConfigurationError(Error):
    """Invalid settings: a missing credential, an unknown profile, a malformed file."""


class AuthenticationError(Error):
    """The service does not know the credentials."""


class PermissionDeniedError(Error):
    """The credentials do not permit the operation."""


class NotFoundError(Error, LookupError):
    """The key does not exist."""


class AlreadyExistsError(Error):
    """A resource of this name exists already."""


class UnsupportedError(Error):
    """An algorithm or option that the service, the key or the library does not support."""


class KeyStateError(Error):
    """The state of the key does not permit the operation: disabled, scheduled for deletion, protected or locked."""


class RateLimitedError(Error):
    """Too many requests, or an exhausted quota."""


class UnavailableError(Error):
    """The service failed (HTTP status 5xx)."""


class TimedOutError(Error, builtins.TimeoutError):
    """The deadline passed. It is unknown whether the service processed the request."""


class NetworkError(Error):
    """A failure of DNS, TCP, TLS or a proxy, or a connection that broke."""


class ProtocolError(Error):
    """A response that is malformed, too large, or a redirect."""


class IntegrityError(Error):
    """A signature that does not verify, a response that does not match the request, or a modified message."""


class OperationCancelledError(Error):
    """The operation was cancelled because its client was closed. A cancelled task raises asyncio.CancelledError."""


class InternalError(Error):
    """A defect of the library. It does not affect the program otherwise."""


ERRORS: dict[int, type[Error]] = {
    ErrorCode.INVALID_ARGUMENT: InvalidArgumentError,
    ErrorCode.INVALID_HANDLE: InvalidHandleError,
    ErrorCode.CONFIGURATION: ConfigurationError,
    ErrorCode.AUTHENTICATION: AuthenticationError,
    ErrorCode.PERMISSION_DENIED: PermissionDeniedError,
    ErrorCode.NOT_FOUND: NotFoundError,
    ErrorCode.ALREADY_EXISTS: AlreadyExistsError,
    ErrorCode.UNSUPPORTED: UnsupportedError,
    ErrorCode.KEY_STATE: KeyStateError,
    ErrorCode.RATE_LIMITED: RateLimitedError,
    ErrorCode.UNAVAILABLE: UnavailableError,
    ErrorCode.TIMEOUT: TimedOutError,
    ErrorCode.NETWORK: NetworkError,
    ErrorCode.PROTOCOL: ProtocolError,
    ErrorCode.INTEGRITY: IntegrityError,
    ErrorCode.CANCELLED: OperationCancelledError,
    ErrorCode.INTERNAL: InternalError,
}


def _restore(kind: type[Error], code: int, message: str) -> Error:
    return kind(code, message)


def new_error(code: int, message: str, **details: Any) -> Error:
    """The exception for a code of the C library."""
    try:
        code = ErrorCode(code)
    except ValueError:
        pass
    return ERRORS.get(code, Error)(code, message, **details)
