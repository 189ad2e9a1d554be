#include "lib/net/http_login.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "lib/net/http_digest.hpp"
#include "lib/net/http_text.hpp"
#include "lib/net/secret_message.hpp"

namespace sshauth {
namespace {

// The higher the better; 0: none of ours. A digest that turns out to be unusable is passed over
// later.
int rank(const HttpChallenge& challenge) noexcept {
  if (same_ascii(challenge.scheme, "Basic")) return 1;
  if (!same_ascii(challenge.scheme, "Digest")) return 0;
  const std::string* algorithm = challenge.find("algorithm");
  return algorithm != nullptr && lowered_ascii(*algorithm).starts_with("sha-256") ? 3 : 2;
}

std::vector<const HttpChallenge*> best_first(const std::vector<HttpChallenge>& challenges) {
  std::vector<const HttpChallenge*> out;
  for (const HttpChallenge& challenge : challenges)
    if (rank(challenge) != 0) out.push_back(&challenge);
  std::stable_sort(out.begin(), out.end(), [](const HttpChallenge* a, const HttpChallenge* b) {
    return rank(*a) > rank(*b);
  });
  return out;
}

// RFC 4648 §4
SecretBytes base64(Bytes in) {
  SecretBytes out(sodium_base64_ENCODED_LEN(in.size(), sodium_base64_VARIANT_ORIGINAL));
  const MutBytes text = out.write();
  sodium_bin2base64(static_cast<char*>(static_cast<void*>(text.data())), text.size(), in.data(),
                    in.size(), sodium_base64_VARIANT_ORIGINAL);
  out.shrink(text.size() - 1);  // the NUL
  return out;
}

std::string hex_of(Bytes octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t octet : octets) {
    out += kDigits[octet >> 4];
    out += kDigits[octet & 15];
  }
  return out;
}

}  // namespace

HttpLogin::HttpLogin(std::string_view user, Bytes password, const Provider& provider)
    : user_(user), password_(password), provider_(&provider) {}

bool HttpLogin::may_repeat(const std::vector<HttpChallenge>& challenges) {
  if (repeated_) return false;
  repeated_ = std::any_of(challenges.begin(), challenges.end(), [](const HttpChallenge& c) {
    const std::string* stale = c.find("stale");
    return same_ascii(c.scheme, "Digest") && stale != nullptr && same_ascii(*stale, "true");
  });
  return repeated_;
}

SecretBytes HttpLogin::answer(const std::vector<HttpChallenge>& challenges, std::string_view target,
                              std::string& why) {
  why.clear();
  for (const HttpChallenge* challenge : best_first(challenges)) {
    std::string problem;
    SecretBytes out = same_ascii(challenge->scheme, "Basic") ? basic(problem)
                                                             : digest(*challenge, target, problem);
    if (problem.empty()) {
      why.clear();
      return out;
    }
    if (why.empty()) why = "asks for " + challenge->scheme + " authentication, but " + problem;
  }
  if (why.empty())
    why = "asks for " + schemes_of(challenges) + " authentication; ours are Digest and Basic";
  return {};
}

// RFC 7617 §2: user ":" password in UTF-8; the user has no colon, neither has control characters.
SecretBytes HttpLogin::basic(std::string& why) const {
  const Bytes password = password_.reveal();
  if (user_.find(':') != std::string::npos)
    why = "the user name has a colon, which Basic cannot carry";
  else if (!is_field_text(as_text(password)))
    why = "the password has control characters, which Basic cannot carry";
  if (!why.empty()) return {};
  SecretMessage login(user_.size() + 1 + password.size());
  const SecretBytes pair = login.add(user_).add(":").add(password).take();
  const SecretBytes coded = base64(pair.reveal());
  SecretMessage out(6 + coded.size());
  return out.add("Basic ").add(coded.reveal()).take();
}

SecretBytes HttpLogin::digest(const HttpChallenge& challenge, std::string_view target,
                              std::string& why) {
  DigestChallenge read;
  if (const std::string problem = read_digest(challenge, *provider_, read); !problem.empty()) {
    why = "its challenge " + problem;
    return {};
  }
  std::array<std::uint8_t, 16> random{};
  SecretBytes out;
  if (fill_random(provider_->rng, random)) {
    const std::string cnonce = hex_of(random);
    // RFC 7616 §3.4: the count is of requests with the same nonce.
    count_ = read.nonce == nonce_ ? count_ + 1 : 1;
    nonce_ = read.nonce;
    out = digest_answer(read, user_, password_.reveal(), {"CONNECT", target, cnonce, count_});
  }
  if (out.size() == 0) why = "the crypto provider failed to answer its challenge";
  return out;
}

std::string schemes_of(const std::vector<HttpChallenge>& challenges) {
  std::string out;
  for (const HttpChallenge& challenge : challenges) {
    if (!out.empty()) out += ", ";
    out += shown_peer(challenge.scheme, 20);
  }
  return out;
}

}  // namespace sshauth
