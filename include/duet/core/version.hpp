#pragma once

// The version of Duet, stated here only: CMakeLists.txt reads it, and a test holds packages and documents to it.

#define DUET_VERSION_MAJOR 0
#define DUET_VERSION_MINOR 1
#define DUET_VERSION_PATCH 0

// 1.2.3 as 10203, for #if.
#define DUET_VERSION (10000 * DUET_VERSION_MAJOR + 100 * DUET_VERSION_MINOR + DUET_VERSION_PATCH)

// 1.2.3 as "1.2.3".
#define DUET_VERSION_QUOTED(major, minor, patch) #major "." #minor "." #patch
#define DUET_VERSION_EXPANDED(major, minor, patch) DUET_VERSION_QUOTED(major, minor, patch)
#define DUET_VERSION_STRING DUET_VERSION_EXPANDED(DUET_VERSION_MAJOR, DUET_VERSION_MINOR, DUET_VERSION_PATCH)

// duet_all.hpp (doc/port/single_header.cmake) holds copies of all headers, which #pragma once cannot know.
#if defined(DUET_ALL)
#error "a header of Duet is included after duet_all.hpp, which holds all of them: include one or the other"
#endif
