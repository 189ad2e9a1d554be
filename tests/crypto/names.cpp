// The table of names: no name twice, no contradiction, and a row for all that a provider offers.
#include "lib/crypto/names.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "lib/crypto/public_key.hpp"
#include "lib/kex/method.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

TEST_CASE("a name stands once in its list, and nothing weak or broken is called modern") {
  std::set<std::pair<NameKind, std::string_view>> seen;
  for (const NameRow& row : known_names()) {
    INFO(row.name);
    CHECK(seen.emplace(row.kind, row.name).second);
    CHECK_FALSE((row.is(NameMarks::modern) && row.is(NameMarks::weak)));
    CHECK_FALSE((row.is(NameMarks::broken) && row.is(NameMarks::modern)));
    CHECK_FALSE((row.is(NameMarks::broken) && row.is(NameMarks::fips)));
    CHECK_FALSE((row.is(NameMarks::broken) && row.is(NameMarks::weak)));
    // RFC 4251 §6: at most 64 characters, printable US-ASCII, no comma.
    CHECK(row.name.size() <= 64);
    for (const char c : row.name) CHECK((c > 0x20 && c < 0x7f && c != ','));
    CHECK(find_name(row.kind, row.name) == &row);
  }
  CHECK(find_name(NameKind::mac, "aes256-ctr") == nullptr);
  CHECK(find_name(NameKind::cipher, "") == nullptr);
  CHECK(find_name(NameKind::cipher, "aes256-ctr,") == nullptr);
}

namespace {

template <class Alg>
void expect_marks(NameKind kind, Rows<Alg> rows) {
  for (const Alg* row : rows) {
    INFO(row->name);
    const NameRow* name = find_name(kind, row->name);
    REQUIRE(name != nullptr);
    CHECK(row->weak == (name->is(NameMarks::weak | NameMarks::broken) ? 1U : 0U));
  }
}

NameKind kind_of(const SigAlg& row) {
  return is_for_users_only(row.name) ? NameKind::user_signature : NameKind::signature;
}

}  // namespace

TEST_CASE("a row says that it is weak exactly where the table of names does") {
  for (const Provider* p : all_providers()) {
    expect_marks(NameKind::cipher, ciphers(*p));
    expect_marks(NameKind::mac, macs(*p));
    for (const SigAlg* row : sigs(*p)) expect_marks(kind_of(*row), Rows<SigAlg>(&row, 1));
  }
  for (const KexMethod& method : kex_methods()) {
    INFO(method.name);
    const NameRow* name = find_name(NameKind::kex, method.name);
    REQUIRE(name != nullptr);
    CHECK((method.mark == Mark::weak) == name->is(NameMarks::weak | NameMarks::broken));
  }
}

TEST_CASE("every row of every provider has its name in the table") {
  for (const Provider* p : all_providers()) {
    for (const CipherAlg* row : ciphers(*p)) CHECK(find_name(NameKind::cipher, row->name));
    for (const MacAlg* row : macs(*p)) CHECK(find_name(NameKind::mac, row->name));
    for (const SigAlg* row : sigs(*p)) CHECK(find_name(kind_of(*row), row->name));
    for (const CompressionAlg* row : compressions(*p))
      CHECK(find_name(NameKind::compression, row->name));
  }
}
