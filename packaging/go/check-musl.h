// Fails if the compiler is not for musl, or the library is not beside this file. musl defines no macro.
#include <features.h>
#if defined(__GLIBC__)
#error the C library of this compiler is glibc: build without the tag musl
#elif !__has_include(<libscwkms.a>)
#error libscwkms.a is missing beside this file: restore it with go clean -modcache, or in a module that vendors with go mod vendor, and exclude no *.a files from the vendor folder
#endif
