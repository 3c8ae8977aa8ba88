"""The scenarios of processes.py. Usage: program.py SCENARIO"""

import _ctypes
import os
import sys
import tempfile
import threading

from cryptoki import Error, Module, constants
from fixture import label, module_path
from harness.results import expect

KEY = label("ec_p256_sha256")
THREADS = 8
SIGNATURES = 10


def opened():
    module = Module(module_path())
    module.call("Initialize", None)
    return module, module.open_session()


def key_of(module, session):
    return module.find(session, CKA_CLASS=constants.CKO_PRIVATE_KEY, CKA_LABEL=KEY)[0]


def sign(module, session, key=None):
    key = key or key_of(module, session)
    signature = module.sign(session, key, "CKM_ECDSA_SHA256", b"data")
    expect(len(signature) == 64, "no signature")


def threads():
    return len(os.listdir("/proc/self/task"))


def no_threads_before_the_first_operation():
    before = threads()
    module, session = opened()
    module.numbers("GetSlotList", 1)
    module.numbers("GetMechanismList", 0)
    expect(threads() == before, "a thread was started")
    sign(module, session)
    expect(threads() > before, "the test does not see threads")


def exit_without_finalization():
    sign(*opened())


def exit_with_a_session():
    module, session = opened()
    key = key_of(module, session)
    module.init("SignInit", session, key, "CKM_ECDSA_SHA256")
    thread = threading.Thread(target=sign, args=(module, module.open_session(), key))
    thread.start()
    thread.join()


def descriptors_are_closed():
    """As in a program that becomes a daemon. The descriptor of the log then belongs to a file of the program."""
    module, session = opened()
    os.closerange(3, 256)
    own = tempfile.TemporaryFile()
    others = [os.dup(own.fileno()) for _ in range(32)]
    sign(module, session)
    expect(os.fstat(own.fileno()).st_size == 0, "the log was written to another file")
    module.call("Finalize", None)
    sign(*opened())
    for descriptor in (own.fileno(), *others):
        os.fstat(descriptor)
    expect(os.fstat(own.fileno()).st_size == 0, "the log was written to another file")


def unload():
    module, session = opened()
    sign(module, session)
    module.call("Finalize", None)
    for _ in range(2):
        _ctypes.dlclose(module.library._handle)
    sign(*opened())


def in_child(function, *arguments):
    """Runs a function in a child process, and returns its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        function(*arguments)
        status = 0
    finally:
        os._exit(status)


def join(children):
    for child in children:
        _, status = os.waitpid(child, 0)
        expect(status == 0, f"a child ended with {status}")


def fork_without_initialization():
    """The child uses the session and the handles of its parent."""
    module, session = opened()
    key = key_of(module, session)
    sign(module, session, key)
    join([in_child(sign, module, session, key) for _ in range(3)])
    sign(module, session, key)


def initialize_in_child(module, session):
    """The environment of the child has no settings any more, as in a worker of nginx."""
    for name in list(os.environ):
        if name.startswith(("SCW", "HOME")):
            del os.environ[name]
    module.call("Initialize", None)
    code = module.code("CloseSession", session)
    expect(code == "CKR_SESSION_HANDLE_INVALID", code)
    sign(module, module.open_session())
    module.call("Finalize", None)


def fork_with_initialization():
    module, session = opened()
    sign(module, session)
    join([in_child(initialize_in_child, module, session) for _ in range(3)])
    sign(module, session)


def fork_of_many_workers():
    """Workers fork again."""
    module, session = opened()
    key = key_of(module, session)

    def worker():
        sign(module, session, key)
        join([in_child(sign, module, session, key) for _ in range(2)])

    join([in_child(worker) for _ in range(4)])


def fork_while_others_sign():
    module, session = opened()
    key = key_of(module, session)
    stop = threading.Event()

    def sign_until_stopped():
        own = module.open_session()
        while not stop.is_set():
            sign(module, own, key)

    running = [threading.Thread(target=sign_until_stopped) for _ in range(3)]
    for thread in running:
        thread.start()
    for _ in range(10):
        join([in_child(sign, module, module.open_session(), key), in_child(initialize_in_child, module, session)])
    stop.set()
    for thread in running:
        thread.join()


def run_threads(function):
    """Runs a function in threads. An error of one is an error."""
    errors = []

    def guarded():
        try:
            function()
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    running = [threading.Thread(target=guarded) for _ in range(THREADS)]
    for thread in running:
        thread.start()
    return running, errors


def threads_sign():
    module, _ = opened()

    def work():
        session = module.open_session()
        key = key_of(module, session)
        for _ in range(SIGNATURES):
            sign(module, session, key)
        module.call("CloseSession", session)

    running, errors = run_threads(work)
    for thread in running:
        thread.join()
    expect(not errors, errors)


def finalization_while_others_sign():
    """Calls either succeed or return a code. None hangs or crashes."""
    module, session = opened()
    key = key_of(module, session)
    allowed = {"CKR_CRYPTOKI_NOT_INITIALIZED", "CKR_SESSION_HANDLE_INVALID", "CKR_KEY_HANDLE_INVALID",
               "CKR_FUNCTION_CANCELED", "CKR_OPERATION_NOT_INITIALIZED"}
    started = threading.Barrier(THREADS + 1)

    def work():
        own = module.open_session()
        sign(module, own, key)
        started.wait()
        try:
            while True:
                sign(module, own, key)
        except Error as error:
            expect(error.code in allowed, error)

    running, errors = run_threads(work)
    started.wait()
    module.call("Finalize", None)
    for thread in running:
        thread.join()
    expect(not errors, errors)
    sign(*opened())


def panics_are_not_printed():
    """Impossible arguments give codes, and the process continues."""
    module, session = opened()
    most = 2**64 - 1
    for name, *arguments in (
        ("SignInit", session, None, most), ("GenerateRandom", session, None, most),
        ("FindObjectsInit", session, b"x" * 32, most), ("GetAttributeValue", session, 1, b"x" * 32, most),
        ("Digest", session, b"x", most, None, None), ("Login", session, most, b"x", most),
    ):
        module.code(name, *arguments)
    sign(module, session)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
