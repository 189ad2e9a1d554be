// The host writes the messages itself: a password request (RFC 4252 section 8), in hexadecimal.
//
//   custom host port user password fingerprint
#include <ipworksauth/packet.h>
#include <ipworksauth/sshauth.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

class Custom : public SSHAuth {
 public:
  Custom(const std::string& user, const std::string& password)
      : m_user(user), m_password(password), m_packet() {}

  int FireSSHCustomAuth(SSHAuthSSHCustomAuthEventParams* e) override {
    std::printf("the server's last word: \"%s\"\n", e->Packet);
    if (m_packet[0] != '\0') return Refused(e->Packet);  // leaving the packet as it is gives up
    if (!Write()) return 1;
    e->Packet = m_packet;
    return 0;
  }

 private:
  bool Write() {
    const int size = sizeof m_packet;
    return ipworksauth_packet_write_byte(m_packet, size, 50) == 0 &&
           ipworksauth_packet_write_string(m_packet, size, m_user.c_str()) == 0 &&
           ipworksauth_packet_write_string(m_packet, size, "ssh-connection") == 0 &&
           ipworksauth_packet_write_string(m_packet, size, "password") == 0 &&
           ipworksauth_packet_write_boolean(m_packet, size, 0) == 0 &&
           ipworksauth_packet_write_string(m_packet, size, m_password.c_str()) == 0;
  }

  // SSH_MSG_USERAUTH_FAILURE (RFC 4252 section 5.1)
  int Refused(const char* packet) {
    int at = 0, message = 0;
    char methods[1024];
    if (ipworksauth_packet_read_byte(packet, &at, &message) == 0 && message == 51 &&
        ipworksauth_packet_read_string(packet, &at, methods, sizeof methods) == 0)
      std::printf("refused; what can continue: %s\n", methods);
    return 0;
  }

  std::string m_user, m_password;
  char m_packet[4096];
};

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  Custom auth(argv[3], argv[4]);
  auth.Config((std::string("SSHAcceptServerHostKeyFingerPrint=") + argv[5]).c_str());
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(std::atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetAuthMode(AM_CUSTOM);
  if (auth.Authenticate() == 0) return 0;
  std::fprintf(stderr, "%d: %s\n", auth.GetLastErrorCode(), auth.GetLastError());
  return 1;
}
