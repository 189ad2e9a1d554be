// No secret reaches an event, at any level, in any form, by any method; nor an error's text.
#include <catch2/catch.hpp>

#include "lib/keys/fingerprint.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string hex(const std::string& octets, const std::string& between) {
  std::string out;
  for (const char c : octets) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += (out.empty() ? "" : between) + two;
  }
  return out;
}

// The octets of a dump, which its lines split.
std::string octets_of_dump(const std::string& dump) {
  std::string out;
  std::size_t at = 0;
  while (at < dump.size()) {
    const std::size_t end = std::min(dump.find('\n', at), dump.size());
    const std::string line = dump.substr(at, end - at);
    for (std::size_t i = 6; i + 1 < std::min<std::size_t>(line.size(), 54); i += 3)
      if (line[i] != ' ') out += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    at = end + 1;
  }
  return out;
}

// Base64 of something that has the secret inside, wherever it begins: the digits that only the
// secret's octets decide.
std::vector<std::string> base64_cores(const std::string& secret) {
  std::vector<std::string> out;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string padded = std::string(before, 'A') + secret;
    const std::string all = base64_encode(as_bytes(padded));
    const std::size_t first = (before * 8 + 5) / 6, bits = padded.size() * 8;
    out.push_back(all.substr(first, bits / 6 - first));
  }
  return out;
}

std::vector<std::string> forms(const std::string& secret) {
  std::vector<std::string> out = {secret, hex(secret, ""), hex(secret, " "), hex(secret, ":"),
                                  std::string(secret.rbegin(), secret.rend())};
  for (std::string& core : base64_cores(secret)) out.push_back(core);
  // Half of it is too much, too.
  out.push_back(secret.substr(0, secret.size() / 2));
  out.push_back(secret.substr(secret.size() / 2));
  return out;
}

class Watched : public Host {
 public:
  explicit Watched(std::uint16_t port) : Host(port) {
    CHECK(config("LogLevel=3").empty());
    on_event = [this](Event& e) {
      // The Response holds the Password where the host asked for that: the one place.
      if (e.id != EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) heard_ += e.line() + "\n";
      if (e.id == EID_SSHAUTH_LOG && e.number(0) == 3) dumped_ += octets_of_dump(e.text(1));
      return answer ? answer(e) : 0;
    };
  }
  std::function<int(Event&)> answer;

  // After a login.
  void check_hidden(const std::vector<std::string>& secrets) const {
    CHECK(dumped_.size() > 1000);
    CHECK(has(dumped_, "ssh-connection"));  // the dumps are read right
    const std::string told = heard_ + error() + ipworksauth_sshauth_geteventerror(*this);
    for (const std::string& secret : secrets) {
      INFO(secret);
      CHECK_FALSE(has(dumped_, secret));
      for (const std::string& form : forms(secret)) {
        INFO(form);
        CHECK_FALSE(has(told, form));
        CHECK_FALSE(has(lower(told), lower(form)));
      }
    }
  }

 private:
  std::string heard_, dumped_;
};

constexpr char kPassword[] = "Pa55-w0rd.of!mine";
constexpr char kNewPassword[] = "N3w~p4ssw0rd+here";
constexpr char kResponse[] = "R3sp0nse#to*it";
constexpr char kPassphrase[] = "Ph4se&to%open";
constexpr char kProxyPassword[] = "Pr0xy?s=own|word";
constexpr char kProxyUser[] = "pr0xy-us3r-name";

AuthServerConfig server_with(ServerUser user) {
  AuthServerConfig config = server_config();
  user.name = "me";
  config.users.push_back(std::move(user));
  return config;
}

}  // namespace

TEST_CASE("the search finds what it is to find") {
  const std::string secret(kPassword);
  for (const std::string before : {"", "x", "xy"}) {
    const std::string inside = before + secret + "tail";
    const std::string text = base64_encode(as_bytes(inside));
    bool found = false;
    for (const std::string& core : base64_cores(secret)) found = found || has(text, core);
    CHECK(found);
  }
  CHECK(octets_of_dump("0000  41 42                                            AB\n"
                       "0010  43                                               C") == "ABC");
}

TEST_CASE("password, accepted and refused") {
  RunningServer server(server_with(user_with_password(kPassword)));
  Watched host(server.port());
  ipworksauth_sshauth_setpassword(host, kPassword);
  CHECK(host.authenticate() == 0);
  const std::string wrong = std::string(kPassword) + "-n0t";
  ipworksauth_sshauth_setpassword(host, wrong.c_str());
  CHECK(host.authenticate() == 1032);
  host.check_hidden({kPassword, wrong});
}

TEST_CASE("a password that has to be changed") {
  ServerUser user = user_with_password(kPassword);
  user.must_change_password = true;
  RunningServer server(server_with(user));
  Watched host(server.port());
  ipworksauth_sshauth_setpassword(host, kPassword);
  CHECK(host.config(std::string("NewPassword=") + kNewPassword).empty());
  CHECK(host.authenticate() == 0);
  host.check_hidden({kPassword, kNewPassword});
}

TEST_CASE("keyboard-interactive, by the password prompt and by the host") {
  ServerUser user;
  user.rounds = {{"", "", {{"Password: ", false, kPassword}, {"More: ", true, kResponse}}}};
  RunningServer server(server_with(user));
  Watched host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  ipworksauth_sshauth_setpassword(host, kPassword);
  CHECK(host.config("PasswordPrompt=Password: ").empty());
  static char response[sizeof kResponse];
  std::copy(std::begin(kResponse), std::end(kResponse), response);
  host.answer = [](Event& e) {
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE && e.text(2) == "More: ") e.out[3] = response;
    return 0;
  };
  CHECK(host.authenticate() == 0);
  host.check_hidden({kPassword, kResponse});
}

TEST_CASE("publickey with an encrypted key") {
  ServerUser user;
  user.authorized_keys = {blob_of(*key_of("ssh-ed25519"))};
  RunningServer server(server_with(user));
  SecretBytes pem, plain;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), kPassphrase, pem).ok());
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, plain).ok());
  const std::string blob(as_text(pem.reveal()));
  Watched host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
  CHECK(ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_BLOB) == 0);
  CHECK(ipworksauth_sshauth_setsshcertstore(host, blob.data(), static_cast<int>(blob.size())) == 0);
  CHECK(ipworksauth_sshauth_setsshcertstorepassword(host, "wr0ng-phrase") == 0);
  CHECK(host.authenticate() == 278);
  CHECK(ipworksauth_sshauth_setsshcertstorepassword(host, kPassphrase) == 0);
  CHECK(host.authenticate() == 0);
  // The last lines of the file hold the private scalar.
  const std::string file(as_text(plain.reveal()));
  const std::size_t end = file.find("\n-----END");
  host.check_hidden({kPassphrase, "wr0ng-phrase", file.substr(end - 60, 40)});
}

TEST_CASE("user and password of a proxy") {
  for (const char* answer : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 Who are you\r\n\r\n"}) {
    ScriptedServer proxy(server_with(user_with_password(kPassword)),
                         {Script{"\r\n\r\n", answer, -1, false}});
    Watched host(2222);
    ipworksauth_sshauth_setsshhost(host, "server.invalid");
    ipworksauth_sshauth_setpassword(host, kPassword);
    ipworksauth_sshauth_setfirewalltype(host, FW_TUNNEL);
    ipworksauth_sshauth_setfirewallhost(host, "127.0.0.1");
    ipworksauth_sshauth_setfirewallport(host, proxy.port());
    ipworksauth_sshauth_setfirewalluser(host, kProxyUser);
    ipworksauth_sshauth_setfirewallpassword(host, kProxyPassword);
    const bool refused = has(answer, "407");
    CHECK(host.authenticate() == (refused ? 118 : 0));
    if (refused)
      CHECK_FALSE(has(host.error(), kProxyPassword));
    else
      host.check_hidden(
          {kPassword, kProxyPassword, std::string(kProxyUser) + ":" + kProxyPassword});
  }
}

TEST_CASE("packets of the host's own method") {
  const auto string_of = [](const std::string& text) {
    return std::string("\0\0\0", 3) + static_cast<char>(text.size()) + text;
  };
  const std::string head = "\x32" + string_of("me") + string_of("ssh-connection");
  const std::vector<std::string> packets = {
      head + string_of("password") + std::string(1, '\0') + string_of(kPassword),
      head + string_of("token@example.com") + kPassword,
      head + string_of("token@example.com") + string_of(kPassword) + string_of(kResponse),
      head + string_of("none") + kPassword,
  };
  RunningServer server(server_with(user_with_password("an0ther")));
  for (const std::string& packet : packets) {
    Watched host(server.port());
    ipworksauth_sshauth_setauthmode(host, AM_CUSTOM);
    std::string answer = hex(packet, "");
    host.answer = [&](Event& e) {
      if (e.id == EID_SSHAUTH_SSHCUSTOMAUTH && e.text(0).empty()) e.out[0] = answer.data();
      return 0;
    };
    CHECK(host.authenticate() != 0);
    host.check_hidden({kPassword, kResponse});
  }
}

TEST_CASE("MaskSensitive cannot be switched off") {
  const Host host;
  CHECK(host.config("MaskSensitive") == "True");
  CHECK(host.config("MaskSensitive=False") == "<1005>");
  CHECK(has(host.error(), "MaskSensitive"));
  CHECK(host.config("MaskSensitive") == "True");
  CHECK(host.config("MaskSensitive=yes").empty());
}
