/* As custom.cpp, in C.
 *
 *   custom_in_c host port user password fingerprint
 */
#include <ipworksauth/packet.h>
#include <ipworksauth/sshauth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct login {
  const char *user, *password;
  int asked;
};

static int write_request(const struct login* login, char* packet, int size) {
  int code = ipworksauth_packet_write_byte(packet, size, 50);
  if (code == 0) code = ipworksauth_packet_write_string(packet, size, login->user);
  if (code == 0) code = ipworksauth_packet_write_string(packet, size, "ssh-connection");
  if (code == 0) code = ipworksauth_packet_write_string(packet, size, "password");
  if (code == 0) code = ipworksauth_packet_write_boolean(packet, size, 0);
  if (code == 0) code = ipworksauth_packet_write_string(packet, size, login->password);
  return code;
}

static int show_refusal(const char* packet) {
  int at = 0, message = 0, partial = 0;
  char methods[1024];
  int code = ipworksauth_packet_read_byte(packet, &at, &message);
  if (code == 0) code = ipworksauth_packet_read_string(packet, &at, methods, sizeof methods);
  if (code == 0) code = ipworksauth_packet_read_boolean(packet, &at, &partial);
  if (code == 0) code = ipworksauth_packet_end(packet, at);
  if (code == 0 && message == 51) printf("refused; what can continue: %s\n", methods);
  return code;
}

static int IPWORKSAUTH_CALL on_event(void* context, int event, int count, void* param[],
                                     int cbparam[]) {
  struct login* login = (struct login*)context;
  char packet[4096] = "";
  const char* said;
  (void)count, (void)cbparam;
  if (event != EID_SSHAUTH_SSHCUSTOMAUTH) return 0;
  said = (const char*)ipworksauth_evtstr(param[0], 0, NULL, 1);
  printf("the server's last word: \"%s\"\n", said);
  if (login->asked) return show_refusal(said); /* leaving the packet as it is gives up */
  login->asked = 1;
  if (write_request(login, packet, sizeof packet) != 0) return 1;
  ipworksauth_evtstr(param[0], 2, packet, 1);
  memset(packet, 0, sizeof packet);
  return 0;
}

int main(int argc, char* argv[]) {
  struct login login = {NULL, NULL, 0};
  char pin[256];
  void* auth;
  int code;
  if (argc != 6) return 2;
  login.user = argv[3], login.password = argv[4];
  auth = ipworksauth_sshauth_create(on_event, &login, NULL, 0);
  if (auth == NULL) return 2;
  snprintf(pin, sizeof pin, "SSHAcceptServerHostKeyFingerPrint=%s", argv[5]);
  ipworksauth_sshauth_config(auth, pin);
  ipworksauth_sshauth_setsshhost(auth, argv[1]);
  ipworksauth_sshauth_setsshport(auth, atoi(argv[2]));
  ipworksauth_sshauth_setuser(auth, argv[3]);
  ipworksauth_sshauth_setauthmode(auth, AM_CUSTOM);
  code = ipworksauth_sshauth_authenticate(auth);
  if (code != 0) fprintf(stderr, "%d: %s\n", code, ipworksauth_sshauth_getlasterror(auth));
  ipworksauth_sshauth_destroy(auth);
  return code != 0;
}
