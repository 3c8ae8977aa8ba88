"""The libraries of all platforms."""


def run_all(results, folder, emulator):
    raise NotImplementedError
