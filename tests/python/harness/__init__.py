"""What the C, C++, Python and install suites share: the emulator, OpenSSL, compilers, valgrind and the tally."""
