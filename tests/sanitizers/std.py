"""std.py FOLDER: compiles std.c for the standard library of the Rust compiler in use, and prints the linker's options.

If the library no longer has one of the functions, the sanitizer may report a race that is none. It never misses a race
because of that.
"""

import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FUNCTIONS = {
    "std::sys::sync::mutex::futex::Mutex::lock_contended": "MUTEX_LOCK_CONTENDED",
    "std::sys::sync::rwlock::futex::RwLock::read_contended": "RWLOCK_READ_CONTENDED",
    "std::sys::sync::rwlock::futex::RwLock::write_contended": "RWLOCK_WRITE_CONTENDED",
    "std::sys::sync::condvar::futex::Condvar::wait": "CONDVAR_WAIT",
    "std::sys::sync::condvar::futex::Condvar::wait_timeout": "CONDVAR_WAIT_TIMEOUT",
    "std::sys::sync::once::futex::Once::call": "ONCE_CALL",
    "std::thread::thread::Thread::park": "THREAD_PARK",
    "std::thread::thread::Thread::park_timeout": "THREAD_PARK_TIMEOUT",
    "std::thread::scoped::ScopeData::decrement_num_running_threads": "SCOPE_DECREMENT",
    "std::sync::barrier::Barrier::wait": "BARRIER_WAIT",
}


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def symbols():
    """Path of each of the standard library's functions, to its symbol."""
    libraries = output("rustc", "--print", "target-libdir").strip()
    [library] = glob.glob(os.path.join(libraries, "libstd-*.rlib"))
    # The status is that of the archive's members that are not objects.
    listed = subprocess.run(["readelf", "--symbols", "--wide", library], capture_output=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    names = [row[7] for row in rows if len(row) == 8 and row[3] == "FUNC" and row[4] == "GLOBAL" and row[6] != "UND"]
    paths = output("c++filt", input="\n".join(names)).splitlines()
    # Without the hashes of both mangling schemes, and the brackets of methods.
    return {re.sub(r"\[[0-9a-f]+\]|::h[0-9a-f]{16}$|[<>]", "", path): name for path, name in zip(paths, names)}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    known = symbols()
    found = {macro: known[path] for path, macro in FUNCTIONS.items() if path in known}
    for path in FUNCTIONS.keys() - known.keys():
        print(f"std.py: the standard library has no {path}; a false race may be reported", file=sys.stderr)
    with open(os.path.join(folder, "std.h"), "w", encoding="utf-8") as header:
        header.writelines(f"#define {macro} {name}\n" for macro, name in found.items())
    compiled = os.path.join(folder, "std.o")
    output("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2", "-fPIC", "-I", folder, "-c",
           os.path.join(HERE, "std.c"), "-o", compiled)
    wrapped = ["__tsan_atomic64_fetch_sub", "__tsan_atomic_thread_fence", *found.values()]
    print(compiled, *[f"-Wl,--wrap={name}" for name in wrapped])


if __name__ == "__main__":
    main()
