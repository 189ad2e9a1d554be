// Whose name proves a host in a key exchange by Kerberos: the one that the user gave, and never one
// that DNS made of it. With a GSSAPI library of the test's own (fake_gssapi.c).
#include <catch2/catch.hpp>
#include <cstdlib>
#include <vector>

#include "lib/gss/kerberos.hpp"

using namespace sshauth;

namespace {

constexpr std::uint32_t kAlways = IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY;
constexpr std::uint32_t kDelegate = kAlways | IPWORKSAUTH_GSS_DELEGATE;

struct Came {
  int code;
  std::string token, why;
};

// The first token of a context with the service of `host`, where DNS says that it is `dns`.
Came first_token(const std::string& host, const char* dns, bool proves_host,
                 KerberosOptions options = {}) {
  const char* library = std::getenv("SSHAUTH_FAKE_GSSAPI");
  REQUIRE(library != nullptr);
  REQUIRE(::setenv("SSHAUTH_FAKE_DNS", dns, 1) == 0);
  options.library = library;
  std::string why;
  const auto gss = make_kerberos(options, host, "alice", why);
  INFO(why);
  REQUIRE(gss != nullptr);
  std::vector<std::max_align_t> ctx(gss->ctx_len / sizeof(std::max_align_t) + 1);
  std::uint32_t flags = kDelegate | (proves_host ? std::uint32_t{IPWORKSAUTH_GSS_PROVES_HOST} : 0U);
  std::vector<std::uint8_t> out(1024);
  std::size_t len = out.size();
  Came came{gss->initiate(gss->self, ctx.data(), &flags, nullptr, 0, out.data(), &len), "", ""};
  came.token.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(len));
  char text[400];
  came.why.assign(text, gss->error_text(gss->self, ctx.data(), text, sizeof text));
  gss->wipe(gss->self, ctx.data());
  return came;
}

std::string token_for(const std::string& principal) {
  return principal + " " + std::to_string(kDelegate);
}

KerberosOptions named(const char* spn, const char* realm = "") {
  KerberosOptions options;
  options.spn = spn;
  options.realm = realm;
  return options;
}

}  // namespace

TEST_CASE("kerberos: a host that the library leaves its name proves itself by it") {
  for (const char* host : {"server.example", "SERVER.example", "server.example."}) {
    INFO(host);
    const Came came = first_token(host, "server.example", true);
    CHECK(came.code == IPWORKSAUTH_GSS_DONE);
    CHECK(came.token == token_for("host/server.example@FAKE"));
  }
}

TEST_CASE("kerberos: a name that DNS gave proves nothing and is lent nothing") {
  for (const char* dns : {"mallory.example", "server.example.org", "server", ""}) {
    INFO(dns);
    const Came came = first_token("server.example", dns, true);
    CHECK(came.code == IPWORKSAUTH_GSS_FAILED);
    CHECK(came.token.empty());
    CHECK(came.why.find("DNS makes " + std::string(dns) + " of the host name server.example") == 0);
    CHECK(came.why.find("KerberosSPN") != std::string::npos);
  }
  // A short name, too: that it is the same host is DNS' word.
  CHECK(first_token("server", "server.example", true).code == IPWORKSAUTH_GSS_FAILED);
  CHECK(first_token("", "server.example", true, named("host@server")).code ==
        IPWORKSAUTH_GSS_FAILED);
}

TEST_CASE("kerberos: behind a host that was proved otherwise the library's name is as good") {
  const Came came = first_token("server", "server.example", false);
  CHECK(came.code == IPWORKSAUTH_GSS_DONE);
  CHECK(came.token == token_for("host/server.example@FAKE"));
}

TEST_CASE("kerberos: a service that the user named is taken as it is") {
  for (const bool proves_host : {true, false}) {
    CHECK(
        first_token("server", "mallory.example", proves_host, named("host/server.example")).token ==
        token_for("host/server.example@FAKE"));
    CHECK(first_token("server", "mallory.example", proves_host, named("", "REALM")).token ==
          token_for("host/server@REALM@FAKE"));
    CHECK(first_token("", "server.example", proves_host, named("host@server.example")).token ==
          token_for("host/server.example@FAKE"));
  }
}
