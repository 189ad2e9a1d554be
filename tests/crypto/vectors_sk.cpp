// Signatures of security keys as OpenSSH's own tests keep them (regress/unittests/sshsig, keys
// ed25519_sk and ecdsa_sk): the key, what PROTOCOL.sshsig has signed, and the signature with its
// flags and counter.
#include <catch2/catch.hpp>

#include "lib/crypto/public_key.hpp"

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct SkVector {
  const char* name;
  const char* key;
  const char* message;
  const char* signature;
};
constexpr SkVector kSk[] = {
    {"sk-ssh-ed25519@openssh.com",
     "0000001a736b2d7373682d65643235353139406f70656e7373682e636f6d000000209b1a0d85d062bb9ce9b8"
     "a50980c82b861239e1bece6ad13b633db74dffffb2c7000000047373683a",
     "53534853494700000008756e6974746573740000000000000006736861353132000000402cbbbc660712c6de"
     "8cb05533ba26601ba1b031d27d77bc5e13b628448c3483d88727fc2c143ef5a385a5c9ecef1561236ea434a8"
     "2ec5c06a639235103fe35deb",
     "0000001a736b2d7373682d65643235353139406f70656e7373682e636f6d0000004022fbb7938d6ffe2d0d8c"
     "fac083f8a16d1f59fb545149a27fd2645b31383c95f1c5939452a3eb5ed8b3552be5357ab9a117421724f2b0"
     "40da84081d33c034b20f0112345678"},
    {"sk-ecdsa-sha2-nistp256@openssh.com",
     "00000022736b2d65636473612d736861322d6e69737470323536406f70656e7373682e636f6d000000086e69"
     "7374703235360000004104a0d56b98d1713e55ec4eb2b26c158bb1c95a1ee9e43fa179b2cf6a441ca670f66a"
     "3259e86ff85b3ba19585a7725598eb726ca43a76f7d46586ae404fcebf83c0000000047373683a",
     "53534853494700000008756e6974746573740000000000000006736861353132000000402cbbbc660712c6de"
     "8cb05533ba26601ba1b031d27d77bc5e13b628448c3483d88727fc2c143ef5a385a5c9ecef1561236ea434a8"
     "2ec5c06a639235103fe35deb",
     "00000022736b2d65636473612d736861322d6e69737470323536406f70656e7373682e636f6d000000480000"
     "00207a211b0cb2f22293df3c1dd53600f55fc8a28ee1ff7cc2254b72abf42282dfc7000000206ce2753c2aec"
     "3fe415aed78dca7f2a475b22ce0c7d0a5f016ff439c89a8e5a730112345678"},
};

}  // namespace

TEST_CASE("signatures of security keys verify as OpenSSH made them, and not when changed") {
  for (const Provider* p : all_providers())
    for (const SkVector& v : kSk) {
      const SigAlg* alg = find(sigs(*p), v.name);
      if (alg == nullptr) continue;
      INFO(v.name << " by " << p->name);
      const Octets key = unhex(v.key), message = unhex(v.message);
      Octets signature = unhex(v.signature);
      CHECK(verify_signature(*alg, key, message, signature) == Errc::ok);
      CHECK(shows_presence(signature));
      CHECK(signature_algorithm(signature) == v.name);
      Octets other = message;
      other.back() ^= 1;
      CHECK(verify_signature(*alg, key, other, signature) != Errc::ok);
      signature.back() ^= 1;  // the counter
      CHECK(verify_signature(*alg, key, message, signature) != Errc::ok);
      signature.back() ^= 1;
      signature[signature.size() - 5] ^= 1;  // the flags
      CHECK(verify_signature(*alg, key, message, signature) != Errc::ok);
    }
}
