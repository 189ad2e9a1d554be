// The least: a password, and a host key that is known by its fingerprint.
//
//   password host port user password fingerprint
#include <ipworksauth/sshauth.hpp>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

class MySSHAuth : public SSHAuth {
 public:
  const char* known;

  virtual int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) {
    if (e->Accept) return 0;
    printf("host key %s %s\n", e->KeyAlgorithm, e->Fingerprint);
    e->Accept = strcmp(e->Fingerprint, known) == 0;
    return 0;
  }

  virtual int FireSSHStatus(SSHAuthSSHStatusEventParams* e) {
    printf("%s\n", e->Message);
    return 0;
  }

  virtual int FireError(SSHAuthErrorEventParams* e) {
    printf("error %d: %s\n", e->ErrorCode, e->Description);
    return 0;
  }
};

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  MySSHAuth auth;
  auth.known = argv[5];
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetPassword(argv[4]);
  // A getter's result is a legal argument of every setter.
  auth.SetSSHHost(auth.GetSSHHost());

  int ret_code = auth.Authenticate();
  if (ret_code) {
    printf("error: %i - %s\n", auth.GetLastErrorCode(), auth.GetLastError());
    return 1;
  }
  printf("%s: %s is who they say\n", auth.VERSION(), auth.GetUser());
  return 0;
}
