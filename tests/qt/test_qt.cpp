// class SSHAuth of sshauth_qt.hpp: signals, answers, accessors, and a login that Qt's event loop
// runs.
#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/client/support.hpp"
#include "tests/qt/login_runner.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const QString kWord = QString::fromUtf8("pässwört");

AuthServerConfig server_of_me() {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password(kWord.toStdString());
  user.rounds = {{"Name", "Do tell", {{"Code: ", true, "grün"}}}};
  config.users.push_back(user);
  return config;
}

void aim(SSHAuth& auth, std::uint16_t port) {
  CHECK(auth.SetSSHHost("127.0.0.1") == 0);
  CHECK(auth.SetSSHPort(port) == 0);
  CHECK(auth.SetUser("me") == 0);
  CHECK(auth.SetPassword(kWord) == 0);
}

void accept_keys(SSHAuth& auth) {
  QObject::connect(&auth, &SSHAuth::SSHServerAuthentication,
                   [](SSHAuthSSHServerAuthenticationEventParams* e) {
                     CHECK(e->HostKey().size() == 51);
                     CHECK(e->KeyAlgorithm() == "ssh-ed25519");
                     CHECK(e->Fingerprint().count(':') == 31);
                     CHECK(e->CertSubject().isEmpty());
                     CHECK(e->CertIssuer().isEmpty());
                     CHECK(!e->Status().isEmpty());
                     CHECK(!e->Accept());
                     e->SetAccept(true);
                   });
}

}  // namespace

TEST_CASE("signals tell of a login and their slots answer") {
  RunningServer server(server_of_me());
  SSHAuth auth;
  aim(auth, server.port());
  accept_keys(auth);
  QStringList seen;
  QObject::connect(&auth, &SSHAuth::Connected, [&](SSHAuthConnectedEventParams* e) {
    seen << QString("Connected %1 %2").arg(e->StatusCode()).arg(e->Description());
  });
  QObject::connect(&auth, &SSHAuth::ConnectionStatus, [&](SSHAuthConnectionStatusEventParams* e) {
    seen << QString("Status %1 %2").arg(e->StatusCode()).arg(e->Description());
    CHECK(!e->ConnectionEvent().isEmpty());
  });
  QObject::connect(&auth, &SSHAuth::Disconnected, [&](SSHAuthDisconnectedEventParams* e) {
    seen << QString("Disconnected %1 %2").arg(e->StatusCode()).arg(e->Description());
  });
  QStringList steps, logged;
  QObject::connect(&auth, &SSHAuth::SSHStatus,
                   [&](SSHAuthSSHStatusEventParams* e) { steps << e->Message(); });
  QObject::connect(&auth, &SSHAuth::Log, [&](SSHAuthLogEventParams* e) {
    CHECK(e->LogLevel() == 1);
    CHECK(e->LogType() == "Info");
    logged << e->Message();
  });

  SECTION("password") { CHECK(auth.Authenticate() == 0); }
  SECTION("questions") {
    CHECK(auth.SetAuthMode(AM_KEYBOARD_INTERACTIVE) == 0);
    QObject::connect(&auth, &SSHAuth::SSHKeyboardInteractive,
                     [&](SSHAuthSSHKeyboardInteractiveEventParams* e) {
                       CHECK(e->Name() == "Name");
                       CHECK(e->Instructions() == "Do tell");
                       CHECK(e->Prompt() == "Code: ");
                       CHECK(e->Response().isEmpty());
                       CHECK(e->EchoResponse());
                       e->SetResponse(QString::fromUtf8("grün"));
                     });
    CHECK(auth.Authenticate() == 0);
  }
  CHECK(seen.count("Connected 0 OK") == 1);
  CHECK(seen.last() == "Disconnected 0 OK");
  CHECK(steps.size() > 5);
  CHECK(!logged.isEmpty());
  CHECK(auth.GetState() == IPWORKSAUTH_STATE_SUCCEEDED);
}

TEST_CASE("a slot stops the login with a number of its own") {
  RunningServer server(server_of_me());
  SSHAuth auth;
  aim(auth, server.port());
  int errors = 0;
  QObject::connect(&auth, &SSHAuth::Error, [&](SSHAuthErrorEventParams* e) {
    ++errors;
    CHECK(e->ErrorCode() == 77);
    CHECK(!e->Description().isEmpty());
  });
  QObject::connect(&auth, &SSHAuth::SSHServerAuthentication,
                   [&](SSHAuthSSHServerAuthenticationEventParams* e) {
                     CHECK(e->EventRetVal() == 0);
                     e->SetEventRetVal(77);
                     auth.SetEventErrorAndCode(77, QString::fromUtf8("so hört es auf"));
                   });
  CHECK(auth.Authenticate() == 77);
  CHECK(auth.GetLastErrorCode() == 77);
  CHECK(auth.GetLastError() == QString::fromUtf8("so hört es auf"));
  CHECK(auth.GetEventErrorCode() == 77);
  CHECK(auth.GetEventError() == auth.GetLastError());
  CHECK(errors == 1);
}

TEST_CASE("without a slot nothing is accepted") {
  RunningServer server(server_of_me());
  SSHAuth auth;
  aim(auth, server.port());
  CHECK(auth.Authenticate() == 1030);
}

TEST_CASE("the host's own messages go through SSHCustomAuth") {
  RunningServer server(server_of_me());
  SSHAuth auth;
  aim(auth, server.port());
  accept_keys(auth);
  CHECK(auth.SetAuthMode(AM_CUSTOM) == 0);
  QStringList packets;
  QObject::connect(&auth, &SSHAuth::SSHCustomAuth, [&](SSHAuthSSHCustomAuthEventParams* e) {
    packets << e->Packet();
    if (packets.size() > 1) return;
    // USERAUTH_REQUEST "me", "ssh-connection", "none" (RFC 4252 §5.2).
    e->SetPacket(
        "32"
        "000000026d65"
        "0000000e7373682d636f6e6e656374696f6e"
        "000000046e6f6e65");
  });
  CHECK(auth.Authenticate() == 1032);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].isEmpty());
  CHECK(packets[1].startsWith("33"));  // USERAUTH_FAILURE
}

TEST_CASE("a derived class overrides what emits the signals, and may throw") {
  class Derived : public SSHAuth {
   public:
    bool throws = false;
    int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) override {
      if (throws) throw std::runtime_error("not this one");
      e->SetAccept(true);
      return 0;
    }
  };
  RunningServer server(server_of_me());
  Derived auth;
  aim(auth, server.port());
  int emitted = 0;
  QObject::connect(&auth, &SSHAuth::SSHServerAuthentication, [&] { ++emitted; });
  CHECK(auth.Authenticate() == 0);
  CHECK(emitted == 0);
  auth.throws = true;
  CHECK_THROWS_WITH(auth.Authenticate(), "not this one");
  CHECK(auth.GetLastErrorCode() == -1);
  CHECK(auth.GetLastError() ==
        "the handler of SSHServerAuthentication threw an exception: not this one");
}

TEST_CASE("Qt's event loop runs logins, and other things meanwhile") {
  int argc = 1;
  char name[] = "test_qt";
  char* argv[] = {name, nullptr};
  QCoreApplication application(argc, argv);
  RunningServer server(server_of_me());
  SSHAuth good, bad;
  for (SSHAuth* auth : {&good, &bad}) {
    aim(*auth, server.port());
    accept_keys(*auth);
  }
  CHECK(bad.SetPassword("wrong") == 0);
  LoginRunner good_runner(good), bad_runner(bad);
  int left = 2, good_code = -1, bad_code = -1;
  const auto over = [&] {
    if (--left == 0) application.quit();
  };
  QTimer::singleShot(0, [&] {
    good_runner.start([&](int code) { good_code = code, over(); });
    bad_runner.start([&](int code) { bad_code = code, over(); });
  });
  application.exec();
  CHECK(good_code == 0);
  CHECK(bad_code == 1032);
  CHECK(good.GetState() == IPWORKSAUTH_STATE_SUCCEEDED);
  CHECK(good_runner.turns() >= 1);  // a quick server needs no more
  CHECK(good.GetSocket() == -1);
}

TEST_CASE("accessors take and give Qt's types") {
  SSHAuth auth(nullptr, "any key");
  const auto text = [&](int (SSHAuth::*set)(QString), QString (SSHAuth::*get)(), QString value) {
    INFO(value.toStdString());
    CHECK((auth.*set)(value) == 0);
    CHECK((auth.*get)() == value);
    CHECK((auth.*set)(value + QChar(0) + "x") == 10022);
    CHECK(auth.GetLastErrorCode() == 10022);
    CHECK((auth.*get)() == value);
  };
  const auto number = [&](int (SSHAuth::*set)(int), int (SSHAuth::*get)(), int value) {
    CHECK((auth.*set)(value) == 0);
    CHECK((auth.*get)() == value);
  };
  number(&SSHAuth::SetAuthMode, &SSHAuth::GetAuthMode, AM_MULTI_FACTOR);
  number(&SSHAuth::SetFirewallType, &SSHAuth::GetFirewallType, FW_SOCKS5);
  number(&SSHAuth::SetFirewallPort, &SSHAuth::GetFirewallPort, 8081);
  number(&SSHAuth::SetLocalPort, &SSHAuth::GetLocalPort, 4022);
  number(&SSHAuth::SetSSHCertStoreType, &SSHAuth::GetSSHCertStoreType, CST_PEMKEY_BLOB);
  number(&SSHAuth::SetSSHPort, &SSHAuth::GetSSHPort, 2022);
  number(&SSHAuth::SetTimeout, &SSHAuth::GetTimeout, 17);
  CHECK(auth.SetFirewallAutoDetect(true) == 0);
  CHECK(auth.GetFirewallAutoDetect() == true);
  text(&SSHAuth::SetFirewallHost, &SSHAuth::GetFirewallHost, "proxy.example");
  text(&SSHAuth::SetFirewallPassword, &SSHAuth::GetFirewallPassword, kWord);
  text(&SSHAuth::SetFirewallUser, &SSHAuth::GetFirewallUser, "proxy user");
  text(&SSHAuth::SetLocalHost, &SSHAuth::GetLocalHost, "127.0.0.1");
  text(&SSHAuth::SetPassword, &SSHAuth::GetPassword, kWord);
  text(&SSHAuth::SetSSHCertStorePassword, &SSHAuth::GetSSHCertStorePassword, kWord);
  text(&SSHAuth::SetSSHEncryptionAlgorithms, &SSHAuth::GetSSHEncryptionAlgorithms, "aes256-ctr");
  text(&SSHAuth::SetSSHHost, &SSHAuth::GetSSHHost, "server.example");
  text(&SSHAuth::SetUser, &SSHAuth::GetUser, QString::fromUtf8("Jürgen"));

  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, pem).ok());
  const QByteArray store(as_text(pem.reveal()).data(), static_cast<int>(pem.size()));
  const QByteArray line = QByteArray::fromStdString(key_of("ssh-ed25519")->public_line());
  CHECK(auth.SetSSHCertStore(store) == 0);
  CHECK(auth.GetSSHCertStore() == store);
  CHECK(auth.SetSSHCertSubject("*") == 0);
  CHECK(!auth.GetSSHCertSubject().isEmpty());
  CHECK(auth.GetSSHCertEncoded() == line);
  CHECK(auth.SetSSHCertEncoded(line) == 0);
  CHECK(auth.SetSSHAcceptServerHostKeyEncoded(line) == 0);
  CHECK(auth.GetSSHAcceptServerHostKeyEncoded() == line);
  CHECK(auth.SetSSHAcceptServerHostKeyEncoded("no key") == 10022);

  CHECK(auth.Config("LogLevel=2").isEmpty());
  CHECK(auth.Config("LogLevel") == "2");
  CHECK(auth.Config(QString("Log") + QChar(0) + "Level").isEmpty());
  CHECK(auth.GetLastErrorCode() == 10022);
  CHECK(auth.VERSION().startsWith("ipworksauth "));
  CHECK(auth.SetRuntimeLicense("x") == 0);
  CHECK(auth.GetRuntimeLicense().isEmpty());
  CHECK(auth.SetLastErrorAndCode(5, "five") == 0);
  CHECK(auth.GetLastError() == "five");
  CHECK(auth.Interrupt() == 0);
  CHECK(auth.Reset() == 0);
  CHECK(auth.GetUser().isEmpty());
}
