// bcrypt_pbkdf against the vectors of OpenBSD's own regression test, NULs inside included.
#include "lib/crypto/builtin/bcrypt_pbkdf.hpp"

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Vector {
  const char* passphrase;
  const char* salt;
  std::uint32_t rounds;
  const char* key;
};

// Passphrases and salts in hexadecimal.
constexpr Vector kVectors[] = {
    {"70617373776f7264", "73616c74", 4,
     "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9"},
    {"70617373776f7264", "00", 4, "c12b566235eee04c212598970a579a67"},
    {"00", "73616c74", 4, "6051be18c2f4f82cbf0efee5471b4bb9"},
    {"70617373776f726400", "73616c7400", 4,
     "7410e44cf4fa07bfaac8a928b1727fac001375e7bf7384370f48efd121743050"},
    {"7061737300776f72", "7361006c", 4, "c2bffd9db38f6569efef4372f4de83c0"},
    {"7061737300776f7264", "7361006c74", 4, "4ba4ac3925c0e8d7f0cdb6bb1684a56f"},
    {"70617373776f7264", "73616c74", 8,
     "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7"
     "6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d"},
    {"70617373776f7264", "73616c74", 42, "833cf0dcf56db65608e8f0dc0ce882bd"},
};

}  // namespace

TEST_CASE("bcrypt_pbkdf gives the published keys") {
  for (const Vector& v : kVectors) {
    const Octets expected = unhex(v.key);
    Octets key(expected.size());
    REQUIRE(bcrypt_pbkdf(unhex(v.passphrase), unhex(v.salt), v.rounds, key));
    CHECK(hex(key) == v.key);
  }
}

TEST_CASE("bcrypt_pbkdf refuses what is out of bounds and leaves the key alone") {
  const Octets pass = octets("password"), salt = octets("salt"), long_salt(1025, 1);
  Octets key(32, 0x5a), long_key(1025, 0x5a);
  CHECK_FALSE(bcrypt_pbkdf({}, salt, 1, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, {}, 1, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, long_salt, 1, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, salt, 0, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, salt, kMostBcryptRounds + 1, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, salt, 0xffffffff, key));
  CHECK_FALSE(bcrypt_pbkdf(pass, salt, 1, {}));
  CHECK_FALSE(bcrypt_pbkdf(pass, salt, 1, long_key));
  CHECK(key == Octets(32, 0x5a));
  CHECK(bcrypt_pbkdf(pass, Octets(1024, 1), 1, MutBytes(long_key).first(1)));
}
