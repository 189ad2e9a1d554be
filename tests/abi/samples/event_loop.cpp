// Without blocking: Timeout 0, and a loop of the program's own around poll.
//
//   event_loop host port user password fingerprint
#include <ipworksauth/sshauth.hpp>

#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <string>

static bool over(SSHAuth& auth) {
  return auth.GetState() == IPWORKSAUTH_STATE_SUCCEEDED ||
         auth.GetState() == IPWORKSAUTH_STATE_FAILED;
}

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  SSHAuth auth;
  auth.Config((std::string("SSHAcceptServerHostKeyFingerPrint=") + argv[5]).c_str());
  auth.Config("SelectWaitMillis=0");  // the loop below does the waiting
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(std::atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetPassword(argv[4]);
  auth.SetTimeout(0);

  int result = auth.Authenticate();
  if (result == 135) result = 0;  // would block: it has begun
  while (!over(auth)) {
    struct pollfd wait;
    wait.fd = auth.GetSocket();
    wait.events = 0;
    if (auth.GetWants() & IPWORKSAUTH_WANTS_READ) wait.events |= POLLIN;
    if (auth.GetWants() & IPWORKSAUTH_WANTS_WRITE) wait.events |= POLLOUT;
    wait.revents = 0;
    poll(&wait, 1, auth.GetWait());
    result = auth.DoEvents();
  }
  if (auth.GetState() == IPWORKSAUTH_STATE_SUCCEEDED) return 0;
  std::fprintf(stderr, "%d: %s\n", result, auth.GetLastError());
  return 1;
}
