// Algorithm negotiation, RFC 4253 §7.1, with the markers of RFC 8308 §2.1 and of strict key
// exchange (OpenSSH PROTOCOL 1.10).
#pragma once

#include "lib/crypto/key_algorithm.hpp"
#include "lib/kex/method.hpp"
#include "lib/packet/construction.hpp"
#include "lib/transport/context.hpp"

namespace sshauth {

// Room for the lists of our KEXINIT and its fixed parts.
std::size_t kexinit_len(const Settings& settings) noexcept;

struct Negotiated {
  const KexMethod* kex = nullptr;
  KeyAlgorithm host_key;
  Suite c2s, s2c;
  bool guess_right = false;  // both first names of kex and host key lists are equal
};

// Writes our KEXINIT, with `kex` for its methods. `first`: of the connection, so it carries the
// markers.
Errc write_kexinit(Writer& w, const Settings& settings, std::string_view kex, bool first,
                   bool guess_follows) noexcept;

// Chooses from both sides' lists; on failure the context has the sentence with both.
Errc negotiate(Context& context, std::string_view kex, const KexInit& theirs,
               Negotiated& out) noexcept;

// The markers of the peer's first KEXINIT.
bool offers_strict(const KexInit& theirs, bool peer_is_client) noexcept;
bool offers_ext_info(const KexInit& theirs, bool peer_is_client) noexcept;

// True when the Terrapin attack (CVE-2023-48795) works on this suite without strict key exchange.
bool open_to_terrapin(const Suite& suite) noexcept;

}  // namespace sshauth
