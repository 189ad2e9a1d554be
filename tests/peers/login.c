/* Logs in over the C interface, for peers.py.
 *
 *   login PORT USER MODE FINGERPRINT      MODE: password, publickey, keyboard, gssapi, both, loop,
 *                                         or an AuthMode by its number
 *
 * PASSWORD, KEY and KNOWN_HOSTS (files) come from the environment; with the last one the
 * fingerprint is not looked at. So may STORE_TYPE, STORE_PASSWORD and SUBJECT of the key,
 * NEW_PASSWORD, SETTINGS for Config, one a line, ACCEPT for whatever host key, and the answers to
 * prompts, in variables of their names ("CODE" for "CODE: "); else PASSWORD is one. `both` is
 * whatever the server lists, with password and key; a number is with those of the two that there
 * are. AuthMode 6 speaks the method "password" by packet.h. Prints the events, of SSHStatus those
 * with STATUS in the environment, and last `code N`, the library's result; exits with 0 when the
 * program itself could do its work. `loop` is publickey driven by poll and doevents instead of one
 * blocking call.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipworksauth/packet.h"
#include "ipworksauth/sshauth.h"

static const char* environment(const char* name) {
  const char* value = getenv(name);
  return value != NULL ? value : "";
}

static const char* answer_to(const char* prompt, const char* password) {
  char name[64];
  const char* value;
  size_t len = strcspn(prompt, ": ");
  if (len == 0 || len >= sizeof name) return password;
  memcpy(name, prompt, len);
  name[len] = '\0';
  value = getenv(name);
  return value != NULL ? value : password;
}

/* RFC 4252 section 8: a request, and one more where the server asks for a new password; whatever
 * else it says is shown, and not answered. */
static int speak_password(void* slot, const char* user, const char* password) {
  char packet[4096] = "";
  const char* said = ipworksauth_evtstr(slot, 0, NULL, 1);
  const char* newer = environment("NEW_PASSWORD");
  const int again = strncmp(said, "3c", 2) == 0 && newer[0] != '\0';
  int code = 0;
  printf("said %s\n", said);
  if (said[0] != '\0' && !again) return 0;
  code = ipworksauth_packet_write_byte(packet, sizeof packet, 50) ||
         ipworksauth_packet_write_string(packet, sizeof packet, user) ||
         ipworksauth_packet_write_string(packet, sizeof packet, "ssh-connection") ||
         ipworksauth_packet_write_string(packet, sizeof packet, "password") ||
         ipworksauth_packet_write_boolean(packet, sizeof packet, again) ||
         ipworksauth_packet_write_string(packet, sizeof packet, password);
  if (code == 0 && again) code = ipworksauth_packet_write_string(packet, sizeof packet, newer);
  return code != 0 || ipworksauth_evtstr(slot, 2, packet, 1) == NULL;
}

struct who {
  const char *user, *password;
};

static int on_event(void* context, int event_id, int cparam, void* param[], int cbparam[]) {
  const struct who* who = context;
  const char* password = who->password;
  (void)cparam;
  (void)cbparam;
  if (event_id == EID_SSHAUTH_SSHSTATUS && getenv("STATUS") != NULL)
    printf("status %s\n", (const char*)param[0]);
  if (event_id == EID_SSHAUTH_SSHCUSTOMAUTH) return speak_password(param[0], who->user, password);
  if (event_id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) {
    printf("host key %s %s, accept %d\n", (const char*)param[2], (const char*)param[1],
           (int)(intptr_t)param[6]);
    if (((const char*)param[3])[0] != '\0')
      printf("certificate of %s by %s\n", (const char*)param[3], (const char*)param[4]);
    if (getenv("ACCEPT") != NULL) param[6] = (void*)(intptr_t)1;
  }
  if (event_id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) {
    printf("prompt %s\n", (const char*)param[2]);
    if (ipworksauth_evtstr(param[3], 2, (void*)answer_to((const char*)param[2], password), 1) ==
        NULL)
      return 1;
  }
  return 0;
}

static int set_key(void* o) {
  const char* key = environment("KEY");
  const char* type = getenv("STORE_TYPE");
  const char* subject = getenv("SUBJECT");
  return ipworksauth_sshauth_setsshcertstoretype(
             o, type != NULL ? atoi(type) : IPWORKSAUTH_CST_PEM_KEY_FILE) ||
         ipworksauth_sshauth_setsshcertstore(o, key, (int)strlen(key)) ||
         ipworksauth_sshauth_setsshcertstorepassword(o, environment("STORE_PASSWORD")) ||
         ipworksauth_sshauth_setsshcertsubject(o, subject != NULL ? subject : "*");
}

static int set_credentials(void* o, const char* mode) {
  if (mode[0] >= '0' && mode[0] <= '9')
    return ipworksauth_sshauth_setauthmode(o, atoi(mode)) ||
           ipworksauth_sshauth_setpassword(o, environment("PASSWORD")) ||
           (environment("KEY")[0] != '\0' && set_key(o));
  if (strcmp(mode, "password") == 0 || strcmp(mode, "both") == 0) {
    const int code = ipworksauth_sshauth_setpassword(o, environment("PASSWORD"));
    if (code != 0 || strcmp(mode, "password") == 0) return code;
  }
  if (strcmp(mode, "gssapi") == 0)
    return ipworksauth_sshauth_setauthmode(o, IPWORKSAUTH_AM_GSSAPI_WITH_MIC);
  if (strcmp(mode, "keyboard") == 0)
    return ipworksauth_sshauth_setauthmode(o, IPWORKSAUTH_AM_KEYBOARD_INTERACTIVE);
  return ipworksauth_sshauth_setauthmode(o, strcmp(mode, "both") == 0
                                                ? IPWORKSAUTH_AM_MULTI_FACTOR
                                                : IPWORKSAUTH_AM_PUBLIC_KEY) ||
         set_key(o);
}

/* Those in SETTINGS, one a line. */
static int set_settings(void* o) {
  char setting[8192];
  const char* at = environment("SETTINGS");
  while (*at != '\0') {
    const size_t len = strcspn(at, "\n");
    if (len >= sizeof setting) return 1;
    memcpy(setting, at, len);
    setting[len] = '\0';
    (void)ipworksauth_sshauth_config(o, setting);
    if (ipworksauth_sshauth_getlasterrorcode(o) != 0) return 1;
    at += len + (at[len] == '\n');
  }
  return 0;
}

/* What a program with an event loop does: wait for what the object wants, let it work. */
static int run_loop(void* o) {
  int code = ipworksauth_sshauth_settimeout(o, 0);
  if (code == 0) code = ipworksauth_sshauth_config(o, "SelectWaitMillis=0") == NULL;
  if (code == 0) code = ipworksauth_sshauth_authenticate(o);
  if (code != 135) return code;
  for (;;) {
    struct pollfd wait;
    const int wants = ipworksauth_sshauth_getwants(o);
    wait.fd = ipworksauth_sshauth_getsocket(o);
    wait.events = (short)((wants & IPWORKSAUTH_WANTS_READ ? POLLIN : 0) |
                          (wants & IPWORKSAUTH_WANTS_WRITE ? POLLOUT : 0));
    if (poll(&wait, 1, ipworksauth_sshauth_getwait(o)) < 0) return -1;
    code = ipworksauth_sshauth_doevents(o);
    if (code != 0) return code;
    if (ipworksauth_sshauth_getstate(o) == IPWORKSAUTH_STATE_SUCCEEDED) return 0;
  }
}

int main(int argc, char** argv) {
  char pin[1024];
  struct who who;
  void* o;
  int code;
  if (argc != 5) return 2;
  who.user = argv[2];
  who.password = environment("PASSWORD");
  o = ipworksauth_sshauth_create(on_event, &who, NULL, 0);
  if (o == NULL) return 2;
  if (getenv("KNOWN_HOSTS") != NULL)
    snprintf(pin, sizeof pin, "KnownHosts=%s", getenv("KNOWN_HOSTS"));
  else if (getenv("ACCEPT") == NULL)
    snprintf(pin, sizeof pin, "SSHAcceptServerHostKeyFingerPrint=%s", argv[4]);
  else
    snprintf(pin, sizeof pin, "KnownHosts=");
  (void)ipworksauth_sshauth_config(o, pin);
  snprintf(pin, sizeof pin, "NewPassword=%s", environment("NEW_PASSWORD"));
  if (ipworksauth_sshauth_getlasterrorcode(o) == 0) (void)ipworksauth_sshauth_config(o, pin);
  if (ipworksauth_sshauth_getlasterrorcode(o) != 0 ||
      ipworksauth_sshauth_setsshhost(o, "127.0.0.1") != 0 ||
      ipworksauth_sshauth_setsshport(o, atoi(argv[1])) != 0 ||
      ipworksauth_sshauth_setuser(o, argv[2]) != 0 || set_settings(o) != 0 ||
      set_credentials(o, argv[3]) != 0) {
    printf("not set, %d: %s\n", ipworksauth_sshauth_getlasterrorcode(o),
           ipworksauth_sshauth_getlasterror(o));
    (void)ipworksauth_sshauth_destroy(o);
    return 2;
  }
  code = strcmp(argv[3], "loop") == 0 ? run_loop(o) : ipworksauth_sshauth_authenticate(o);
  if (code != 0) printf("%s\n", ipworksauth_sshauth_getlasterror(o));
  printf("code %d\n", code);
  return ipworksauth_sshauth_destroy(o) == 0 ? 0 : 2;
}
