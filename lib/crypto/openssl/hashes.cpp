// Hash rows over EVP_MD. Fetching by name takes about 2300 instructions (OpenSSL 3.0); keeping the
// fetched object would need state of ours beyond the context, and its life would end with nobody.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct State {
  EVP_MD_CTX* md;
};

template <const char* kName>
int init(void* ctx) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  const Owned<EVP_MD, EVP_MD_free> type(EVP_MD_fetch(library(), kName, nullptr));
  s.md = EVP_MD_CTX_new();
  return s.md != nullptr && type && EVP_DigestInit_ex2(s.md, type.get(), nullptr) == 1;
}

int update(void* ctx, const std::uint8_t* in, std::size_t in_len) noexcept {
  return EVP_DigestUpdate(state_in<State>(ctx).md, in, in_len) == 1;
}

int finish(void* ctx, std::uint8_t* hash) noexcept {
  return EVP_DigestFinal_ex(state_in<State>(ctx).md, hash, nullptr) == 1;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_MD_CTX_free(s.md);
  s.md = nullptr;
}

template <const char* kName>
constexpr HashAlg row(const char* name, std::size_t hash_len) noexcept {
  return {name, hash_len, sizeof(State), init<kName>, update, finish, wipe};
}

constexpr char kSha256[] = "SHA256";
constexpr char kSha384[] = "SHA384";
constexpr char kSha512[] = "SHA512";
constexpr char kSha1[] = "SHA1";
constexpr char kMd5[] = "MD5";

}  // namespace

constinit const HashAlg sha256 = row<kSha256>("sha256", 32);
constinit const HashAlg sha384 = row<kSha384>("sha384", 48);
constinit const HashAlg sha512 = row<kSha512>("sha512", 64);
constinit const HashAlg sha1 = row<kSha1>("sha1", 20);
constinit const HashAlg md5 = row<kMd5>("md5", 16);

}  // namespace sshauth::openssl
