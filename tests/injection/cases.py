"""The calls of the C library that the test makes fail, their errors, and the expected results."""

import errno
import os

# Runs that are repeated under valgrind, which finds leaked memory: an operation, its form, and a call.
MEMCHECK = [
    ("open", "blocking", "open"), ("sign", "async", "pthread_create"), ("sign steadily", "blocking", "epoll_ctl"),
    ("encrypt_envelope", "blocking", "getaddrinfo"), ("sign observed", "async", "getaddrinfo"),
]

# The error codes, by number.
KINDS = [
    "ok", "invalid argument", "invalid handle", "configuration", "authentication", "permission denied", "not found",
    "already exists", "unsupported", "key state", "rate limited", "unavailable", "timeout", "network", "protocol",
    "integrity", "cancelled", "internal",
]
EAI = {"EAI_AGAIN": -3, "EAI_FAIL": -4, "EAI_MEMORY": -10}
# What the messages say about a failed lookup.
EAI_TEXT = "failed to lookup address information"

# Of a call, the errors that the system can report.
ERRORS = {
    "pthread_create": ["EAGAIN", "ENOMEM"],
    "pthread_atfork": ["ENOMEM"],
    "epoll_create1": ["EMFILE", "ENFILE", "ENOMEM"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"],
    "eventfd": ["EMFILE", "ENFILE", "ENOMEM"],
    "fcntl": ["EMFILE", "ENOMEM"],
    "socket": ["EMFILE", "ENFILE", "ENOMEM"],
    "connect": ["EAGAIN", "ENOMEM", "EINTR"],
    "setsockopt": ["ENOMEM"],
    "getsockopt": ["ENOMEM"],
    "getaddrinfo": ["EAI_AGAIN", "EAI_FAIL", "EAI_MEMORY", "EMFILE"],
    "open": ["EMFILE", "ENOMEM", "EINTR"],
    "read": ["EAGAIN", "EIO", "ENOMEM", "EINTR"],
    "stat": ["EMFILE", "ENOMEM"],
    "opendir": ["EMFILE", "ENOMEM"],
    "readdir": ["EIO"],
    "stderr": ["EAGAIN", "ENOSPC", "EPIPE", "EINTR"],
    "poll": ["ENOMEM", "EINTR"],
    "send": ["ENOMEM", "ENOBUFS", "EINTR"],
    "recv": ["ENOMEM", "EINTR"],
    "writev": ["ENOMEM", "ENOBUFS", "EINTR"],
}
TIMES = ("once", "repeatedly")

CONNECTING = ["pthread_create", "getaddrinfo", "socket", "fcntl", "setsockopt", "connect", "getsockopt", "epoll_ctl"]
# How many such calls there are depends on the sizes of the parts in which data arrives. If an open connection breaks, the
# library for HTTP/2 does not always report the cause.
VARYING = ["send", "recv", "writev", "poll"]

# The operations that have an asynchronous form, and those that have none.
ASYNC = ["sign", "decrypt", "public_key", "create", "find", "sign_message", "verify_message", "sign observed"]
BLOCKING = ["encrypt_envelope", "decrypt_envelope"]

# Each is a heading, operations in their forms, and the calls.
PHASES = [
    ("Opening a client", [("open", "blocking")],
     ["pthread_atfork", "open", "read", "stat", "opendir", "readdir", "pthread_create", "stderr"]),
    ("The first operation of a process",
     [(name, form) for name in ASYNC for form in ("blocking", "async")] + [(name, "blocking") for name in BLOCKING],
     ["epoll_create1", "eventfd", *CONNECTING, "recv", "writev"]),
    ("A direct connection, under a steady load of blocking calls", [("sign steadily", "blocking")],
     [*CONNECTING, "send", "recv", "writev", "poll"]),
    ("An operation after the secret key was replaced in its file",
     [("find with a new key", form) for form in ("blocking", "async")], ["pthread_create", "open", "read", "stat"]),
]

# For each kind of result: the calls that may cause it, and parts of which the message has one.
CAUSES = {
    "ok": list(ERRORS),
    "internal": ["pthread_atfork", "pthread_create", "epoll_create1", "epoll_ctl", "eventfd", "fcntl"],
    "configuration": ["open", "read", "stat", "opendir", "readdir"],
    "network": [*CONNECTING, *VARYING],
    "authentication": ["pthread_create", "open", "read", "stat"],
}
PARTS = {
    "ok": [""],
    "internal": ["the thread for input and output cannot be started", "the library cannot prepare for fork()"],
    "configuration": ["cannot be read"],
    "network": ["cannot connect to", "broke before a response arrived"],
    "authentication": ["the secret key could not be read again"],
}


def number(error):
    return EAI.get(error) or getattr(errno, error)


def cause(error):
    """The part of a message that names an error."""
    return EAI_TEXT if error in EAI else f"{os.strerror(number(error))} (os error {number(error)})"
