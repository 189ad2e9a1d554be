#include "lib/keys/argon2.hpp"

#include <argon2.h>

#include "lib/keys/dynamic.hpp"

namespace sshauth {
namespace {

struct Library {
  decltype(&::argon2_ctx) run = nullptr;
  decltype(&::argon2_error_message) message = nullptr;
};

Library load() noexcept {
  Library out;
  void* at = ::dlopen("libargon2.so.1", RTLD_NOW | RTLD_LOCAL);
  if (at == nullptr || !find_function(at, "argon2_error_message", out.message) ||
      !find_function(at, "argon2_ctx", out.run))
    out.run = nullptr;
  return out;
}

const Library& library() noexcept {
  static const Library loaded = load();
  return loaded;
}

argon2_type type_of(Argon2::Kind kind) noexcept {
  switch (kind) {
    case Argon2::Kind::d: return Argon2_d;
    case Argon2::Kind::i: return Argon2_i;
    case Argon2::Kind::id: break;
  }
  return Argon2_id;
}

// libargon2 writes to none of its inputs unless a flag tells it to wipe them.
std::uint8_t* input(Bytes octets) noexcept { return const_cast<std::uint8_t*>(octets.data()); }

}  // namespace

KeyError argon2(const Argon2& how, Bytes passphrase, MutBytes out) {
  const Library& lib = library();
  if (lib.run == nullptr)
    return {KeyErrc::unsupported_type,
            "the key is protected with Argon2, for which libargon2 (libargon2.so.1) has to be "
            "installed"};
  argon2_context context{};
  context.out = out.data(), context.outlen = static_cast<std::uint32_t>(out.size());
  context.pwd = input(passphrase), context.pwdlen = static_cast<std::uint32_t>(passphrase.size());
  context.salt = input(how.salt), context.saltlen = static_cast<std::uint32_t>(how.salt.size());
  context.t_cost = how.passes, context.m_cost = how.memory_kib;
  context.lanes = how.lanes, context.threads = 1;
  context.version = ARGON2_VERSION_13;
  const int why = lib.run(&context, type_of(how.kind));
  if (why == ARGON2_OK) return {};
  const KeyErrc code =
      why == ARGON2_MEMORY_ALLOCATION_ERROR ? KeyErrc::crypto_failed : KeyErrc::malformed;
  return {code, "Argon2 with " + std::to_string(how.memory_kib) + " KiB, " +
                    std::to_string(how.passes) + " passes and a parallelism of " +
                    std::to_string(how.lanes) + " cannot be done: " + lib.message(why)};
}

}  // namespace sshauth
