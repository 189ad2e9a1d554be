// Questions of the server, answered one by one from the command line; everything that is told is
// printed.
//
//   prompts host port user fingerprint answer...
#include <ipworksauth/sshauth.hpp>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

class Prompted : public SSHAuth {
 public:
  Prompted(const char* known, char** answers) : m_known(known), m_answers(answers) {}

  virtual int FireConnected(SSHAuthConnectedEventParams* e) {
    printf("connected: %d %s\n", e->StatusCode, e->Description);
    return 0;
  }
  virtual int FireConnectionStatus(SSHAuthConnectionStatusEventParams* e) {
    printf("connection: %s %d %s\n", e->ConnectionEvent, e->StatusCode, e->Description);
    return 0;
  }
  virtual int FireDisconnected(SSHAuthDisconnectedEventParams* e) {
    printf("disconnected: %d %s\n", e->StatusCode, e->Description);
    return 0;
  }
  virtual int FireLog(SSHAuthLogEventParams* e) {
    printf("log %d %s: %s\n", e->LogLevel, e->LogType, e->Message);
    return 0;
  }
  virtual int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) {
    printf("host key of %d octets\n", e->lenHostKey);
    e->Accept = !strcmp(e->Fingerprint, m_known);
    return 0;
  }
  virtual int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) {
    printf("%s%s", e->Instructions, e->Prompt);
    if (!*m_answers) return 1;  // nothing left to say: give up
    // The text is read after this function, so it is kept in the object.
    snprintf(m_response, sizeof m_response, "%s", *m_answers++);
    puts(e->EchoResponse ? m_response : "(not shown)");
    e->Response = m_response;
    return 0;
  }

 private:
  const char* m_known;
  char** m_answers;
  char m_response[256];
};

int main(int argc, char* argv[]) {
  if (argc < 5) return 2;
  Prompted auth(argv[4], argv + 5);
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetAuthMode(AM_KEYBOARD_INTERACTIVE);
  auth.Config("LogLevel=2");
  int result = auth.Authenticate();
  if (result != 0) fprintf(stderr, "%d: %s\n", result, auth.GetLastError());
  return result != 0;
}
