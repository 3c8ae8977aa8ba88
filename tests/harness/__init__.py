"""Helpers of the Python test runners: the emulator, OpenSSL, compilers, valgrind, sanitizers, and test results."""
