// Fuzz target: one Proxy-Authenticate field, and a Digest answer to each challenge in it.
#include "fuzz/proxy_play.hpp"
#include "lib/net/http_challenge.hpp"
#include "lib/net/http_digest.hpp"
#include "lib/net/http_text.hpp"

using namespace sshauth;

namespace {

void answer(const HttpChallenge& challenge) {
  DigestChallenge read;
  const std::string why = read_digest(challenge, default_provider(), read);
  if (!why.empty()) return require_sentence(why);
  const SecretBytes out =
      digest_answer(read, kProxyUser, as_bytes(kProxyPassword), {"CONNECT", "h:22", "c", 1});
  const std::string_view text = as_text(out.reveal());
  require(text.starts_with("Digest username"));
  // Everything that belongs there fitted: the last parameter is whole.
  require(text.ends_with('"') || read.qop_auth || !read.algorithm.empty());
  // A proxy that knows the password may name its realm so; else it is nowhere.
  require(read.realm.find(kProxyPassword) != std::string::npos ||
          read.nonce.find(kProxyPassword) != std::string::npos ||
          read.opaque.find(kProxyPassword) != std::string::npos ||
          text.find(kProxyPassword) == std::string_view::npos);
  // What we write is what the grammar allows, and reads back.
  std::vector<HttpChallenge> again;
  require(parse_challenges(text, again) && again.size() == 1);
  require(*again[0].find("realm") == read.realm && *again[0].find("nonce") == read.nonce);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field = as_text({data, size});
  // As the head's reader lets them through.
  if (size > 8'192 || !is_field_text(field)) return 0;
  std::vector<HttpChallenge> challenges;
  if (!parse_challenges(field, challenges)) return 0;
  require(challenges.size() <= kMaxChallenges);
  for (const HttpChallenge& challenge : challenges) {
    require(is_token(challenge.scheme) && challenge.parameters.size() <= kMaxChallengeParameters);
    answer(challenge);
  }
  return 0;
}
