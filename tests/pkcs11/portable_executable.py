"""Makes a program for Windows that consists of headers and one empty section."""

import struct

SECTION_ALIGNMENT, FILE_ALIGNMENT = 0x1000, 0x200
DIRECTORIES = 16


def _coff_header(optional_size):
    """x86-64, one section, executable."""
    return b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, optional_size, 0x22)


def _optional_header():
    standard = struct.pack("<HBBIIIII", 0x20B, 14, 0, FILE_ALIGNMENT, 0, 0, SECTION_ALIGNMENT, SECTION_ALIGNMENT)
    sizes = struct.pack("<QII6HI", 0x140000000, SECTION_ALIGNMENT, FILE_ALIGNMENT, 6, 0, 0, 0, 6, 0, 0)
    image = struct.pack("<IIIHH", 2 * SECTION_ALIGNMENT, FILE_ALIGNMENT, 0, 3, 0)
    memory = struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, DIRECTORIES)
    return standard + sizes + image + memory + bytes(8 * DIRECTORIES)


def _section_header():
    return b".text\0\0\0" + struct.pack("<IIIIIIHHI", 1, SECTION_ALIGNMENT, FILE_ALIGNMENT, FILE_ALIGNMENT, 0, 0, 0, 0,
                                        0x60000020)


def program():
    optional = _optional_header()
    dos_header = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    headers = dos_header + _coff_header(len(optional)) + optional + _section_header()
    return headers.ljust(FILE_ALIGNMENT, b"\0") + bytes(FILE_ALIGNMENT)
