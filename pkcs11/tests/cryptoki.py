"""A binding of PKCS#11 for tests: each function of a function list, with ctypes and nothing in between."""

import ctypes
import struct

import constants
from constants import name_of

CK_ULONG = ctypes.c_ulong
UNAVAILABLE = CK_ULONG(-1).value

# The order of the function list of version 2.40, and what version 3.0 adds.
FUNCTIONS_2 = """Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo GetMechanismList
GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession CloseAllSessions GetSessionInfo GetOperationState
SetOperationState Login Logout CreateObject CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue
FindObjectsInit FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt
DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal SignInit Sign SignUpdate SignFinal
SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate VerifyFinal VerifyRecoverInit VerifyRecover
DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey
UnwrapKey DeriveKey SeedRandom GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent""".split()
FUNCTIONS_3 = """GetInterfaceList GetInterface LoginUser SessionCancel MessageEncryptInit EncryptMessage
EncryptMessageBegin EncryptMessageNext MessageEncryptFinal MessageDecryptInit DecryptMessage DecryptMessageBegin
DecryptMessageNext MessageDecryptFinal MessageSignInit SignMessage SignMessageBegin SignMessageNext MessageSignFinal
MessageVerifyInit VerifyMessage VerifyMessageBegin VerifyMessageNext MessageVerifyFinal""".split()
FUNCTIONS_3_2 = """EncapsulateKey DecapsulateKey VerifySignatureInit VerifySignature VerifySignatureUpdate
VerifySignatureFinal GetSessionValidationFlags AsyncComplete AsyncGetID AsyncJoin WrapKeyAuthenticated
UnwrapKeyAuthenticated""".split()
FUNCTIONS = {
    (2, 40): FUNCTIONS_2, (3, 0): FUNCTIONS_2 + FUNCTIONS_3, (3, 1): FUNCTIONS_2 + FUNCTIONS_3,
    (3, 2): FUNCTIONS_2 + FUNCTIONS_3 + FUNCTIONS_3_2,
}


class Attribute(ctypes.Structure):
    _fields_ = [("type", CK_ULONG), ("value", ctypes.c_void_p), ("length", CK_ULONG)]


class Mechanism(ctypes.Structure):
    _fields_ = [("mechanism", CK_ULONG), ("parameter", ctypes.c_void_p), ("length", CK_ULONG)]


class Interface(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("functions", ctypes.c_void_p), ("flags", CK_ULONG)]


class Error(Exception):
    """A return code other than CKR_OK."""

    def __init__(self, function, code):
        super().__init__(f"{function} returned {name_of(code)}")
        self.code = name_of(code)


def number(value):
    return struct.pack("@L", value)


def encoded(value):
    """The encoding of an attribute's value: a bool, an int, a str or bytes."""
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return number(value)
    return value.encode() if isinstance(value, str) else value


class Arguments:
    """Keeps the memory of arguments alive."""

    def __init__(self):
        self.memory = []

    def template(self, attributes):
        array = (Attribute * len(attributes))()
        for item, (name, value) in zip(array, attributes.items()):
            data = encoded(value)
            buffer = ctypes.create_string_buffer(data, len(data))
            self.memory.append(buffer)
            item.type, item.length = getattr(constants, name), len(data)
            item.value = ctypes.addressof(buffer) if data else None
        # The values exist as long as the array.
        array.values = list(self.memory)
        return array

    def mechanism(self, name, parameter=b""):
        mechanism = Mechanism(getattr(constants, name), None, len(parameter))
        if parameter:
            buffer = ctypes.create_string_buffer(parameter, len(parameter))
            mechanism.parameter = ctypes.addressof(buffer)
            self.memory.append(buffer)
        self.memory.append(mechanism)
        return ctypes.byref(mechanism)


def pss(hash="CKM_SHA256", mgf=constants.CKG_MGF1_SHA256, salt=32):
    return struct.pack("@LLL", getattr(constants, hash), mgf, salt)


def oaep(hash="CKM_SHA256", mgf=constants.CKG_MGF1_SHA256, source=1, label=0):
    return struct.pack("@LLLPL", getattr(constants, hash), mgf, source, 1 if label else 0, label)


def address(structure, offset):
    return ctypes.c_void_p.from_address(structure + offset).value


class Module:
    """The functions of an interface of a module."""

    def __init__(self, path, version=(2, 40)):
        self.library = ctypes.CDLL(path)
        if version == (2, 40):
            found = ctypes.c_void_p()
            self._expect_ok("C_GetFunctionList", self.library.C_GetFunctionList(ctypes.byref(found)))
            structure = found.value
        else:
            structure = self.interface(version).functions
        self.version = tuple(ctypes.string_at(structure, 2))
        size = ctypes.sizeof(ctypes.c_void_p)
        pointers = enumerate(FUNCTIONS[version], 1)
        self.addresses = {name: address(structure, i * size) for i, name in pointers}
        self.functions = {name: ctypes.CFUNCTYPE(CK_ULONG)(a) for name, a in self.addresses.items()}

    def interface(self, version=None, name=None, flags=0):
        found = ctypes.POINTER(Interface)()
        version = bytes(version) if version else None
        code = self.library.C_GetInterface(name, version, ctypes.byref(found), CK_ULONG(flags))
        self._expect_ok("C_GetInterface", code)
        return found.contents

    @staticmethod
    def _expect_ok(name, code):
        if code != 0:
            raise Error(name, code)

    def code(self, name, *arguments):
        """Calls a function and returns its code. Integers become CK_ULONG."""
        converted = [CK_ULONG(a) if isinstance(a, int) else a for a in arguments]
        return name_of(self.functions[name](*converted))

    def call(self, name, *arguments):
        code = self.code(name, *arguments)
        if code != "CKR_OK":
            raise Error(f"C_{name}", getattr(constants, code, code))

    def output(self, name, *arguments, size=None):
        """Calls a function with a buffer, whose size the function returns first unless it is given."""
        length = CK_ULONG(size or 0)
        if size is None:
            self.call(name, *arguments, None, ctypes.byref(length))
        buffer = ctypes.create_string_buffer(max(1, length.value))
        self.call(name, *arguments, buffer, ctypes.byref(length))
        return buffer.raw[:length.value]

    def numbers(self, name, *arguments):
        """Calls a function that returns an array of numbers."""
        count = CK_ULONG()
        self.call(name, *arguments, None, ctypes.byref(count))
        array = (CK_ULONG * count.value)()
        self.call(name, *arguments, array, ctypes.byref(count))
        return list(array)

    def open_session(self, slot=0, flags=constants.CKF_SERIAL_SESSION | constants.CKF_RW_SESSION):
        handle = CK_ULONG()
        self.call("OpenSession", slot, flags, None, None, ctypes.byref(handle))
        return handle.value

    def find(self, session, **attributes):
        arguments = Arguments()
        template = arguments.template(attributes)
        self.call("FindObjectsInit", session, template, len(template))
        found = []
        array, count = (CK_ULONG * 3)(), CK_ULONG(1)
        while count.value:
            self.call("FindObjects", session, array, len(array), ctypes.byref(count))
            found += array[:count.value]
        self.call("FindObjectsFinal", session)
        return found

    def attribute(self, session, handle, name):
        """The value of an attribute as bytes."""
        item = Attribute(getattr(constants, name), None, 0)
        self.call("GetAttributeValue", session, handle, ctypes.byref(item), 1)
        buffer = ctypes.create_string_buffer(max(1, item.length))
        item.value = ctypes.addressof(buffer)
        self.call("GetAttributeValue", session, handle, ctypes.byref(item), 1)
        return buffer.raw[:item.length]

    def init(self, name, session, key, mechanism, parameter=b""):
        arguments = Arguments()
        method = arguments.mechanism(mechanism, parameter)
        self.call(name, session, method, *([] if key is None else [key]))

    def sign(self, session, key, mechanism, data, parameter=b"", size=None):
        self.init("SignInit", session, key, mechanism, parameter)
        return self.output("Sign", session, data, len(data), size=size)

    def verify(self, session, key, mechanism, data, signature, parameter=b""):
        self.init("VerifyInit", session, key, mechanism, parameter)
        self.call("Verify", session, data, len(data), signature, len(signature))

    def generate(self, session, mechanism, public, private):
        """The handles of the public and the private key."""
        arguments = Arguments()
        first, second = CK_ULONG(), CK_ULONG()
        public, private = arguments.template(public), arguments.template(private)
        self.call("GenerateKeyPair", session, arguments.mechanism(mechanism), public, len(public), private, len(private),
                  ctypes.byref(first), ctypes.byref(second))
        return first.value, second.value
