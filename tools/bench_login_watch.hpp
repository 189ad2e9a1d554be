// A provider around another one that watches what passes: it counts the calls of all rows, makes
// the nth one fail, remembers the secrets and which contexts live, and can keep a log from which
// the very same calls are made again without an engine.
//
// Rows of a provider have no object of their own, so a watch is a slot of which there are two: one
// for the client's provider and one for the server's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "lib/crypto/rows.hpp"

namespace sshauth {

using WatchOctets = std::vector<std::uint8_t>;

enum class Watched : std::uint8_t {
  hash_init,
  hash_update,
  hash_finish,
  cipher_init,
  cipher_crypt,
  cipher_read_length,
  cipher_seal,
  cipher_open,
  mac_init,
  mac_compute,
  group_set,
  agreement_init,
  agreement_respond,
  agreement_finish,
  sign,
  verify,
  compression_init,
  compression_run,
  random,
  wipe  // of any context
};

// One call as it was made, to be made again.
struct WatchedCall {
  Watched what;
  const void* row;           // the inner row
  const void* context;       // tells calls of the same context from others
  std::uint32_t number = 0;  // encrypt, sequence number, compress
  std::array<WatchOctets, 8> in;
};

struct Watch {
  // ---- to be set
  std::uint64_t fail_at = 0;  // the call that fails, counted from 1; 0: none
  int fail_with = 0;          // what it returns
  bool fail_after = false;    // it does its work and fails all the same
  std::vector<WatchedCall>* log = nullptr;

  // ---- seen
  std::uint64_t calls = 0;
  bool failed = false;
  Watched failed_what = Watched::random;
  std::set<const void*> living;             // contexts that were started and not wiped
  bool started_twice = false;               // without a wipe in between
  std::vector<WatchOctets> secrets;         // keys and shared secrets
  std::vector<WatchOctets> shared_secrets;  // of key agreements alone

  void reset() { *this = Watch(); }
};

// `slot`: 0 or 1. The provider watches `inner` until it is made for that slot again.
const Provider& watched_provider(const Provider& inner, unsigned slot);
Watch& watch(unsigned slot);

// Makes the calls of the log again, in order, with contexts of its own; false when one fails.
class Replay {
 public:
  explicit Replay(const std::vector<WatchedCall>& log, const Rng& rng);
  bool run() noexcept;

 private:
  bool call(std::size_t i) noexcept;

  const std::vector<WatchedCall>& log_;
  Rng rng_;
  std::vector<std::uint8_t*> context_;  // of each call
  std::vector<void (*)(void*)> wipe_;   // of each call that wipes
  std::map<const void*, void (*)(void*)> wipes_;
  std::vector<std::unique_ptr<std::max_align_t[]>> memory_;
  WatchOctets scratch_, out_;
};

}  // namespace sshauth
