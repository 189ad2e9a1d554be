// Every error code of the object: that it has a row, and that it is reached, or why it cannot be.
#include <netdb.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <set>

#include "abi/refusal.hpp"
#include "lib/net/error.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;
using ::test::password_server;

namespace {

// How a code is reached.
enum class By {
  errno_value,   // `value` is the errno: the object's errors are made of it as Linux reports it
  resolver,      // `value` is what getaddrinfo returns
  here,          // by a test of this file
  elsewhere,     // by the test named
  not_on_linux,  // no errno of Linux means it
  not_a_client,  // says something that this object never does
};

struct Row {
  int code;
  By by;
  int value;
  const char* where;
};

constexpr Row kCodes[] = {
    {100, By::here, 0, "properties while busy"},
    {101, By::here, 0, "properties while busy"},
    {102, By::here, 0, "no host, nobody's host, no port"},
    {104, By::here, 0, "authenticate while busy"},
    {106, By::here, 0, "properties while busy"},
    {107, By::here, 0, "properties while busy"},
    {112, By::here, 0, "properties while busy"},
    {116, By::here, 0, "no host, nobody's host, no port"},
    {117, By::not_a_client, 0, "its option (UseConnection) is not one of this object"},
    {118, By::elsewhere, 0, "test_login: a proxy that refuses"},
    {135, By::here, 0, "authenticate while busy"},
    {201, By::elsewhere, 0, "test_control: a silent server is a timeout"},
    {211, By::elsewhere, 0, "test_control: inside a callback"},
    {212, By::here, 0, "not while unconnected"},
    {213, By::not_a_client, 0, "it listens for nobody"},
    {301, By::elsewhere, 0, "test_ends: interrupt"},
    {302, By::here, 0, "files and stores"},
    {434, By::elsewhere, 0, "test_code_page"},
    {1105, By::here, 0, "authenticate while busy"},
    {1117, By::not_a_client, 0, "no method of this object needs a connection made before"},
    {1119, By::not_a_client, 0, "107 says it"},
    {1120, By::here, 0, "a server that goes away"},
    {10004, By::errno_value, EINTR, ""},
    {10009, By::errno_value, EBADF, ""},
    {10013, By::errno_value, EACCES, ""},
    {10014, By::errno_value, EFAULT, ""},
    {10022, By::errno_value, EINVAL, ""},
    {10024, By::errno_value, EMFILE, ""},
    {10035, By::errno_value, EWOULDBLOCK, ""},
    {10036, By::errno_value, EINPROGRESS, ""},
    {10037, By::errno_value, EALREADY, ""},
    {10038, By::errno_value, ENOTSOCK, ""},
    {10039, By::errno_value, EDESTADDRREQ, ""},
    {10040, By::errno_value, EMSGSIZE, ""},
    {10041, By::errno_value, EPROTOTYPE, ""},
    {10042, By::errno_value, ENOPROTOOPT, ""},
    {10043, By::errno_value, EPROTONOSUPPORT, ""},
    {10044, By::errno_value, ESOCKTNOSUPPORT, ""},
    {10045, By::errno_value, EOPNOTSUPP, ""},
    {10046, By::errno_value, EPFNOSUPPORT, ""},
    {10047, By::errno_value, EAFNOSUPPORT, ""},
    {10048, By::errno_value, EADDRINUSE, ""},
    {10049, By::errno_value, EADDRNOTAVAIL, ""},
    {10050, By::errno_value, ENETDOWN, ""},
    {10051, By::errno_value, ENETUNREACH, ""},
    {10052, By::errno_value, ENETRESET, ""},
    {10053, By::errno_value, ECONNABORTED, ""},
    {10054, By::errno_value, ECONNRESET, ""},
    {10055, By::errno_value, ENOBUFS, ""},
    {10056, By::errno_value, EISCONN, ""},
    {10057, By::errno_value, ENOTCONN, ""},
    {10058, By::errno_value, ESHUTDOWN, ""},
    {10059, By::errno_value, ETOOMANYREFS, ""},
    {10060, By::errno_value, ETIMEDOUT, ""},
    {10061, By::errno_value, ECONNREFUSED, ""},
    {10062, By::errno_value, ELOOP, ""},
    {10063, By::errno_value, ENAMETOOLONG, ""},
    {10064, By::errno_value, EHOSTDOWN, ""},
    {10065, By::errno_value, EHOSTUNREACH, ""},
    {10066, By::errno_value, ENOTEMPTY, ""},
    {10067, By::not_on_linux, 0, "no EPROCLIM"},
    {10068, By::errno_value, EUSERS, ""},
    {10069, By::errno_value, EDQUOT, ""},
    {10070, By::errno_value, ESTALE, ""},
    {10071, By::errno_value, EREMOTE, ""},
    {10091, By::not_on_linux, 0, "the network is part of the kernel"},
    {10092, By::not_on_linux, 0, "the network is part of the kernel"},
    {10093, By::not_on_linux, 0, "the network is part of the kernel"},
    {11001, By::resolver, EAI_NONAME, ""},
    {11002, By::resolver, EAI_AGAIN, ""},
    {11003, By::resolver, EAI_FAIL, ""},
    {11004, By::resolver, EAI_NODATA, ""},
    // The protocol and key stores: codes of ours.
    {270, By::elsewhere, 0, "test_fips: UseFIPSCompliantAPI without a module"},
    {271, By::here, 0, "files and stores"},
    {272, By::here, 0, "files and stores"},
    {273, By::elsewhere, 0, "test_keys: a public key alone"},
    {274, By::not_a_client, 0, "certificate chains are not followed"},
    {275, By::not_a_client, 0, "certificate chains are not followed"},
    {277, By::elsewhere, 0, "test_keys: stores that do not open say why"},
    {278, By::elsewhere, 0, "test_keys: stores that do not open say why"},
    {1001, By::here, 0, "the server disconnects: its reason and its text"},
    {1002, By::elsewhere, 0, "test_login: the server's identification must match"},
    {1003, By::here, 0, "no algorithm in common: both sides' lists"},
    {1005, By::elsewhere, 0, "test_settings: refusals"},
    {1011, By::elsewhere, 0, "tests/core: a provider that fails"},
    {1013, By::elsewhere, 0, "tests/core: a provider that fails"},
    {1014, By::elsewhere, 0, "tests/core: a provider that fails"},
    {1015, By::here, 0, "octets that are no packet"},
    {1016, By::elsewhere, 0, "tests/core: properties_packet"},
    {1024, By::elsewhere, 0, "tests/core: properties_order"},
    {1027, By::here, 0, "octets that are no packet"},
    {1030, By::elsewhere, 0, "test_login: the host key is refused"},
    {1031, By::elsewhere, 0, "tests/core: properties_keys"},
    {1032, By::here, 0, "authentication fails: what was tried, what can continue"},
    {1034, By::elsewhere, 0, "tests/core: properties_keys"},
    {1038, By::elsewhere, 0, "tests/core: properties_keys"},
    {1039, By::elsewhere, 0, "tests/core: keep-alives"},
};

// A server that says just this and hangs up.
int hear(const std::string& said, std::string& error, bool reset = false) {
  Listener listener;
  REQUIRE(Listener::open(false, 0, listener).ok());
  std::thread server([&] {
    Socket socket;
    while (!socket) {
      wait_for({listener.fd(), true, false, -1}, nullptr);
      socket = listener.accept();
    }
    if (reset) {
      SocketOptions options;
      options.linger = false;
      static_cast<void>(socket.apply(options));
    }
    static_cast<void>(socket.send(as_bytes(said)));
    std::uint8_t in[4096];  // its identification, so that nothing unread resets the connection
    if (socket.receive(in).kind == IoKind::would_block)
      wait_for({socket.fd(), true, false, -1}, nullptr);
    static_cast<void>(socket.receive(in));
  });
  Host host(listener.port());
  host.config("KexGuess=0");
  const int code = host.authenticate();
  server.join();
  CHECK(host.balanced());
  error = host.error();
  return code;
}

// RFC 4253 §6 without encryption: length, padding length, payload, padding.
std::string packet(const std::string& payload) {
  const std::size_t padding = 4 + (8 - (5 + payload.size() + 4) % 8) % 8;
  std::string out(3, '\0');
  out += static_cast<char>(1 + payload.size() + padding);
  out += static_cast<char>(padding);
  return out + payload + std::string(padding, '\0');
}

std::string string_of(const std::string& text) {
  return std::string("\0\0\0", 3) + static_cast<char>(text.size()) + text;
}

bool is_utf8_without_controls(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    const std::size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    if (len == 0 || i + len > text.size()) return false;
    for (std::size_t k = 1; k < len; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    if (c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;  // C1
    i += len;
  }
  return true;
}

}  // namespace

TEST_CASE("every code has its row, its sentence and a way to it, or a reason why there is none") {
  std::set<int> codes;
  for (const Row& row : kCodes) {
    INFO(row.code);
    CHECK(codes.insert(row.code).second);
    CHECK_FALSE(abi::error_row_text(row.code).empty());
    switch (row.by) {
      case By::errno_value: {
        const NetError error = net_error_of_errno(row.value, "cannot do it");
        CHECK(error.code == row.code);
        CHECK(error.os_error == row.value);
        CHECK(error.text.starts_with("cannot do it: "));
        CHECK(error.text.size() > 20);
        break;
      }
      case By::resolver: {
        const NetError error = net_error_of_resolver(row.value, 0, "some.host");
        CHECK(error.code == row.code);
        CHECK(has(error.text, "some.host"));
        break;
      }
      default: CHECK(row.where[0] != '\0');
    }
  }
  // No row of errors.def is without a line here.
#define X(code, text) CHECK(codes.count(code) == 1);
#include "abi/errors.def"
#undef X
}

TEST_CASE("properties while busy, authenticate while busy") {
  RunningServer server(password_server());
  Host host(server.port());
  ipworksauth_sshauth_settimeout(host, 0);
  CHECK(host.authenticate() == 135);
  CHECK_FALSE(host.error().empty());
  bool connected = false;
  while (ipworksauth_sshauth_getstate(host) < IPWORKSAUTH_STATE_SUCCEEDED) {
    connected = host.count(EID_SSHAUTH_CONNECTED) != 0;
    CHECK(host.authenticate() == (connected ? 104 : 1105));
    CHECK_FALSE(host.error().empty());
    CHECK(ipworksauth_sshauth_setsshport(host, 1) == 100);
    CHECK(ipworksauth_sshauth_setsshhost(host, "other") == 101);
    CHECK(ipworksauth_sshauth_setlocalport(host, 1) == 106);
    CHECK(ipworksauth_sshauth_setlocalhost(host, "::1") == 107);
    CHECK(host.config("MaxLineLength=300") == "<112>");
    // Timeout is for the next login: this one goes on as it began.
    CHECK(ipworksauth_sshauth_settimeout(host, 20) == 0);
    CHECK(ipworksauth_sshauth_doevents(host) == 0);
    CHECK(host.code() == 0);
  }
  CHECK(connected);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_SUCCEEDED);
  CHECK(host.authenticate() == 0);  // blocking, now
}

TEST_CASE("while no connection is there yet it is 1105") {
  // A proxy that never answers.
  ScriptedServer silent(password_server(), {Script{"never said", "", -1, false}});
  Host host(2222);
  ipworksauth_sshauth_setfirewalltype(host, FW_TUNNEL);
  ipworksauth_sshauth_setfirewallhost(host, "127.0.0.1");
  ipworksauth_sshauth_setfirewallport(host, silent.port());
  ipworksauth_sshauth_settimeout(host, 0);
  CHECK(host.authenticate() == 135);
  CHECK(host.authenticate() == 1105);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_CONNECTING);
  CHECK(ipworksauth_sshauth_reset(host) == 0);
  CHECK(host.count(EID_SSHAUTH_DISCONNECTED) == 0);  // of what was never connected
}

TEST_CASE("no host, nobody's host, no port; not while unconnected; files and stores") {
  Host host;
  CHECK(host.authenticate() == 102);
  ipworksauth_sshauth_setsshhost(host, "0.0.0.0");
  CHECK(host.authenticate() == 102);
  CHECK(ipworksauth_sshauth_setsshport(host, 0) == 116);
  CHECK(has(host.error(), "port"));
  CHECK(host.config("SSHKeyRenegotiate") == "<212>");
  ipworksauth_sshauth_setsshhost(host, "127.0.0.1");
  ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
  ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_FILE);
  const ::test::TempFolder folder;
  const std::string missing = folder.path("missing");
  ipworksauth_sshauth_setsshcertstore(host, missing.data(), static_cast<int>(missing.size()));
  CHECK(host.authenticate() == 302);
  CHECK(has(host.error(), missing));
  ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_BLOB);
  ipworksauth_sshauth_setsshcertstore(host, "no key", 6);
  CHECK(host.authenticate() == 271);
  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, pem).ok());
  const std::string blob(as_text(pem.reveal()));
  ipworksauth_sshauth_setsshcertstore(host, blob.data(), static_cast<int>(blob.size()));
  CHECK(ipworksauth_sshauth_setsshcertsubject(host, "nobody's") == 0);
  CHECK(host.authenticate() == 272);
}

TEST_CASE("the server disconnects: its reason and its text, made fit to show") {
  const std::string id = "SSH-2.0-Odd_1\r\n";
  const auto disconnect = [&](const std::string& text) {
    return id + packet("\x01" + std::string("\0\0\0\x0c", 4) + string_of(text) + string_of("en"));
  };
  std::string error;
  CHECK(hear(disconnect("too many users"), error) == 1001);
  CHECK(has(error, "12"));
  CHECK(has(error, "too many users"));
  // Control characters of both kinds, what is no UTF-8, and a character cut in the middle.
  CHECK(hear(disconnect("a\x1b[2Jb\r\nc\x7f\xc2\x9b"
                        "d\xff\xfe"
                        "e\xe2\x82"),
             error) == 1001);
  INFO(error);
  CHECK(has(error, "b"));
  CHECK(is_utf8_without_controls(error));
  CHECK(hear(disconnect("\xc3\xa9t\xc3\xa9"), error) == 1001);
  CHECK(has(error, "\xc3\xa9t\xc3\xa9"));
}

TEST_CASE("octets that are no packet, identifications that are none") {
  const std::string id = "SSH-2.0-Odd_1\r\n";
  std::string error;
  CHECK(hear("SSH-1.5-Old\r\n", error) == 1002);
  CHECK(has(error, "SSH-1.5-Old"));
  CHECK(hear(id + std::string("\xff\xff\xff\xff\0\0\0\0", 8), error) == 1015);
  CHECK_FALSE(error.empty());
  CHECK(hear(id + packet("\x34"), error) == 1027);
  CHECK(has(error, "SSH_MSG_USERAUTH_SUCCESS"));
  CHECK(hear(id + packet("\x14"), error) == 1027);
  CHECK(has(error, "malformed"));
}

TEST_CASE("a server that goes away") {
  std::string error;
  CHECK(hear("", error) == 1120);
  CHECK(has(error, "identification"));
  CHECK(hear("SSH-2.0-Odd_1\r\n", error) == 1120);
  CHECK(has(error, "key exchange"));
}

TEST_CASE("no algorithm in common: both sides' lists") {
  AuthServerConfig config = password_server();
  config.kex_algorithms = "ecdh-sha2-nistp256";
  config.ciphers = "aes128-ctr";
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(host.config("SSHKeyExchangeAlgorithms=ecdh-sha2-nistp384,ecdh-sha2-nistp521").empty());
  CHECK(host.authenticate() == 1003);
  for (const char* part :
       {"key exchange", "ecdh-sha2-nistp384,ecdh-sha2-nistp521", "ecdh-sha2-nistp256"})
    CHECK(has(host.error(), part));
  CHECK(host.config("SSHKeyExchangeAlgorithms=ecdh-sha2-nistp256").empty());
  CHECK(ipworksauth_sshauth_setsshencryptionalgorithms(host, "aes256-ctr,aes192-ctr") == 0);
  CHECK(host.authenticate() == 1003);
  for (const char* part : {"cipher", "aes256-ctr,aes192-ctr", "aes128-ctr"})
    CHECK(has(host.error(), part));
}

TEST_CASE("authentication fails: what was tried, what can continue, what succeeded in part") {
  AuthServerConfig config = server_config();
  ServerUser both = user_with_password("secret");
  both.authorized_keys = {blob_of(*key_of("ssh-ed25519"))};
  both.required = {"publickey", "password"};
  config.users.push_back(both);
  RunningServer server(std::move(config));
  Host host(server.port());
  ipworksauth_sshauth_setpassword(host, "wrong");
  CHECK(host.authenticate() == 1032);
  INFO(host.error());
  for (const char* part : {"\"me\"", "password", "can continue: ", "publickey"})
    CHECK(has(host.error(), part));
  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, pem).ok());
  const std::string blob(as_text(pem.reveal()));
  ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_BLOB);
  ipworksauth_sshauth_setsshcertstore(host, blob.data(), static_cast<int>(blob.size()));
  ipworksauth_sshauth_setauthmode(host, AM_MULTI_FACTOR);
  CHECK(host.authenticate() == 1032);
  INFO(host.error());
  for (const char* part : {"an earlier step succeeded", "can continue: password"})
    CHECK(has(host.error(), part));
  // The key tried is named, by its fingerprint.
  Host other(server.port());
  SecretBytes other_pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519#other"), std::nullopt, other_pem).ok());
  const std::string other_blob(as_text(other_pem.reveal()));
  ipworksauth_sshauth_setsshcertstoretype(other, CST_PEMKEY_BLOB);
  ipworksauth_sshauth_setsshcertstore(other, other_blob.data(),
                                      static_cast<int>(other_blob.size()));
  ipworksauth_sshauth_setauthmode(other, AM_PUBLIC_KEY);
  CHECK(other.authenticate() == 1032);
  INFO(other.error());
  for (const char* part : {"publickey", "can continue: ", "ssh-ed25519 key SHA256:"})
    CHECK(has(other.error(), part));
}

TEST_CASE("after each call that succeeds the last error is none") {
  RunningServer server(password_server());
  Host host(server.port());
  const auto fail = [&] { CHECK(ipworksauth_sshauth_setsshport(host, 0) == 116); };
  const auto clean = [&] {
    CHECK(host.code() == 0);
    CHECK(host.error().empty());
    fail();
  };
  fail();
  CHECK(ipworksauth_sshauth_getsshport(host) == server.port());
  clean();
  CHECK(ipworksauth_sshauth_setuser(host, "me") == 0);
  clean();
  CHECK(std::string(ipworksauth_sshauth_getuser(host)) == "me");
  clean();
  char* data = nullptr;
  int len = 0;
  CHECK(ipworksauth_sshauth_getsshcertstore(host, &data, &len) == 0);
  clean();
  ipworksauth_sshauth_config(host, "LogLevel");
  clean();
  CHECK(ipworksauth_sshauth_checkindex(host, PID_SSHAUTH_USER, 0) == 0);
  clean();
  CHECK(ipworksauth_sshauth_doevents(host) == 0);
  clean();
  CHECK(host.authenticate() == 0);
  clean();
  CHECK(ipworksauth_sshauth_reset(host) == 0);
  CHECK(host.code() == 0);
  // And what is no call of that kind leaves it alone.
  fail();
  ipworksauth_sshauth_interrupt(host);
  ipworksauth_sshauth_getstate(host);
  ipworksauth_sshauth_getwait(host);
  CHECK(host.code() == 116);
}
