// The answer to "is this host key acceptable?".
//
// Everything but `accepted` is a refusal, and a decision starts as one: a path that forgets to
// decide refuses. `unknown` and `mismatch` are different answers: a first contact may be put to a
// person, a changed key must not pass as one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace sshauth {

enum class HostKeyVerdict : std::uint8_t {
  unknown = 0,          // nothing is known about this host
  other_type = 1,       // the host is known, but only by keys of other types: not a first contact
  mismatch = 2,         // another key is on record: the key changed, or this is not that host
  revoked = 3,          // the key is marked as revoked; beats everything
  bad_certificate = 4,  // by an authority that is trusted, and not good for this host now
  accepted = 0xa5,  // the key is on record. Far from the others, so no single flipped bit accepts
};

// "mismatch", for logs and JSON.
const char* verdict_name(HostKeyVerdict verdict) noexcept;

struct [[nodiscard]] HostKeyDecision {
  HostKeyVerdict verdict = HostKeyVerdict::unknown;
  std::string reason;  // a sentence: what was compared with what, and where it is on record

  bool accepted() const noexcept { return verdict == HostKeyVerdict::accepted; }
};

}  // namespace sshauth
