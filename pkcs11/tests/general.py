"""Exports, interfaces, initialization, slots, sessions and login."""

import ctypes
import subprocess

import constants
from cryptoki import CK_ULONG, FUNCTIONS, Interface, Module
from fixture import WRITABLE, module_path, refused
from harness.results import expect

EXPORTS = ["C_GetFunctionList", "C_GetInterface", "C_GetInterfaceList"]
UNUSED = 99


def exports(fixture):
    """The module exports these functions, and needs only the C library."""
    listed = subprocess.run(["nm", "--dynamic", "--defined-only", module_path()], capture_output=True, text=True, check=True)
    names = sorted(line.split()[-1] for line in listed.stdout.splitlines())
    expect(names == EXPORTS, names)
    shown = subprocess.run(["readelf", "--dynamic", module_path()], capture_output=True, text=True, check=True).stdout
    needed = [line.split("[")[1].rstrip("]") for line in shown.splitlines() if "(NEEDED)" in line]
    expect(all(name.startswith(("libc.", "libgcc_s.", "libm.", "ld-")) for name in needed), needed)
    expect("NODELETE" in shown, "the module can be unloaded while its thread runs")


def interfaces(fixture):
    for version in FUNCTIONS:
        module = Module(module_path(), version)
        expect(module.version == version, module.version)
        expect(all(module.addresses.values()), f"a function of version {version} is NULL")
    default = fixture.module.interface()
    expect(default.name == b"PKCS 11" and default.flags == 1, default.name)
    count = CK_ULONG()
    library = fixture.module.library
    expect(library.C_GetInterfaceList(None, ctypes.byref(count)) == 0 and count.value == 4, count.value)
    listed = (Interface * 4)()
    expect(library.C_GetInterfaceList(listed, ctypes.byref(count)) == 0, "no list")
    expect(listed[0].functions == default.functions, "the default interface is not the first")
    count.value = 3
    expect(library.C_GetInterfaceList(listed, ctypes.byref(count)) == constants.CKR_BUFFER_TOO_SMALL, "no room")
    refused("CKR_FUNCTION_FAILED", fixture.module.interface, (2, 20))
    refused("CKR_FUNCTION_FAILED", fixture.module.interface, None, b"Vendor")


def nothing_works_before_initialization(fixture):
    module = fixture.module
    module.code("Finalize", None)
    available = ("Initialize", "GetFunctionList", "GetInterfaceList", "GetInterface")
    for name in FUNCTIONS[module.version]:
        if name not in available:
            code = module.code(name, *[None] * 10)
            expect(code == "CKR_CRYPTOKI_NOT_INITIALIZED", f"{name}: {code}")


def null_arguments(fixture):
    """No function crashes. Functions that the module does not support say so."""
    module = fixture.module
    fixture.open(WRITABLE)
    unsupported = set()
    for name in FUNCTIONS[module.version]:
        if name in ("Initialize", "Finalize", "CloseSession", "CloseAllSessions"):
            continue
        # The first argument of these is a pointer, that of the others a number.
        is_pointer = name in ("GetInfo", "GetFunctionList", "GetInterfaceList", "GetInterface")
        code = module.code(name, None if is_pointer else fixture.session, *[None] * 9)
        if code == "CKR_FUNCTION_NOT_SUPPORTED":
            unsupported.add(name)
    expect({"WrapKey", "MessageSignInit", "EncapsulateKey", "CreateObject"} <= unsupported, unsupported)
    expect(not {"Sign", "FindObjects", "Decrypt", "GenerateKeyPair"} & unsupported, unsupported)


def initialization(fixture):
    module = fixture.module
    fixture.initialize(WRITABLE)
    refused("CKR_CRYPTOKI_ALREADY_INITIALIZED", module.call, "Initialize", None)
    refused("CKR_ARGUMENTS_BAD", module.call, "Finalize", b"x")
    module.call("Finalize", None)
    refused("CKR_CRYPTOKI_NOT_INITIALIZED", module.call, "Finalize", None)
    flags = constants.CKF_OS_LOCKING_OK | constants.CKF_LIBRARY_CANT_CREATE_OS_THREADS
    for mutexes, flags, reserved, code in [
        ([0, 0, 0, 0], 0, 0, "CKR_OK"), ([0, 0, 0, 0], flags, 0, "CKR_OK"), ([1, 1, 1, 1], 0, 0, "CKR_OK"),
        ([1, 0, 1, 1], 0, 0, "CKR_ARGUMENTS_BAD"), ([0, 0, 0, 0], 0, 1, "CKR_ARGUMENTS_BAD"),
    ]:
        arguments = (CK_ULONG * 6)(*mutexes, flags, reserved)
        found = module.code("Initialize", ctypes.byref(arguments))
        expect(found == code, f"{found}, not {code}")
        module.code("Finalize", None)


def slots(fixture):
    module = fixture.module
    fixture.initialize('[[token]]\nlabel = "one"\n[[token]]\nlabel = "two"\nread-only = false')
    expect(module.numbers("GetSlotList", 1) == [0, 1], "not two slots")
    room = CK_ULONG(1)
    refused("CKR_BUFFER_TOO_SMALL", module.call, "GetSlotList", 1, (CK_ULONG * 1)(), ctypes.byref(room))
    expect(room.value == 2, room.value)
    info = ctypes.create_string_buffer(208)
    module.call("GetTokenInfo", 1, info)
    expect(info.raw[:32] == b"two".ljust(32), info.raw[:32])
    refused("CKR_SLOT_ID_INVALID", module.call, "GetTokenInfo", UNUSED, info)
    refused("CKR_SLOT_ID_INVALID", module.call, "GetSlotInfo", UNUSED, info)
    refused("CKR_SLOT_ID_INVALID", module.open_session, UNUSED)
    generation = constants.CKM_EC_KEY_PAIR_GEN
    expect(generation not in module.numbers("GetMechanismList", 0), "a read-only token generates keys")
    expect(generation in module.numbers("GetMechanismList", 1), "a writable token does not generate keys")
    mechanism = (CK_ULONG * 3)()
    module.call("GetMechanismInfo", 1, constants.CKM_ECDSA, mechanism)
    expect(list(mechanism[:2]) == [256, 384] and mechanism[2] & constants.CKF_SIGN, list(mechanism))
    refused("CKR_MECHANISM_INVALID", module.call, "GetMechanismInfo", 1, constants.CKM_AES_GCM, mechanism)
    refused("CKR_NO_EVENT", module.call, "WaitForSlotEvent", constants.CKF_DONT_BLOCK, None, None)


def info(fixture):
    """Each function list describes its own version."""
    fixture.initialize(WRITABLE)
    for version, expected in [((2, 40), (2, 40)), ((3, 0), (3, 2)), ((3, 2), (3, 2))]:
        module = Module(module_path(), version)
        data = ctypes.create_string_buffer(88)
        module.call("GetInfo", data)
        expect(tuple(data.raw[:2]) == expected and data.raw[2:8] == b"scwkms", data.raw[:8])


def sessions(fixture):
    module = fixture.module
    fixture.open(WRITABLE)
    refused("CKR_SESSION_PARALLEL_NOT_SUPPORTED", module.open_session, 0, constants.CKF_RW_SESSION)
    asynchronous = constants.CKF_SERIAL_SESSION | constants.CKF_ASYNC_SESSION
    refused("CKR_SESSION_ASYNC_NOT_SUPPORTED", module.open_session, 0, asynchronous)
    reader = module.open_session(0, constants.CKF_SERIAL_SESSION | 2**20)
    state = (CK_ULONG * 4)()
    for session, expected in [(fixture.session, 2), (reader, 0)]:
        module.call("GetSessionInfo", session, state)
        expect(state[1] == expected, f"state {state[1]}, not {expected}")
        flags = constants.CKF_SERIAL_SESSION | (constants.CKF_RW_SESSION if session != reader else 0)
        expect(state[2] == flags, f"flags {state[2]:#x}")
    module.call("CloseSession", reader)
    refused("CKR_SESSION_HANDLE_INVALID", module.call, "CloseSession", reader)
    refused("CKR_SESSION_HANDLE_INVALID", module.call, "GetSessionInfo", reader, state)
    module.call("CloseAllSessions", 0)
    refused("CKR_SESSION_HANDLE_INVALID", module.call, "GetSessionInfo", fixture.session, state)
    expect(module.open_session() > reader, "a handle was used again")


def login(fixture):
    """Without a configured PIN each PIN is accepted, and none is needed."""
    module = fixture.module
    fixture.open(WRITABLE)
    expect(fixture.find(CKA_CLASS=constants.CKO_PRIVATE_KEY), "no private key without a login")
    refused("CKR_USER_NOT_LOGGED_IN", module.call, "Logout", fixture.session)
    refused("CKR_USER_TYPE_INVALID", module.call, "Login", fixture.session, constants.CKU_SO, b"1234", 4)
    module.call("Login", fixture.session, constants.CKU_USER, b"1234", 4)
    state = (CK_ULONG * 4)()
    module.call("GetSessionInfo", fixture.session, state)
    expect(state[1] == 3, state[1])
    refused("CKR_USER_ALREADY_LOGGED_IN", module.call, "Login", fixture.session, constants.CKU_USER, None, 0)
    module.call("Logout", fixture.session)
    module.call("LoginUser", fixture.session, constants.CKU_USER, b"1234", 4, b"name", 4)
    module.call("CloseAllSessions", 0)
    fixture.session = module.open_session()
    refused("CKR_USER_NOT_LOGGED_IN", module.call, "Logout", fixture.session)


CASES = [exports, interfaces, nothing_works_before_initialization, null_arguments, initialization, slots, info, sessions,
         login]
