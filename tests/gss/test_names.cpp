// Whose name proves a host in a key exchange by Kerberos: the one that the user gave, and never one
// that DNS made of it, which the ticket tells. With a GSSAPI library of the test's own
// (fake_gssapi.c).
#include <catch2/catch.hpp>
#include <cstdlib>
#include <vector>

#include "lib/gss/kerberos.hpp"
#include "lib/gss/ticket.hpp"

using namespace sshauth;

namespace {

constexpr std::uint32_t kAlways = IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY;
constexpr std::uint32_t kDelegate = kAlways | IPWORKSAUTH_GSS_DELEGATE;

struct Came {
  int code;
  std::string token, why;
  std::string service() const { return service_of_token(as_bytes(token)); }
  bool lends() const { return token.ends_with(std::to_string(kDelegate)); }
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
    CHECK(came.service() == "host/server.example");
    CHECK(came.lends());
  }
}

TEST_CASE("kerberos: a name that DNS gave proves nothing and is lent nothing") {
  for (const std::string dns : {"mallory.example", "server.example.org", "server"}) {
    INFO(dns);
    const Came came = first_token("server.example", dns.c_str(), true);
    CHECK(came.code == IPWORKSAUTH_GSS_FAILED);
    CHECK(came.token.empty());
    CHECK(came.why.find("a ticket for host/" + dns + ", not for host/server.example (DNS") !=
          std::string::npos);
    CHECK(came.why.find("set KerberosSPN to host/" + dns + " if") != std::string::npos);
  }
  // A short name, too: that it is the same host is DNS' word.
  CHECK(first_token("server", "server.example", true).code == IPWORKSAUTH_GSS_FAILED);
  CHECK(first_token("", "server.example", true, named("host@server")).code ==
        IPWORKSAUTH_GSS_FAILED);
}

TEST_CASE("kerberos: a token that does not say whose ticket it has proves nothing") {
  REQUIRE(::setenv("SSHAUTH_FAKE_TOKEN", "no token", 1) == 0);
  const Came came = first_token("server.example", "server.example", true);
  REQUIRE(::unsetenv("SSHAUTH_FAKE_TOKEN") == 0);
  CHECK(came.code == IPWORKSAUTH_GSS_FAILED);
  CHECK(came.token.empty());
  CHECK(came.why.find("does not say for which service") != std::string::npos);
}

TEST_CASE("kerberos: a token is read to its end or not at all") {
  const std::string whole = first_token("server.example", "server.example", false).token;
  for (std::size_t len = 0; len < whole.size(); ++len)
    CHECK(service_of_token(as_bytes(std::string_view(whole).substr(0, len))).empty());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x80);
    const std::string service = service_of_token(as_bytes(changed));
    CHECK(service.size() <= whole.size());
  }
}

TEST_CASE("kerberos: behind a host that was proved otherwise the library's name is as good") {
  const Came came = first_token("server", "server.example", false);
  CHECK(came.code == IPWORKSAUTH_GSS_DONE);
  CHECK(came.service() == "host/server.example");
  CHECK(came.lends());
}

TEST_CASE("kerberos: a service that the user named is taken as it is") {
  for (const bool proves_host : {true, false}) {
    for (const char* spn : {"host/server.example", ""})
      CHECK(first_token("server.example", "mallory.example", proves_host,
                        named(spn, *spn == '\0' ? "REALM" : ""))
                .service() == "host/server.example");
    CHECK(first_token("", "server.example", proves_host, named("host@server.example")).service() ==
          "host/server.example");
  }
}
