/* Logs in over the C interface, for peers.py.
 *
 *   login PORT USER MODE FINGERPRINT      MODE: password, publickey, keyboard, gssapi, both, loop
 *
 * PASSWORD, KEY and KNOWN_HOSTS (files) come from the environment; with the last one the
 * fingerprint is not looked at. So may STORE_TYPE and STORE_PASSWORD of the key, NEW_PASSWORD, and
 * the answers to prompts, in variables of their names ("CODE" for "CODE: "); else PASSWORD is one.
 * `both` is whatever the server lists, with password and key. Prints the events and last `code N`,
 * the library's result; exits with 0 when the program itself could do its work. `loop` is publickey
 * driven by poll and doevents instead of one blocking call.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int on_event(void* context, int event_id, int cparam, void* param[], int cbparam[]) {
  const char* password = context;
  (void)cparam;
  (void)cbparam;
  if (event_id == EID_SSHAUTH_SSHSERVERAUTHENTICATION)
    printf("host key %s %s, accept %d\n", (const char*)param[2], (const char*)param[1],
           (int)(intptr_t)param[6]);
  if (event_id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) {
    printf("prompt %s\n", (const char*)param[2]);
    if (ipworksauth_evtstr(param[3], 2, (void*)answer_to((const char*)param[2], password), 1) ==
        NULL)
      return 1;
  }
  return 0;
}

static int set_credentials(void* o, const char* mode) {
  const char* key = environment("KEY");
  const char* type = getenv("STORE_TYPE");
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
         ipworksauth_sshauth_setsshcertstoretype(
             o, type != NULL ? atoi(type) : IPWORKSAUTH_CST_PEM_KEY_FILE) ||
         ipworksauth_sshauth_setsshcertstore(o, key, (int)strlen(key)) ||
         ipworksauth_sshauth_setsshcertstorepassword(o, environment("STORE_PASSWORD")) ||
         ipworksauth_sshauth_setsshcertsubject(o, "*");
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
  void* o;
  int code;
  if (argc != 5) return 2;
  o = ipworksauth_sshauth_create(on_event, (void*)environment("PASSWORD"), NULL, 0);
  if (o == NULL) return 2;
  if (getenv("KNOWN_HOSTS") != NULL)
    snprintf(pin, sizeof pin, "KnownHosts=%s", getenv("KNOWN_HOSTS"));
  else
    snprintf(pin, sizeof pin, "SSHAcceptServerHostKeyFingerPrint=%s", argv[4]);
  (void)ipworksauth_sshauth_config(o, pin);
  snprintf(pin, sizeof pin, "NewPassword=%s", environment("NEW_PASSWORD"));
  if (ipworksauth_sshauth_getlasterrorcode(o) == 0) (void)ipworksauth_sshauth_config(o, pin);
  if (ipworksauth_sshauth_getlasterrorcode(o) != 0 ||
      ipworksauth_sshauth_setsshhost(o, "127.0.0.1") != 0 ||
      ipworksauth_sshauth_setsshport(o, atoi(argv[1])) != 0 ||
      ipworksauth_sshauth_setuser(o, argv[2]) != 0 || set_credentials(o, argv[3]) != 0) {
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
