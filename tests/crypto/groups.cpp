// Finite-field Diffie-Hellman: the groups of the RFCs are those of their formulas, and a group that
// is given is taken only when it is a safe prime's.
#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Prime {
  const char* name;
  std::uint32_t bits;
  const char* digits;
};
constexpr Prime kPrimes[] = {
#include "tests/crypto/modp_primes.inc"
};

Octets prime(std::string_view name) {
  for (const Prime& row : kPrimes)
    if (name == row.name) return unhex(row.digits);
  FAIL("no such prime: " << name);
  return {};
}

// a - b, for a > b.
Octets minus(Octets a, const Octets& b) {
  unsigned borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const unsigned subtract = borrow + (i < b.size() ? b[b.size() - 1 - i] : 0U);
    std::uint8_t& digit = a[a.size() - 1 - i];
    borrow = digit < subtract ? 1 : 0;
    digit = static_cast<std::uint8_t>(digit + borrow * 256 - subtract);
  }
  return a;
}
Octets stripped(Octets number) {
  while (!number.empty() && number[0] == 0) number.erase(number.begin());
  return number;
}

// The edges p-2, p-1 and p say what p is; peers' values 2 and p-2 = -2 give 2^x and +-2^x for the x
// of the other side, so its own value says whether g is 2 and the arithmetic is modulo p.
template <class Respond, class Begin>
void check_group(const Octets& p, Respond answer, Begin begin) {
  const Octets one = {1}, two = {2}, last = minus(p, two);
  for (const Octets& refused : {Octets{}, Octets{0}, one, minus(p, one), p, Octets(2000, 1)})
    CHECK_FALSE(answer(refused));
  const std::optional<Agreed> by_two = answer(two), by_last = answer(last);
  REQUIRE(by_two);
  REQUIRE(by_last);
  CHECK(stripped(by_two->secret) == stripped(by_two->value));
  const Octets secret = stripped(by_last->secret), value = stripped(by_last->value);
  CHECK((secret == value || secret == stripped(minus(p, value))));
  auto initiator = begin();
  REQUIRE(initiator->ok());
  for (const Octets& refused : {Octets{}, Octets{0}, one, minus(p, one), p, Octets(2000, 1)})
    CHECK_FALSE(initiator->finish(refused));
  CHECK(stripped(*initiator->finish(two)) == stripped(initiator->value()));
  const auto whole = answer(initiator->value());
  REQUIRE(whole);
  CHECK(stripped(whole->secret) == stripped(*initiator->finish(whole->value)));
}

const GroupAlg& given() { return *find(groups(openssl_provider()), "modp"); }

int set(void* ctx, const Octets& p, const Octets& g) {
  return given().set(ctx, p.data(), p.size(), g.data(), g.size());
}
int taken(const Octets& p, const Octets& g = {2}) {
  const Context<AgreementAlg> ctx(given().agreement);
  return set(ctx.get(), p, g);
}

// The row's halves in a group, as those of an agreement.
class GivenInitiator {
 public:
  explicit GivenInitiator(const Octets& p) : ctx_(given().agreement), value_(1024) {
    std::size_t len = 0;
    ok_ = set(ctx_.get(), p, {2}) == IPWORKSAUTH_GROUP_TAKEN &&
          given().agreement.init(ctx_.get(), nullptr, value_.data(), &len) == 1;
    value_.resize(ok_ ? len : 0);
  }
  bool ok() const { return ok_; }
  const Octets& value() const { return value_; }
  std::optional<Octets> finish(const Octets& peer) {
    Octets secret(1024);
    std::size_t len = 0;
    if (given().agreement.finish(ctx_.get(), peer.data(), peer.size(), secret.data(), &len) != 1)
      return std::nullopt;
    secret.resize(len);
    return secret;
  }

 private:
  Context<AgreementAlg> ctx_;
  Octets value_;
  bool ok_ = false;
};

std::optional<Agreed> respond_in(const Octets& p, const Octets& peer) {
  const Context<AgreementAlg> ctx(given().agreement);
  Agreed out{Octets(1024), Octets(1024)};
  std::size_t value_len = 0, secret_len = 0;
  if (set(ctx.get(), p, {2}) != IPWORKSAUTH_GROUP_TAKEN ||
      given().agreement.respond(ctx.get(), nullptr, peer.data(), peer.size(), out.value.data(),
                                &value_len, out.secret.data(), &secret_len) != 1)
    return std::nullopt;
  out.value.resize(value_len);
  out.secret.resize(secret_len);
  return out;
}

}  // namespace

TEST_CASE("modp rows work in the groups of RFC 2409 and RFC 3526") {
  for (const auto& [row, name] : {std::pair{"modp2", "modp1024"},
                                  {"modp14", "modp2048"},
                                  {"modp16", "modp4096"},
                                  {"modp18", "modp8192"}}) {
    INFO(row);
    const AgreementAlg& alg = *find(agreements(openssl_provider()), row);
    const Rng& rng = openssl_provider().rng;
    const Octets p = prime(name);
    CHECK(alg.init_len == p.size());
    CHECK(alg.secret_len == p.size());
    check_group(
        p, [&](const Octets& peer) { return respond(alg, rng, peer); },
        [&] { return std::make_unique<Initiator>(alg, rng); });
  }
}

TEST_CASE("modp works in a group that is given: of RFC 3526, and of RFC 7919") {
  for (const char* name : {"modp1024", "modp2048", "modp3072", "ffdhe2048", "ffdhe4096"}) {
    INFO(name);
    const Octets p = prime(name);
    check_group(
        p, [&](const Octets& peer) { return respond_in(p, peer); },
        [&] { return std::make_unique<GivenInitiator>(p); });
  }
}

TEST_CASE("modp gives the group of RFC 3526 that fits best") {
  struct Row {
    std::uint32_t least, preferred, most;
    const char* name;  // null: none
  };
  const Row rows[] = {{1024, 1024, 8192, "modp2048"}, {2048, 3072, 8192, "modp3072"},
                      {2048, 3073, 8192, "modp4096"}, {2048, 6144, 8192, "modp6144"},
                      {2048, 8192, 8192, "modp8192"}, {2048, 8192, 6143, "modp4096"},
                      {4096, 4096, 4096, "modp4096"}, {1024, 1024, 2047, nullptr},
                      {2049, 2500, 3071, nullptr},    {8193, 9000, 0xffffffff, nullptr},
                      {3072, 2048, 1024, nullptr},    {0, 0, 0, nullptr}};
  for (const Row& row : rows) {
    INFO(row.least << " " << row.preferred << " " << row.most);
    Octets p(1024), g(1024);
    std::size_t p_len = p.size(), g_len = g.size();
    const int found =
        given().pick(row.least, row.preferred, row.most, p.data(), &p_len, g.data(), &g_len);
    CHECK(found == (row.name != nullptr ? 1 : 0));
    if (found != 1) continue;
    p.resize(p_len);
    g.resize(g_len);
    CHECK(p == prime(row.name));
    CHECK(g == Octets{2});
    // Nothing is written past the room given.
    p_len = p.size() - 1;
    CHECK(given().pick(row.least, row.preferred, row.most, p.data(), &p_len, g.data(), &g_len) ==
          0);
  }
}

TEST_CASE("modp takes safe primes alone, and says what is wrong with another") {
  for (const Prime& row : kPrimes)
    if (row.bits != 0) CHECK(taken(unhex(row.digits)) == IPWORKSAUTH_GROUP_TAKEN);
  CHECK(taken(prime("not safe")) == IPWORKSAUTH_GROUP_NOT_SAFE);
  CHECK(taken(prime("pseudoprime")) == IPWORKSAUTH_GROUP_NOT_SAFE);
  CHECK(taken(prime("composite")) == IPWORKSAUTH_GROUP_NOT_PRIME);
  CHECK(taken(unhex("0200c3")) == IPWORKSAUTH_GROUP_TAKEN);
  CHECK(taken(unhex("022cd3")) == IPWORKSAUTH_GROUP_NOT_SAFE);  // (p-1)/2 has no factor below 252
  CHECK(taken(unhex("020015")) == IPWORKSAUTH_GROUP_NOT_PRIME);
  for (const Octets& small : {Octets{}, Octets{0}, Octets{1}, Octets{2}, Octets{5}, Octets{7}})
    CHECK(taken(small) != IPWORKSAUTH_GROUP_TAKEN);
  CHECK(taken(Octets(1025, 0xff)) == IPWORKSAUTH_GROUP_FAILED);
  // Neighbours of a prime: even, and odd composites.
  const Octets p = prime("ffdhe2048");
  CHECK(taken(minus(p, {1})) == IPWORKSAUTH_GROUP_NOT_PRIME);
  CHECK(taken(minus(p, {2})) == IPWORKSAUTH_GROUP_NOT_PRIME);
  for (const Octets& g : {Octets{}, Octets{0}, Octets{1}, minus(p, {1}), p, Octets(1024, 0xff)})
    CHECK(taken(p, g) == IPWORKSAUTH_GROUP_FAILED);
  CHECK(taken(p, minus(p, {2})) == IPWORKSAUTH_GROUP_TAKEN);
}

TEST_CASE("modp does nothing in a group that was not given") {
  const Context<AgreementAlg> ctx(given().agreement);
  Octets value(1024), secret(1024);
  std::size_t value_len = 0, secret_len = 0;
  const Octets peer = {2};
  CHECK(given().agreement.init(ctx.get(), nullptr, value.data(), &value_len) != 1);
  CHECK(given().agreement.finish(ctx.get(), peer.data(), 1, secret.data(), &secret_len) != 1);
  CHECK(given().agreement.respond(ctx.get(), nullptr, peer.data(), 1, value.data(), &value_len,
                                  secret.data(), &secret_len) != 1);
}
