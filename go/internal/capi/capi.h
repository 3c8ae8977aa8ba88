// Includes scwkms.h. With the build tag scwkms_system it is the installed one. In a release it is prebuilt.h, and a module of
// its own has the library. Otherwise it is in the folder of the library, if `make` has put the library there.
#if defined(SCWKMS_GO_PREBUILT)
#include "prebuilt.h"
#elif defined(SCWKMS_GO_SYSTEM) || __has_include(<libscwkms.a>)
#include <scwkms.h>
#elif __has_include("prebuilt.h")
#error this release of scwkms has no static library for this platform: run make shared and make install in the scwkms repository and build with -tags scwkms_system, or build without scwkms with -tags noscwkms
#else
#error the scwkms static library for this platform is missing: run make in the scwkms repository (and go mod vendor again in a module that vendors), or install the library and build with -tags scwkms_system
#endif
