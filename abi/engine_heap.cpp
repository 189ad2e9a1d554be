// ipworksauth_engine_new and _free: an engine in heap memory, for hosts that do not care where it
// lives. Apart from the core, which takes no heap.
//
//   [ Head, 16 octets ][ the engine's block ]    the engine is at the start of its block
#include <cstdlib>
#include <new>

#include "ipworksauth/engine.h"
#include "lib/base/bytes.hpp"

namespace {

constexpr std::size_t kAlign = 16;

struct alignas(kAlign) Head {
  std::size_t block_len;
};

void release(Head* head) noexcept {
  sshauth::secure_wipe(head + 1, head->block_len);
  std::free(head);
}

}  // namespace

extern "C" {

int ipworksauth_engine_new(ipworksauth_engine** out, const ipworksauth_engine_config* config,
                           const char** why) {
  if (out == nullptr || config == nullptr) return IPWORKSAUTH_E_ARGUMENT;
  *out = nullptr;
  // For a configuration that is refused the size is 0, and create says why.
  const std::size_t len = (ipworksauth_engine_size(config) + kAlign - 1) & ~(kAlign - 1);
  void* memory = std::aligned_alloc(kAlign, sizeof(Head) + len);
  if (memory == nullptr) {
    if (why != nullptr) *why = "there is not enough memory for an engine";
    return IPWORKSAUTH_E_ROOM;
  }
  Head* head = new (memory) Head{len};
  int result = ipworksauth_engine_create(out, head + 1, len, config, why);
  if (result == IPWORKSAUTH_OK && static_cast<void*>(*out) != head + 1) {
    ipworksauth_engine_destroy(*out);  // free could not find the block again
    result = IPWORKSAUTH_E_INTERNAL;
  }
  if (result != IPWORKSAUTH_OK) {
    *out = nullptr;
    release(head);
  }
  return result;
}

void ipworksauth_engine_free(ipworksauth_engine* e) {
  if (e == nullptr) return;
  Head* head = static_cast<Head*>(static_cast<void*>(e)) - 1;
  ipworksauth_engine_destroy(e);
  release(head);
}

}  // extern "C"
