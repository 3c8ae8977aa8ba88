"""An implementation of docs/envelope.md with Python's `cryptography`. It shares no code with the library."""

import hashlib
import re
import struct
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DOCUMENT = Path(__file__).parents[2] / "docs/envelope.md"
MAGIC = bytes.fromhex("897363776b6d730a")


class Header:
    """The fields of a header. Positions are those of the document's table."""

    def __init__(self, message):
        assert message[:8] == MAGIC and message[8:10] == bytes([1, 1])
        self.segment_len, = struct.unpack(">I", message[10:14])
        self.key_id = str(UUID(bytes=message[14:30]))
        end = 31 + message[30]
        self.region = message[31:end].decode("ascii")
        length, = struct.unpack(">H", message[end:end + 2])
        self.data_key = message[end + 2:end + 2 + length]
        end += 2 + length + 32
        self.authenticated = message[:end]
        self.salt = message[end - 32:end]
        self.commitment = message[end:end + 32]
        self.len = end + 32


def derive(data_key, header, salt, associated_data):
    """The message key and the commitment."""
    info = b"scwkms envelope 1" + hashlib.sha256(header + associated_data).digest()
    output = HKDF(SHA256(), 64, salt, info).derive(data_key)
    return output[:32], output[32:]


def nonce(number, is_last):
    return bytes(7) + struct.pack(">IB", number, is_last)


def decrypt(message, associated_data, data_key_of):
    """The plaintext of a message. `data_key_of` decrypts the data key of a header."""
    header = Header(message)
    key, commitment = derive(data_key_of(header), header.authenticated, header.salt, associated_data)
    assert commitment == header.commitment
    cipher, plaintext = AESGCM(key), b""
    segments = range(header.len, len(message), header.segment_len + 16)
    for number, at in enumerate(segments):
        segment = message[at:at + header.segment_len + 16]
        plaintext += cipher.decrypt(nonce(number, number == len(segments) - 1), segment, None)
    return plaintext


def encrypt(plaintext, associated_data, segment_len, key_id, region, data_key, encrypted_data_key, salt):
    """A message with given values for all fields."""
    header = b"".join([
        MAGIC, bytes([1, 1]), struct.pack(">I", segment_len), UUID(key_id).bytes,
        bytes([len(region)]), region.encode("ascii"),
        struct.pack(">H", len(encrypted_data_key)), encrypted_data_key, salt,
    ])
    key, commitment = derive(data_key, header, salt, associated_data)
    parts = [plaintext[i:i + segment_len] for i in range(0, len(plaintext), segment_len)] or [b""]
    segments = [AESGCM(key).encrypt(nonce(number, number == len(parts) - 1), part, None)
                for number, part in enumerate(parts)]
    return header + commitment + b"".join(segments)


def documented():
    """The hexadecimal values of the document's test vector."""
    values = re.findall(r"^([a-z ]+): ([0-9a-f]+)$", DOCUMENT.read_text(), re.MULTILINE)
    return {name: bytes.fromhex(value) for name, value in values}
