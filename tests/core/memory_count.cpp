#include "tests/core/memory_count.hpp"

#include <cerrno>
#include <cstdlib>

namespace {

bool counting = false;
std::size_t taken_now = 0;

void count() {
  if (counting) ++taken_now;
}

}  // namespace

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif

#ifdef HAS_SANITIZER
// A sanitizer has its own malloc and calls us from it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*taken)(const volatile void*,
                                                                       std::size_t),
                                                         void (*given)(const volatile void*));
namespace {
[[maybe_unused]] const int kInstalled = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { count(); }, [](const volatile void*) {});
}  // namespace
#else
// In place of the C library's functions, for every library of the process; glibc keeps its own
// under these names.
extern "C" {
void* __libc_malloc(std::size_t len);
void* __libc_calloc(std::size_t num, std::size_t len);
void* __libc_realloc(void* at, std::size_t len);
void* __libc_memalign(std::size_t align, std::size_t len);

void* malloc(std::size_t len) {
  count();
  return __libc_malloc(len);
}
void* calloc(std::size_t num, std::size_t len) {
  count();
  return __libc_calloc(num, len);
}
void* realloc(void* at, std::size_t len) {
  count();
  return __libc_realloc(at, len);
}
void* memalign(std::size_t align, std::size_t len) {
  count();
  return __libc_memalign(align, len);
}
void* aligned_alloc(std::size_t align, std::size_t len) {
  count();
  return __libc_memalign(align, len);
}
int posix_memalign(void** out, std::size_t align, std::size_t len) {
  count();
  *out = __libc_memalign(align, len);
  return *out != nullptr ? 0 : ENOMEM;
}
}
#endif

namespace sshauth::test {

HeapCount::HeapCount() {
  taken_now = 0;
  counting = true;
}
HeapCount::~HeapCount() { counting = false; }
std::size_t HeapCount::taken() const { return taken_now; }

}  // namespace sshauth::test
