// A private key from a file; the host key is accepted by a property, so no event is needed.
//
//   public_key host port user key-file fingerprint
#include <ipworksauth/sshauth.hpp>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  SSHAuth auth;
  auth.Config((std::string("SSHAcceptServerHostKeyFingerPrint=") + argv[5]).c_str());
  auth.SetAuthMode(AM_PUBLIC_KEY);
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(std::atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetSSHCertStoreType(CST_PEMKEY_FILE);
  auth.SetSSHCertStore(argv[4], static_cast<int>(std::strlen(argv[4])));
  if (auth.SetSSHCertSubject("*") != 0) {
    std::cerr << auth.GetLastError() << "\n";
    return 1;
  }

  char* line = NULL;
  int len = 0;
  if (auth.GetSSHCertEncoded(line, len) == 0)
    std::cout << "with " << std::string(line, static_cast<std::size_t>(len)) << "\n";

  if (auth.Authenticate() != 0) {
    std::cerr << auth.GetLastErrorCode() << ": " << auth.GetLastError() << "\n";
    return 1;
  }
  std::cout << "authenticated at " << auth.Config("ServerSSHVersionString") << "\n";
  return 0;
}
