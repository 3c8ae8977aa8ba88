"""Completion of operations in event loops.

The callback of an operation is a function of the C library of the system, eventfd_write(), and not a Python function. With
the file descriptor as its context it adds the number of the operation to an eventfd, which wakes the event loop. So the
library's I/O thread never waits for the GIL: a busy Python thread delays no operation, and at the end of the interpreter no
thread of C enters Python. No file descriptor is closed before scwkms_free() has returned, after which no callback runs.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import threading
import weakref
from collections.abc import Callable
from ctypes import sizeof
from typing import Any, TypeVar

from ._calls import Call
from ._functions import AsyncOptions
from ._library import function
from .enums import ErrorCode
from .errors import Error, InvalidHandleError, new_error

T = TypeVar("T")

# Numbers of operations are below 2^53, so the sum of this many fits into the 64 bits of an eventfd.
MAX_OPERATIONS = 1024


def _callback() -> int:
    """The address of eventfd_write(int, uint64_t), which has the parameters of a scwkms_callback."""
    try:
        write = ctypes.CDLL(None).eventfd_write
    except AttributeError:
        raise NotImplementedError("scwkms.AsyncClient needs eventfd, which only Linux has") from None
    return ctypes.cast(write, ctypes.c_void_p).value or 0


class Channel:
    """An eventfd and the operations in flight that write to it. While it has operations, it belongs to one event loop."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._operations: dict[int, tuple[Call[Any], asyncio.Future[Any]]] = {}
        # The sum of the numbers of operations whose callbacks have run and whose results were not taken yet.
        self._completed = 0
        self._options = AsyncOptions(size=sizeof(AsyncOptions), callback=_callback())
        self._file = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._options.context = self._file
        self._closer = weakref.finalize(self, os.close, self._file)
        # At exit, the client is not yet freed.
        self._closer.atexit = False

    def has_room(self) -> bool:
        return len(self._operations) < MAX_OPERATIONS

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Runs in the thread of the loop."""
        loop.add_reader(self._file, self._collect)
        self.loop = loop

    def _detach_if_idle(self) -> None:
        if self.loop and not self._operations:
            self.loop.remove_reader(self._file)
            # From now on another thread may attach it.
            self.loop = None

    def start(self, call: Call[T], client: int, timeout_ms: int, future: asyncio.Future[T]) -> int:
        """Starts an operation, whose result the future receives."""
        self._options.timeout_ms = timeout_ms
        try:
            operation = call.start(client, self._options)
        except BaseException:
            self._detach_if_idle()
            raise
        self._operations[operation] = call, future
        return operation

    def _collect(self) -> None:
        """Takes the available results. The loop calls it when the eventfd is readable."""
        self._read()
        # If one operation has completed, the sum is its number. Otherwise results are taken in the order of the starts.
        for operation in (self._completed, *self._operations):
            if self._completed == 0:
                break
            self._finish_if_ready(operation)
        if not self._operations:
            # All callbacks have returned, so nothing is written any more.
            self._read()
            self._detach_if_idle()
        elif self._completed and self.loop:
            # A callback has written to the eventfd, but has not returned yet.
            self.loop.call_soon(self._collect_again, self.loop)

    def _collect_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.loop is loop:
            self._collect()

    def _read(self) -> None:
        try:
            self._completed += os.eventfd_read(self._file)
        except BlockingIOError:
            pass

    def _finish_if_ready(self, operation: int) -> None:
        if operation not in self._operations or not function("is_ready")(operation):
            return
        self._completed -= operation
        call, future = self._operations.pop(operation)
        try:
            result = call.take(operation)
        except InvalidHandleError:
            # Another thread has freed the client since the callback ran, and its operations with it.
            _settle(future, future.set_exception, _closed(call))
        except Exception as error:
            _settle(future, future.set_exception, error)
        else:
            _settle(future, future.set_result, result)

    def reclaim(self) -> bool:
        """Whether the channel can be attached to another loop: it has none, or its loop was closed and all results could be
        discarded."""
        if self.loop is None:
            return True
        if not self.loop.is_closed():
            return False
        self._discard_ready()
        if self._operations:
            return False
        self._read()
        self._completed = 0
        self.loop = None
        return True

    def _discard_ready(self) -> None:
        for operation, (call, _) in list(self._operations.items()):
            function("cancel")(operation)
            if function("is_ready")(operation):
                del self._operations[operation]
                try:
                    call.take(operation)
                except Error:
                    pass

    def close(self) -> None:
        """Fails the operations in flight, whose client was freed, and closes the eventfd in the thread of the loop."""
        loop = self.loop
        if loop is None or loop.is_closed():
            self._closer()
        elif loop is _running_loop():
            self._abandon()
        else:
            try:
                loop.call_soon_threadsafe(self._abandon)
            except RuntimeError:
                # The loop was closed meanwhile.
                self._closer()

    def _abandon(self) -> None:
        operations, self._operations, self._completed = self._operations, {}, 0
        self._detach_if_idle()
        self._closer()
        for call, future in operations.values():
            _settle(future, future.set_exception, _closed(call))


def _closed(call: Call[Any]) -> Error:
    message = "the client was closed while the operation was in flight"
    return new_error(ErrorCode.CANCELLED, message, operation=call.name, key=call.key)


def _settle(future: asyncio.Future[Any], setter: Callable[[Any], None], value: Any) -> None:
    """Ends a future, unless its task was cancelled."""
    if not future.done():
        setter(value)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Completions:
    """The channels of a client. Event loops of several threads may use it at once."""

    def __init__(self) -> None:
        self._reset()
        _all.add(self)

    def _reset(self) -> None:
        """In a child of fork() the eventfds are those of the parent, and no operation is in flight."""
        self._lock = threading.Lock()
        self._channels: list[Channel] = []

    def _channel(self, loop: asyncio.AbstractEventLoop) -> Channel:
        with self._lock:
            for channel in self._channels:
                if channel.loop is loop and channel.has_room():
                    return channel
            for channel in self._channels:
                if channel.reclaim():
                    break
            else:
                channel = Channel()
                self._channels.append(channel)
            channel.attach(loop)
            return channel

    async def run(self, call: Call[T], client: int, timeout_ms: int) -> T:
        """Executes an operation. The cancellation of the task cancels the operation."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        operation = self._channel(loop).start(call, client, timeout_ms, future)
        try:
            return await future
        except asyncio.CancelledError:
            function("cancel")(operation)
            raise

    def close(self) -> None:
        """Closes the channels. The client was freed before, so no callback runs any more."""
        with self._lock:
            channels, self._channels = self._channels, []
        for channel in channels:
            channel.close()


_all: weakref.WeakSet[Completions] = weakref.WeakSet()


def _reset_all() -> None:
    for completions in list(_all):
        completions._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_all)
