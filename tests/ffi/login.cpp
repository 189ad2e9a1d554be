// C++, by the class of sshauth.hpp.
//
//   login HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "ipworksauth/sshauth.hpp"

namespace {

class Login : public SSHAuth {
 public:
  Login(std::string fingerprint, std::string password)
      : fingerprint_(std::move(fingerprint)), password_(std::move(password)) {}

 private:
  int FireConnected(SSHAuthConnectedEventParams* e) override {
    std::cout << "connected " << e->StatusCode << ' ' << e->Description << '\n';
    return 0;
  }
  int FireDisconnected(SSHAuthDisconnectedEventParams* e) override {
    std::cout << "disconnected " << e->StatusCode << ' ' << e->Description << '\n';
    return 0;
  }
  int FireSSHStatus(SSHAuthSSHStatusEventParams* e) override {
    std::cout << "status " << e->Message << '\n';
    return 0;
  }
  int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) override {
    std::cout << "host key " << e->KeyAlgorithm << ' ' << std::hex << std::setfill('0');
    for (const char octet : std::string_view(e->HostKey, static_cast<std::size_t>(e->lenHostKey)))
      std::cout << std::setw(2) << (octet & 0xff);
    std::cout << std::dec << "\nfingerprint " << e->Fingerprint << '\n';
    e->Accept = fingerprint_ == e->Fingerprint;
    return 0;
  }
  int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) override {
    std::cout << "prompt " << e->Prompt << '\n';
    e->Response = password_.data();  // read after this function has returned: a member, no local
    return 0;
  }

  std::string fingerprint_, password_;
};

}  // namespace

int main(int argc, char* argv[]) {
  static const std::map<std::string_view, int> modes = {
      {"password", AM_PASSWORD},
      {"publickey", AM_PUBLIC_KEY},
      {"keyboard-interactive", AM_KEYBOARD_INTERACTIVE}};
  const char* password = std::getenv("PASSWORD");
  if (argc != 7 || password == nullptr || modes.count(argv[4]) == 0) {
    std::cerr << "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the "
                 "environment\n";
    return 2;
  }
  const std::string user = argv[3], key = argv[6];
  Login login(argv[5], password);
  const auto failed = [&login] {
    std::cerr << login.GetLastErrorCode() << ' ' << login.GetLastError() << '\n';
    return 1;
  };
  // Texts are UTF-8 both ways: what Config stores, a getter reads.
  login.Config(("FirewallUser=" + user).c_str());
  if (login.GetLastErrorCode() != 0 || login.SetSSHHost(argv[1]) != 0 ||
      login.SetSSHPort(std::atoi(argv[2])) != 0 || login.SetUser(user.c_str()) != 0 ||
      login.SetPassword(password) != 0 || login.SetSSHCertStoreType(CST_AUTO) != 0 ||
      login.SetSSHCertStore(key.data(), static_cast<int>(key.size())) != 0 ||
      login.SetAuthMode(modes.at(argv[4])) != 0)
    return failed();
  std::cout << "user " << login.GetUser() << "\nproxy user " << login.GetFirewallUser() << '\n';
  if (login.Authenticate() != 0) return failed();
  std::cout << "authenticated\n";
  return 0;
}
