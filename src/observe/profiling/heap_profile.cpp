#include "observe/profiling/heap_profile.hpp"

#include <cstdlib>
#include <dlfcn.h>

#ifdef GIM_HAS_TCMALLOC
#include <gperftools/malloc_extension.h>
#endif

namespace gim::profiling {

std::optional<std::string> heap_profile() {
#ifdef GIM_HAS_TCMALLOC
    // Only the whole one has this function.
    const bool is_whole = ::dlsym(RTLD_DEFAULT, "IsHeapProfilerRunning") != nullptr;
    const char* const every = std::getenv("TCMALLOC_SAMPLE_PARAMETER");
    if (is_whole && every != nullptr && std::atoll(every) > 0) {
        std::string text;
        MallocExtension::instance()->GetHeapSample(&text);
        return text;
    }
#endif
    return std::nullopt;
}

}  // namespace gim::profiling
