#include "tests/keys/freed.hpp"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace {

using sshauth::test::Needle;

constexpr std::size_t kMost = 64;
const std::vector<Needle>* watched = nullptr;
bool seen[kMost];

void look(const void* at, std::size_t len) {
  if (watched == nullptr || at == nullptr) return;
  for (std::size_t i = 0; i < watched->size() && i < kMost; ++i) {
    const std::string& octets = (*watched)[i].octets;
    if (memmem(at, len, octets.data(), octets.size()) != nullptr) seen[i] = true;
  }
}

}  // namespace

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
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
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void* at);
namespace {
[[maybe_unused]] const int kInstalled = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) {},
    [](const volatile void* at) {
      if (watched != nullptr && at != nullptr)
        look(const_cast<const void*>(at), __sanitizer_get_allocated_size(at));
    });
}  // namespace
#else
// In place of the C library's functions, for every library of the process; glibc keeps its own
// under these names. Parameters are called as everywhere here, not as in its headers.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {
void __libc_free(void* at);

void free(void* at) {
  if (at != nullptr) look(at, malloc_usable_size(at));
  __libc_free(at);
}
// Always moves, as it may at any time: what it leaves behind counts.
void* realloc(void* at, std::size_t len) {
  void* const moved = std::malloc(len);
  if (at == nullptr || moved == nullptr) return moved;
  const std::size_t before = malloc_usable_size(at);
  std::memcpy(moved, at, before < len ? before : len);
  free(at);
  return moved;
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
#endif

namespace sshauth::test {

FreedWatch::FreedWatch(const std::vector<Needle>& secrets) {
  std::memset(seen, 0, sizeof seen);
  watched = &secrets;
}
FreedWatch::~FreedWatch() { watched = nullptr; }

std::string FreedWatch::found() const {
  const std::vector<Needle>* const secrets = std::exchange(watched, nullptr);
  std::string names;
  for (std::size_t i = 0; i < secrets->size(); ++i)
    if (seen[i]) names += " " + (*secrets)[i].name;
  watched = secrets;
  return names;
}

}  // namespace sshauth::test
