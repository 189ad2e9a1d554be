/* Logs in over the C interface with settings from the command line, for proxies.py.
 *
 *   through HOST PORT USER PASSWORD [SETTING=VALUE ...]
 *
 * Each setting goes to ipworksauth_sshauth_config, but Timeout, which is none; "\r\n" in one stands
 * for CR LF.
 *
 * Prints each ConnectionStatus as `status CODE EVENT`, each Connected and Disconnected with its
 * code, the error's text, and last `code N`, the library's result. Exits with 0 when the program
 * itself could do its work. With AGAIN in the environment the same object logs in once more, and it
 * is told when that comes to something else.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipworksauth/sshauth.h"

static int on_event(void* context, int event_id, int cparam, void* param[], int cbparam[]) {
  (void)context;
  (void)cparam;
  (void)cbparam;
  switch (event_id) {
    case EID_SSHAUTH_CONNECTED: printf("connected %d\n", (int)(intptr_t)param[0]); break;
    case EID_SSHAUTH_DISCONNECTED: printf("disconnected %d\n", (int)(intptr_t)param[0]); break;
    case EID_SSHAUTH_CONNECTIONSTATUS:
      printf("status %d %s\n", (int)(intptr_t)param[1], (const char*)param[0]);
      break;
    case EID_SSHAUTH_LOG: printf("log %s\n", (const char*)param[1]); break;
    default: break;
  }
  return 0;
}

/* In place. */
static char* with_line_ends(char* text) {
  char* at;
  while ((at = strstr(text, "\\r\\n")) != NULL) {
    memcpy(at, "\r\n", 2);
    memmove(at + 2, at + 4, strlen(at + 4) + 1);
  }
  return text;
}

int main(int argc, char** argv) {
  int i, code, again = 0;
  void* o = ipworksauth_sshauth_create(on_event, NULL, NULL, 0);
  if (o == NULL) return 2;
  if (argc < 5 || ipworksauth_sshauth_setsshhost(o, argv[1]) != 0 ||
      ipworksauth_sshauth_setsshport(o, atoi(argv[2])) != 0 ||
      ipworksauth_sshauth_setuser(o, argv[3]) != 0 ||
      ipworksauth_sshauth_setpassword(o, argv[4]) != 0)
    return 2;
  for (i = 5; i < argc; ++i) {
    if (strncmp(argv[i], "Timeout=", 8) == 0)
      (void)ipworksauth_sshauth_settimeout(o, atoi(argv[i] + 8));
    else
      (void)ipworksauth_sshauth_config(o, with_line_ends(argv[i]));
    if (ipworksauth_sshauth_getlasterrorcode(o) == 0) continue;
    printf("not set: %s\n", ipworksauth_sshauth_getlasterror(o));
    return 2;
  }
  code = ipworksauth_sshauth_authenticate(o);
  if (code != 0) printf("%s\n", ipworksauth_sshauth_getlasterror(o));
  if (getenv("AGAIN") != NULL) again = ipworksauth_sshauth_authenticate(o);
  if (getenv("AGAIN") != NULL && again != code) printf("the second time %d\n", again);
  printf("code %d\n", code);
  return ipworksauth_sshauth_destroy(o) == 0 ? 0 : 2;
}
