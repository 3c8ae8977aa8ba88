// Includes scwkms.h, which is in the folder of the library, if the library is there.
#if defined(SCWKMS_GO_SYSTEM) || __has_include(<libscwkms.a>)
#include <scwkms.h>
#else
#error the scwkms static library for this platform is missing: run make in the scwkms repository (and go mod vendor again in a module that vendors), or install the library and build with -tags scwkms_system
#endif
